/*!
Memory for numbers that begins at a line of the cache.

It does not grow: a session and a workspace replace what is too small. An ordinary `Vec<f32>` of some size begins 16
bytes behind a line, so that each vector of 64 bytes in it would lie across two.
*/

use std::ops::{Deref, DerefMut};

/// A line of the cache.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Line([f32; 16]);

/// Numbers, the first of which lies at a multiple of 64 bytes.
#[derive(Debug, Default)]
pub(crate) struct Aligned {
    lines: Vec<Line>,
    len: usize,
}

impl Aligned {
    /// `len` zeros.
    pub fn zeros(len: usize) -> Self {
        Aligned { lines: vec![Line([0.0; 16]); len.div_ceil(16)], len }
    }
}

impl Deref for Aligned {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        // SAFETY: lines are numbers and nothing else, and there are enough of them for `len`.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [f32] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_at_a_line_and_has_the_length_asked_for() {
        for len in [0, 1, 15, 16, 17, 5000] {
            let mut numbers = Aligned::zeros(len);
            assert_eq!(numbers.len(), len);
            assert!(numbers.as_ptr().addr().is_multiple_of(64));
            numbers.fill(1.0);
            assert_eq!(numbers.iter().sum::<f32>(), len as f32);
        }
    }
}

/*!
Memory for `f32` elements that is aligned to cache lines.

It does not grow: a session and a workspace replace what is too small. An ordinary `Vec<f32>` of some size begins 16
bytes after the start of a cache line, so that each vector of 64 bytes in it would straddle two.
*/

use std::ops::{Deref, DerefMut};

/// A cache line.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Line([f32; 16]);

/// Elements, the first of which is at a multiple of 64 bytes.
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
        // SAFETY: cache lines are elements and nothing else, and there are enough of them for `len`.
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
    fn begins_at_a_cache_line_and_has_the_requested_length() {
        for len in [0, 1, 15, 16, 17, 5000] {
            let mut elements = Aligned::zeros(len);
            assert_eq!(elements.len(), len);
            assert!(elements.as_ptr().addr().is_multiple_of(64));
            elements.fill(1.0);
            assert_eq!(elements.iter().sum::<f32>(), len as f32);
        }
    }
}

//! The bits of a scan, without the stuffed bytes and up to the next marker (T.81, F.2.2.5).

use super::huffman::Huffman;
use super::marker::{RST0, STRAY_BYTES};

pub(super) const DAMAGED: &str = "the picture's data is damaged";

/// The bits of a scan, up to the next marker.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    buffer: u64,
    /// How many bits of the buffer are left; the next one is its highest.
    left: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, buffer: 0, left: 0 }
    }

    /// Fills the buffer to more than 48 bits, as far as there are bytes before the next marker.
    fn fill(&mut self) {
        while self.left <= 48 {
            let width = match self.bytes[self.at..] {
                [0xFF, 0, ..] => 2, // a byte 0xFF of the data
                [0xFF, ..] | [] => return,
                _ => 1,
            };
            self.buffer |= u64::from(self.bytes[self.at]) << (56 - self.left);
            self.left += 8;
            self.at += width;
        }
    }

    fn consume(&mut self, n: u32) -> Result<(), String> {
        if n > self.left {
            return Err(match self.bytes[self.at..] {
                [] | [0xFF] => "it ends in the middle of the picture".to_owned(),
                _ => DAMAGED.to_owned(),
            });
        }
        self.buffer <<= n;
        self.left -= n;
        Ok(())
    }

    pub(super) fn symbol(&mut self, table: &Huffman) -> Result<u8, String> {
        if self.left < 16 {
            self.fill();
        }
        match table.0[(self.buffer >> 48) as usize] {
            (0, _) if self.left >= 16 => Err(DAMAGED.to_owned()),
            (0, _) => self.consume(16).map(|()| 0), // too few bits: the error says why
            (length, symbol) => self.consume(length.into()).map(|()| symbol),
        }
    }

    pub(super) fn skip(&mut self, n: u8) -> Result<(), String> {
        if self.left < u32::from(n) {
            self.fill();
        }
        self.consume(n.into())
    }

    /// How many further blocks end here: 2^n − 1 and a number of n bits.
    pub(super) fn run(&mut self, n: usize) -> Result<usize, String> {
        if self.left < n as u32 {
            self.fill();
        }
        let extra = if n == 0 { 0 } else { self.buffer >> (64 - n) };
        self.consume(n as u32)?;
        Ok((1 << n) - 1 + extra as usize)
    }

    /// Expects the restart marker of this number; the bits before it may only fill up a byte.
    pub(super) fn restart(&mut self, number: usize) -> Result<(), String> {
        let end = self.finish()?;
        match self.bytes[end..] {
            [0xFF, code, ..] if usize::from(code) == usize::from(RST0) + number => {
                *self = Self { bytes: self.bytes, at: end + 2, buffer: 0, left: 0 };
                Ok(())
            }
            [] | [0xFF] => Err("it ends in the middle of the picture".to_owned()),
            _ => Err(DAMAGED.to_owned()),
        }
    }

    /// Where the marker after the data is, or the 0xFF that fill up the space before it; at most [`STRAY_BYTES`] zeros
    /// may be left before both.
    pub(super) fn finish(&mut self) -> Result<usize, String> {
        self.fill();
        // The last byte is filled up with ones, by some writers with zeros.
        let (stray, padding) = (self.left as usize / 8, self.left % 8);
        let (ones, rest) = ((1 << padding) - 1, self.buffer << padding);
        let filled_up = self.buffer.checked_shr(64 - padding).unwrap_or(0);
        if stray > STRAY_BYTES || rest != 0 || (filled_up != 0 && filled_up != ones) {
            return Err(DAMAGED.to_owned());
        }
        let mut end = self.at;
        while matches!(self.bytes[end..], [0xFF, 0xFF, ..]) {
            end += 1;
        }
        Ok(end)
    }
}

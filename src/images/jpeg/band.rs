//! The entropy-coded coefficients of one block (T.81, F.2.2 and G.1.2).

use super::bits::{Bits, DAMAGED};
use super::huffman::Huffman;

/// The coefficients that a scan brings, from `start` to `end` in zigzag order.
pub(super) struct Band {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it brings one more bit of coefficients that an earlier scan began.
    pub(super) refines: bool,
    pub(super) progressive: bool,
}

impl Band {
    pub(super) fn block(
        &self,
        bits: &mut Bits,
        dc: Option<&Huffman>,
        ac: Option<&Huffman>,
        nonzero: &mut u64,
        end_of_band_run: &mut usize,
    ) -> Result<(), String> {
        if self.start == 0 {
            match dc {
                Some(dc) => {
                    let size = bits.symbol(dc)?;
                    if size > 15 {
                        return Err(DAMAGED.to_owned());
                    }
                    bits.skip(size)?;
                }
                None => bits.skip(1)?,
            }
        }
        match ac {
            None => Ok(()),
            Some(ac) if self.refines => self.refine(bits, ac, nonzero, end_of_band_run),
            Some(ac) => self.first(bits, ac, nonzero, end_of_band_run),
        }
    }

    /// AC coefficients that no scan has brought yet (T.81, F.2.2.2 and G.1.2.2).
    fn first(&self, bits: &mut Bits, ac: &Huffman, nonzero: &mut u64, run: &mut usize) -> Result<(), String> {
        if *run > 0 {
            *run -= 1;
            return Ok(());
        }
        let mut k = self.start.max(1);
        while k <= self.end {
            let symbol = bits.symbol(ac)?;
            let (zeros, size) = (usize::from(symbol >> 4), symbol & 15);
            if size == 0 && zeros < 15 {
                if zeros > 0 && !self.progressive {
                    return Err(DAMAGED.to_owned());
                }
                *run = bits.run(zeros)?;
                break;
            }
            k += zeros;
            if k > self.end {
                return Err(DAMAGED.to_owned());
            }
            if size > 0 {
                bits.skip(size)?;
                *nonzero |= 1 << k;
            }
            k += 1;
        }
        Ok(())
    }

    /// One more bit of every coefficient that is not zero, and those that are no longer zero (T.81, G.1.2.3).
    fn refine(&self, bits: &mut Bits, ac: &Huffman, nonzero: &mut u64, run: &mut usize) -> Result<(), String> {
        let mut k = self.start.max(1);
        let before = *nonzero;
        let known = |k: usize| before >> k & 1 == 1;
        if *run == 0 {
            while k <= self.end {
                let symbol = bits.symbol(ac)?;
                let (mut zeros, size) = (usize::from(symbol >> 4), symbol & 15);
                if size > 1 {
                    return Err(DAMAGED.to_owned());
                }
                if size == 0 && zeros < 15 {
                    *run = bits.run(zeros)? + 1; // this block counts, too: its known coefficients follow
                    break;
                }
                bits.skip(size)?; // the sign
                while k <= self.end && (known(k) || zeros > 0) {
                    if known(k) {
                        bits.skip(1)?;
                    } else {
                        zeros -= 1;
                    }
                    k += 1;
                }
                if size > 0 {
                    if k > self.end {
                        return Err(DAMAGED.to_owned());
                    }
                    *nonzero |= 1 << k;
                }
                k += 1;
            }
        }
        if *run > 0 {
            *run -= 1;
            for _ in (k..=self.end).filter(|&k| known(k)) {
                bits.skip(1)?;
            }
        }
        Ok(())
    }
}

//! Markers, and the segments that follow them (T.81, annex B).

pub(super) const SOI: u8 = 0xD8;
pub(super) const EOI: u8 = 0xD9;
pub(super) const SOS: u8 = 0xDA;
pub(super) const DHT: u8 = 0xC4;
pub(super) const DRI: u8 = 0xDD;
pub(super) const RST0: u8 = 0xD0;
pub(super) const RST7: u8 = 0xD7;
pub(super) const SOF_BASELINE: u8 = 0xC0;
pub(super) const SOF_EXTENDED: u8 = 0xC1;
pub(super) const SOF_PROGRESSIVE: u8 = 0xC2;

/// Some cameras leave this many zeros between a scan and the next marker; libjpeg warns of them and goes on.
pub(super) const STRAY_BYTES: usize = 2;

/// The file as a row of marker segments.
pub(super) struct File<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> File<'a> {
    pub(super) fn take(&mut self, n: usize) -> Result<&'a [u8], String> {
        let taken = self.bytes.get(self.at..self.at + n).ok_or_else(|| cut_off(self.bytes.len()))?;
        self.at += n;
        Ok(taken)
    }

    /// The code of the next marker. Any number of 0xFF may come before it, and [`STRAY_BYTES`] zeros.
    pub(super) fn marker(&mut self) -> Result<u8, String> {
        let mut stray = 0;
        loop {
            match self.take(1)? {
                [0xFF] => break,
                [0] if stray < STRAY_BYTES => stray += 1,
                _ => return Err(format!("no marker at byte {}, where one has to be", self.at - 1)),
            }
        }
        loop {
            match self.take(1)? {
                [0xFF] => {}
                [code] => return Ok(*code),
                _ => unreachable!("one byte was taken"),
            }
        }
    }

    /// The contents of the segment whose marker was just read.
    pub(super) fn segment(&mut self) -> Result<&'a [u8], String> {
        let length = usize::from(u16::from_be_bytes(*first(self.take(2)?)?));
        self.take(length.checked_sub(2).ok_or("a segment has a length below 2")?)
    }
}

pub(super) fn cut_off(length: usize) -> String {
    format!("it ends after {length} bytes, before its end marker")
}

pub(super) fn first<const N: usize>(bytes: &[u8]) -> Result<&[u8; N], String> {
    bytes.first_chunk().ok_or_else(|| "a segment is too short".to_owned())
}

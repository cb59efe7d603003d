/*!
Whether a JPEG file is complete: every block of every scan is there, and the end marker after them.

It makes no pixels. Decoders fill what is missing with gray and report success, so the file is checked before it is
decoded: the entropy-coded data is read code by code, as in ITU-T T.81, annexes B, F and G, and has to fill each scan
exactly. Data that was overwritten nearly always fails to.
*/

use std::iter::repeat_n;

/// Checks a JPEG file from its first byte to its end marker; what follows the end marker is not looked at (cameras
/// append a second picture there).
///
/// # Errors
/// What is missing or damaged, as the end of a sentence that begins with "a damaged JPEG:".
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    let mut file = File { bytes, at: 0 };
    let mut tables = Tables::default();
    let mut frame: Option<Frame> = None;
    if file.take(2)? != [0xFF, SOI] {
        return Err("it does not begin with the start marker".to_owned());
    }
    loop {
        match file.marker()? {
            EOI => break,
            DHT => tables.define(file.segment()?)?,
            DRI => tables.restart_interval = u16::from_be_bytes(*first(file.segment()?)?).into(),
            SOF_BASELINE | SOF_EXTENDED | SOF_PROGRESSIVE if frame.is_some() => {
                return Err("it has two frame headers".to_owned());
            }
            sof @ (SOF_BASELINE | SOF_EXTENDED | SOF_PROGRESSIVE) => {
                frame = Some(Frame::read(file.segment()?, sof == SOF_PROGRESSIVE)?);
            }
            sof @ (0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF) => {
                return Err(format!("its kind of compression (frame type {}) is not supported", sof - 0xC0));
            }
            SOS => {
                let header = file.segment()?;
                let frame = frame.as_mut().ok_or("a scan comes before the frame header")?;
                let length = frame.scan(&tables, header, &bytes[file.at..])?;
                file.at += length;
            }
            RST0..=RST7 => return Err("a restart marker stands outside of a scan".to_owned()),
            _ => drop(file.segment()?), // quantization tables, comments, EXIF: their length is all that matters here
        }
    }
    let frame = frame.ok_or("it has no frame header")?;
    match frame.components.iter().all(|component| component.missing_bits == [0; 64]) {
        true => Ok(()),
        false => Err("it ends before its last scan".to_owned()),
    }
}

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const DHT: u8 = 0xC4;
const DRI: u8 = 0xDD;
const RST0: u8 = 0xD0;
const RST7: u8 = 0xD7;
const SOF_BASELINE: u8 = 0xC0;
const SOF_EXTENDED: u8 = 0xC1;
const SOF_PROGRESSIVE: u8 = 0xC2;

/// Some cameras leave this many zeros between a scan and the next marker; libjpeg warns of them and goes on.
const STRAY_BYTES: usize = 2;

/// The file as a row of marker segments.
struct File<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> File<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], String> {
        let taken = self.bytes.get(self.at..self.at + n).ok_or_else(|| cut_off(self.bytes.len()))?;
        self.at += n;
        Ok(taken)
    }

    /// The code of the next marker. Any number of 0xFF may come before it, and [`STRAY_BYTES`] zeros.
    fn marker(&mut self) -> Result<u8, String> {
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
    fn segment(&mut self) -> Result<&'a [u8], String> {
        let length = usize::from(u16::from_be_bytes(*first(self.take(2)?)?));
        self.take(length.checked_sub(2).ok_or("a segment has a length below 2")?)
    }
}

fn cut_off(length: usize) -> String {
    format!("it ends after {length} bytes, before its end marker")
}

fn first<const N: usize>(bytes: &[u8]) -> Result<&[u8; N], String> {
    bytes.first_chunk().ok_or_else(|| "a segment is too short".to_owned())
}

/// What the segments before a scan define for it: Huffman tables by class (DC, AC) and number, and how often the
/// decoder starts afresh.
#[derive(Default)]
struct Tables {
    huffman: [[Option<Huffman>; 4]; 2],
    restart_interval: usize,
}

impl Tables {
    fn define(&mut self, mut segment: &[u8]) -> Result<(), String> {
        while !segment.is_empty() {
            let head: &[u8; 17] = first(segment)?;
            let n: usize = head[1..].iter().map(|&count| usize::from(count)).sum();
            let symbols = segment.get(17..17 + n).ok_or("a Huffman table is too short")?;
            let (class, number) = (usize::from(head[0] >> 4), usize::from(head[0] & 15));
            let table = self.huffman.get_mut(class).and_then(|tables| tables.get_mut(number));
            *table.ok_or("a Huffman table has no valid number")? = Some(Huffman::new(&head[1..], symbols)?);
            segment = &segment[17 + n..];
        }
        Ok(())
    }

    fn get(&self, class: usize, number: u8) -> Result<&Huffman, String> {
        let table = self.huffman[class].get(usize::from(number)).and_then(Option::as_ref);
        table.ok_or_else(|| "a scan needs a Huffman table that is not defined".to_owned())
    }
}

/// For every 16 bits: the length of the code that they begin with, and its symbol; a length of 0 if there is none.
struct Huffman(Vec<(u8, u8)>);

impl Huffman {
    fn new(counts: &[u8], symbols: &[u8]) -> Result<Self, String> {
        let mut lookup = Vec::with_capacity(1 << 16);
        let mut symbols = symbols.iter();
        for (length, &count) in (1..=16u8).zip(counts) {
            for &symbol in symbols.by_ref().take(usize::from(count)) {
                lookup.extend(repeat_n((length, symbol), 1 << (16 - length)));
            }
        }
        if lookup.len() > 1 << 16 {
            return Err("a Huffman table has too many codes".to_owned());
        }
        lookup.resize(1 << 16, (0, 0));
        Ok(Self(lookup))
    }
}

/// One colour channel of the frame.
struct Component {
    id: u8,
    /// Blocks of an MCU, horizontally and vertically.
    sampling: (usize, usize),
    /// Blocks of the padded channel in a row.
    stride: usize,
    /// Per block, which of its 64 coefficients are not zero so far: a refining scan has a bit for each of them. Empty
    /// where no scan refines.
    nonzero: Vec<u64>,
    /// How many low bits of each coefficient no scan has brought so far.
    missing_bits: [u8; 64],
}

struct Frame {
    size: (usize, usize),
    progressive: bool,
    components: Vec<Component>,
}

impl Frame {
    fn read(segment: &[u8], progressive: bool) -> Result<Self, String> {
        let [_, h0, h1, w0, w1, n]: [u8; 6] = *first(segment)?;
        let size = (usize::from(u16::from_be_bytes([w0, w1])), usize::from(u16::from_be_bytes([h0, h1])));
        if size.0 == 0 || size.1 == 0 {
            return Err("it has no size".to_owned());
        }
        let listed = segment.get(6..6 + 3 * usize::from(n)).ok_or("the frame header is too short")?;
        let sampling = |c: &[u8]| (usize::from(c[1] >> 4), usize::from(c[1] & 15));
        if n == 0
            || n > 4
            || listed.chunks(3).map(sampling).any(|(h, v)| !(1..=4).contains(&h) || !(1..=4).contains(&v))
        {
            return Err("the frame header is damaged".to_owned());
        }
        let mut frame = Self { size, progressive, components: Vec::new() };
        frame.components = listed
            .chunks(3)
            .map(|c| Component {
                id: c[0],
                sampling: sampling(c),
                stride: 0,
                nonzero: Vec::new(),
                missing_bits: [u8::MAX; 64],
            })
            .collect();
        let (across, down) = frame.mcus();
        for component in &mut frame.components {
            component.stride = across * component.sampling.0;
            if progressive {
                component.nonzero = vec![0; component.stride * down * component.sampling.1];
            }
        }
        Ok(frame)
    }

    /// The largest sampling factors.
    fn most(&self) -> (usize, usize) {
        self.components.iter().fold((1, 1), |most, c| (most.0.max(c.sampling.0), most.1.max(c.sampling.1)))
    }

    /// MCUs in a row and in a column, of a scan of several components.
    fn mcus(&self) -> (usize, usize) {
        let most = self.most();
        (self.size.0.div_ceil(8 * most.0), self.size.1.div_ceil(8 * most.1))
    }

    /// Reads the codes of one scan and returns how many bytes they took.
    fn scan(&mut self, tables: &Tables, header: &[u8], bytes: &[u8]) -> Result<usize, String> {
        let short = || "a scan header is damaged".to_owned();
        let n = usize::from(*header.first().ok_or_else(short)?);
        let listed = header.get(1..1 + 2 * n).ok_or_else(short)?;
        let [start, end, approximation]: [u8; 3] = *first(&header[1 + 2 * n..])?;
        let band = Band {
            start: usize::from(start),
            end: if self.progressive { usize::from(end) } else { 63 },
            refines: self.progressive && approximation >> 4 != 0,
            progressive: self.progressive,
        };
        if band.start > band.end || band.end > 63 || (!self.progressive && band.start != 0) || n == 0 {
            return Err(short());
        }
        let mut parts = Vec::new();
        for pair in listed.chunks(2) {
            let which = self.components.iter().position(|component| component.id == pair[0]).ok_or_else(short)?;
            let dc = if band.start == 0 && !band.refines { Some(tables.get(0, pair[1] >> 4)?) } else { None };
            let ac = if band.end > 0 { Some(tables.get(1, pair[1] & 15)?) } else { None };
            let missing = if self.progressive { approximation & 15 } else { 0 };
            self.components[which].missing_bits[band.start..=band.end].fill(missing);
            parts.push((which, dc, ac));
        }
        // A scan of one component has no padding blocks: as many as its own size needs (T.81, A.2.3).
        let (across, down) = match parts[..] {
            [(which, ..)] => {
                let (most, sampling) = (self.most(), self.components[which].sampling);
                ((self.size.0 * sampling.0).div_ceil(8 * most.0), (self.size.1 * sampling.1).div_ceil(8 * most.1))
            }
            _ => self.mcus(),
        };
        let mut bits = Bits::new(bytes);
        let (mut end_of_band_run, mut unused) = (0, 0);
        for mcu in 0..across * down {
            if tables.restart_interval > 0 && mcu > 0 && mcu % tables.restart_interval == 0 {
                bits.restart((mcu / tables.restart_interval - 1) % 8)?;
                end_of_band_run = 0;
            }
            let (row, column) = (mcu / across, mcu % across);
            for &(which, dc, ac) in &parts {
                let component = &mut self.components[which];
                let (h, v) = if n == 1 { (1, 1) } else { component.sampling };
                for block in 0..h * v {
                    let at = (row * v + block / h) * component.stride + column * h + block % h;
                    let nonzero = component.nonzero.get_mut(at).unwrap_or(&mut unused);
                    band.block(&mut bits, dc, ac, nonzero, &mut end_of_band_run)?;
                }
            }
        }
        bits.finish()
    }
}

/// The coefficients that a scan brings, from `start` to `end` in zigzag order.
struct Band {
    start: usize,
    end: usize,
    /// Whether it brings one more bit of coefficients that an earlier scan began.
    refines: bool,
    progressive: bool,
}

impl Band {
    fn block(
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

const DAMAGED: &str = "the picture's data is damaged";

/// The bits of a scan, up to the next marker.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    buffer: u64,
    /// How many bits of the buffer are left; the next one is its highest.
    left: u32,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
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

    fn symbol(&mut self, table: &Huffman) -> Result<u8, String> {
        if self.left < 16 {
            self.fill();
        }
        match table.0[(self.buffer >> 48) as usize] {
            (0, _) if self.left >= 16 => Err(DAMAGED.to_owned()),
            (0, _) => self.consume(16).map(|()| 0), // too few bits: the error says why
            (length, symbol) => self.consume(length.into()).map(|()| symbol),
        }
    }

    fn skip(&mut self, n: u8) -> Result<(), String> {
        if self.left < u32::from(n) {
            self.fill();
        }
        self.consume(n.into())
    }

    /// How many further blocks end here: 2^n − 1 and a number of n bits.
    fn run(&mut self, n: usize) -> Result<usize, String> {
        if self.left < n as u32 {
            self.fill();
        }
        let extra = if n == 0 { 0 } else { self.buffer >> (64 - n) };
        self.consume(n as u32)?;
        Ok((1 << n) - 1 + extra as usize)
    }

    /// Expects the restart marker of this number; the bits before it may only fill up a byte.
    fn restart(&mut self, number: usize) -> Result<(), String> {
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

    /// Where the marker after the data is, or the 0xFF that fill up the space before it; at most [`STRAY_BYTES`] zeros may
    /// be left before both.
    fn finish(&mut self) -> Result<usize, String> {
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

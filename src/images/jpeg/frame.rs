//! The frame: its components, and the scans that bring their coefficients (T.81, annexes A and B).

use super::band::Band;
use super::bits::Bits;
use super::huffman::Tables;
use super::marker::first;

/// One colour channel of the frame.
pub(super) struct Component {
    id: u8,
    /// Blocks of an MCU, horizontally and vertically.
    sampling: (usize, usize),
    /// Blocks of the padded channel in a row.
    stride: usize,
    /// Per block, which of its 64 coefficients are not zero so far: a refining scan has a bit for each of them. Empty
    /// where no scan refines.
    nonzero: Vec<u64>,
    /// How many low bits of each coefficient no scan has brought so far.
    pub(super) missing_bits: [u8; 64],
}

pub(super) struct Frame {
    size: (usize, usize),
    progressive: bool,
    pub(super) components: Vec<Component>,
}

impl Frame {
    pub(super) fn read(segment: &[u8], progressive: bool) -> Result<Self, String> {
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
    pub(super) fn scan(&mut self, tables: &Tables, header: &[u8], bytes: &[u8]) -> Result<usize, String> {
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

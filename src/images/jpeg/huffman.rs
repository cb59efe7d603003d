//! Huffman tables (T.81, annex C and F.2.2.3).

use super::marker::first;
use std::iter::repeat_n;

/// What the segments before a scan define for it: Huffman tables by class (DC, AC) and number, and how often the
/// decoder starts afresh.
#[derive(Default)]
pub(super) struct Tables {
    huffman: [[Option<Huffman>; 4]; 2],
    pub(super) restart_interval: usize,
}

impl Tables {
    pub(super) fn define(&mut self, mut segment: &[u8]) -> Result<(), String> {
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

    pub(super) fn get(&self, class: usize, number: u8) -> Result<&Huffman, String> {
        let table = self.huffman[class].get(usize::from(number)).and_then(Option::as_ref);
        table.ok_or_else(|| "a scan needs a Huffman table that is not defined".to_owned())
    }
}

/// For every 16 bits: the length of the code that they begin with, and its symbol; a length of 0 if there is none.
pub(super) struct Huffman(pub(super) Vec<(u8, u8)>);

impl Huffman {
    pub(super) fn new(counts: &[u8], symbols: &[u8]) -> Result<Self, String> {
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

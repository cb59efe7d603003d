/*!
Whether a PNG file is complete: every chunk with the right checksum, up to the end chunk.

It makes no pixels. A decoder that has seen the last row does not look for the end, and one that meets a damaged chunk
of a kind it does not need may skip it.
*/

/// Checks a PNG file from its signature to its end chunk; what follows is not looked at.
///
/// # Errors
/// What is missing or damaged, as the end of a sentence that begins with "a damaged PNG:".
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    let mut rest = bytes.get(SIGNATURE..).unwrap_or_default();
    let mut has_data = false;
    loop {
        let cut_off = || format!("it ends after {} bytes, before its end chunk", bytes.len());
        let (head, after) = rest.split_first_chunk::<8>().ok_or_else(cut_off)?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let kind = &head[4..];
        let data = after.get(..length).ok_or_else(cut_off)?;
        let (checksum, after) = after[length..].split_first_chunk::<4>().ok_or_else(cut_off)?;
        if crc32(&[kind, data]) != u32::from_be_bytes(*checksum) {
            return Err(format!("the checksum of its {} chunk is wrong", String::from_utf8_lossy(kind).escape_debug()));
        }
        has_data |= kind == b"IDAT";
        if kind == b"IEND" {
            return if has_data { Ok(()) } else { Err("it holds no pixels".to_owned()) };
        }
        rest = after;
    }
}

/// How many bytes every PNG file begins with.
const SIGNATURE: usize = 8;

/// The cyclic redundancy check of ISO 3309, as PNG uses it, of the parts one after another.
fn crc32(parts: &[&[u8]]) -> u32 {
    let table: [u32; 256] = std::array::from_fn(|byte| {
        (0..8).fold(byte as u32, |crc, _| if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 })
    });
    let step = |crc: u32, byte: &u8| table[usize::from(crc as u8 ^ byte)] ^ (crc >> 8);
    !parts.iter().copied().flatten().fold(u32::MAX, step)
}

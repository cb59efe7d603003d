/*! What a job printed, kept within bounds: the beginning and the end. It is not the channel for results. */

/// The first and the last bytes of a stream.
pub struct Log {
    half: usize,
    head: Vec<u8>,
    tail: std::collections::VecDeque<u8>,
    total: usize,
    notes: String,
}

impl Log {
    /// A log that keeps `bytes` bytes: compilers say the important thing first, a panic comes last.
    pub fn new(bytes: usize) -> Log {
        Log { half: bytes / 2, head: Vec::new(), tail: Default::default(), total: 0, notes: String::new() }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len();
        let (head, rest) = bytes.split_at(bytes.len().min(self.half - self.head.len()));
        self.head.extend_from_slice(head);
        self.tail.extend(rest);
        let surplus = self.tail.len().saturating_sub(self.half);
        self.tail.drain(..surplus);
    }

    /// Adds a line of the sandbox's own at the end.
    pub fn note(&mut self, line: &str) {
        self.notes.push_str(line);
        self.notes.push('\n');
    }

    /// Whether so much came that it can no longer be an honest program's printing.
    pub fn is_flood(&self) -> bool {
        self.total > (self.half * 64).max(1 << 20)
    }

    pub fn text(&self) -> String {
        let kept = self.head.len() + self.tail.len();
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        let mut text = if kept == self.total {
            String::from_utf8_lossy(&[self.head.as_slice(), &tail].concat()).into_owned()
        } else {
            let head = String::from_utf8_lossy(&self.head);
            let left_out = self.total - kept;
            format!("{head}\n[… {left_out} bytes left out …]\n{}", String::from_utf8_lossy(&tail))
        };
        if !self.notes.is_empty() {
            text = format!("{}\n{}", text.trim_end(), self.notes);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Log;

    #[test]
    fn keeps_both_ends() {
        let mut log = Log::new(8);
        for part in ["ab", "cdef", "ghijklmnop", "", "q"] {
            log.push(part.as_bytes());
        }
        assert_eq!(log.text(), "abcd\n[… 9 bytes left out …]\nnopq");
        assert!(!log.is_flood());
        log.push(&vec![0; 1 << 20]);
        assert!(log.is_flood());
    }

    #[test]
    fn keeps_a_short_log_whole() {
        let mut log = Log::new(64);
        log.push("é".as_bytes().split_at(1).0);
        log.push("é".as_bytes().split_at(1).1);
        log.note("[ended]");
        assert_eq!(log.text(), "é\n[ended]\n");
    }
}

/*!
The progress of a long loop: a bar on a terminal and in a kernel with live updates, nothing elsewhere.

Training has a line of its own, see [`keras::Verbose`](crate::keras::Verbose).
*/

use super::{Channel, Content, Live};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that grows, and vanishes when it is done.
///
/// ```
/// use cnn::display::Progress;
/// let mut progress = Progress::new("counting", 10);
/// for _ in 0..10 {
///     progress.step();
/// }
/// ```
#[derive(Debug)]
pub struct Progress {
    what: String,
    done: usize,
    total: usize,
    bar: ProgressBar,
    live: Live,
}

impl Progress {
    /// A bar for `total` steps; `what` says in a word or two what is being done.
    pub fn new(what: &str, total: usize) -> Self {
        let channel = Channel::here();
        let target = match channel {
            Channel::Terminal => ProgressDrawTarget::stdout(),
            _ => ProgressDrawTarget::hidden(),
        };
        let style = ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len} {eta}").expect("a valid template");
        let bar = ProgressBar::with_draw_target(Some(total as u64), target).with_style(style);
        Self { what: what.to_owned(), done: 0, total, bar: bar.with_message(what.to_owned()), live: Live::on(channel) }
    }

    /// One more step is done.
    pub fn step(&mut self) {
        self.done += 1;
        self.bar.inc(1);
        let (what, done, total) = (&self.what, self.done, self.total);
        self.live.update(|| Self::content(done, total, &format!("{what} {done}/{total}")));
    }

    /// A bar followed by a text, as a cell shows it.
    pub fn content(done: usize, total: usize, text: &str) -> Content {
        let html = format!(
            "<div style=\"font-family: monospace\"><progress value=\"{done}\" max=\"{total}\" style=\"width: 16em; \
             vertical-align: middle\"></progress> {}</div>",
            super::table::escape(text)
        );
        Content::new().part("text/html", html).part("text/plain", text)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_bar_tells_in_words_what_it_draws() {
        let lines = super::Progress::content(3, 10, "a < b 3/10").to_protocol();
        assert!(lines.contains("value=\"3\" max=\"10\"") && lines.contains("a &lt; b 3/10</div>"), "{lines}");
        assert!(lines.contains("text/plain\na < b 3/10\n"), "{lines}");
    }
}

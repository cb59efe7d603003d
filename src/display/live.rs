/*!
A place in a cell's output whose content is replaced while the cell runs.

It is a value, not a global: each cell of a notebook has its own copy of this crate's statics.
*/

use super::content::send;
use super::{Channel, Content};
use std::time::{Duration, Instant, UNIX_EPOCH};

/// No two updates come closer than this.
const PAUSE: Duration = Duration::from_millis(200);
/// Nor closer than this part of the time that has passed: a day of training must not fill the notebook's pipe.
const PART: u32 = 100;

/// A place whose content is replaced while a cell runs, in a kernel that offers it; elsewhere nothing is shown.
///
/// What it shows vanishes with it: a result that is to stay is printed, or shown by [`Content::show`].
///
/// ```
/// use cnn::display::{Content, Live};
/// let mut live = Live::new();
/// for step in 0..1000 {
///     live.update(|| Content::new().part("text/plain", format!("step {step}")));
/// }
/// ```
#[derive(Debug)]
pub struct Live {
    channel: Channel,
    id: String,
    start: Instant,
    /// When the next update may come, counted from the start.
    next: Duration,
    /// MIME types that are shown now.
    shown: Vec<String>,
}

impl Live {
    /// A place in the output of this cell.
    pub fn new() -> Self {
        Self::on(Channel::here())
    }

    /// A place in what `channel` shows.
    pub fn on(channel: Channel) -> Self {
        // Unique among the displays of a session: two cannot be made in the same nanosecond of one process.
        let now = UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos());
        let id = format!("{:x}-{now:x}", std::process::id());
        Self { channel, id, start: Instant::now(), next: Duration::ZERO, shown: Vec::new() }
    }

    /// Replaces the content if it is time to: at most five times a second, and less often when it takes long. `content`
    /// is made only if it is shown.
    pub fn update(&mut self, content: impl FnOnce() -> Content) {
        if self.channel == Channel::Live && self.is_due(self.start.elapsed()) {
            self.replace(&content());
        }
    }

    /// Takes the content away.
    pub fn clear(&mut self) {
        if !self.shown.is_empty() {
            let empty = std::mem::take(&mut self.shown).iter().fold(Content::new(), |all, mime| all.part(mime, ""));
            send(&empty.to_update(&self.id));
        }
    }

    fn replace(&mut self, content: &Content) {
        self.shown = content.mimes().map(str::to_owned).collect();
        send(&content.to_update(&self.id));
    }

    fn is_due(&mut self, now: Duration) -> bool {
        let is_due = now >= self.next;
        if is_due {
            self.next = now + PAUSE.max(now / PART);
        }
        is_due
    }
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn updates_come_slower_the_longer_it_takes() {
        let mut live = Live::on(Channel::Plain);
        let mut count = |seconds: std::ops::Range<u64>| {
            let times = (seconds.start * 20..seconds.end * 20).map(|twentieths| Duration::from_millis(50 * twentieths));
            times.filter(|now| live.is_due(*now)).count()
        };
        assert_eq!(count(0..2), 10, "five a second");
        let hour = count(2..3600);
        assert!((500..700).contains(&hour), "{hour} in an hour");
    }

    #[test]
    fn nothing_is_made_where_nothing_is_shown() {
        for channel in [Channel::Terminal, Channel::Plain, Channel::Notebook] {
            let mut live = Live::on(channel);
            live.update(|| panic!("made for {channel:?}"));
        }
    }
}

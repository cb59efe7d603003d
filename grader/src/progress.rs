/*! Progress of what takes longer than two seconds. */

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A spinner with a message on standard error. It hides itself when standard error is not a terminal.
pub fn spinner(message: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bar = ProgressBar::new_spinner().with_style(style).with_message(message.to_owned());
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// Counts work that is done: a bar with the rate and the time left on a terminal, a plain line now and then elsewhere.
#[derive(Debug)]
pub struct Counter {
    what: &'static str,
    bar: ProgressBar,
    plain: Mutex<Option<Plain>>,
}

/// What a plain line needs.
#[derive(Debug)]
struct Plain {
    count: usize,
    done: usize,
    begun: Instant,
    said: Instant,
}

/// Time between two plain lines.
const PAUSE: Duration = Duration::from_secs(15);

impl Counter {
    /// A counter that shows nothing until it is told how much there is.
    pub fn new(what: &'static str) -> Self {
        Self { what, bar: ProgressBar::hidden(), plain: Mutex::new(None) }
    }

    /// Begins with this much work.
    pub fn begin(&self, count: usize, how: &str) {
        if count == 0 {
            return;
        }
        if std::io::stderr().is_terminal() {
            let template = "{prefix} {wide_bar} {pos}/{len}, {per_sec}, {eta} left {msg}";
            let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            self.bar.set_length(count as u64);
            self.bar.set_style(style);
            self.bar.set_prefix(format!("{}, {how}", self.what));
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.enable_steady_tick(Duration::from_millis(200));
            self.bar.reset_eta();
        } else {
            eprintln!("{} {count}, {how}", self.what);
            let now = Instant::now();
            *self.plain.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) =
                Some(Plain { count, done: 0, begun: now, said: now });
        }
    }

    /// One more is done.
    pub fn step(&self, message: &str) {
        self.bar.set_message(message.to_owned());
        self.bar.inc(1);
        let mut plain = self.plain.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let Some(Plain { count, done, begun, said }) = &mut *plain else { return };
        *done += 1;
        if said.elapsed() >= PAUSE {
            *said = Instant::now();
            let rate = *done as f64 / begun.elapsed().as_secs_f64().max(1e-3);
            let left = (*count - (*done).min(*count)) as f64 / rate.max(1e-3);
            eprintln!("{} {done} of {count}, {rate:.1} a second, {left:.0} s left", self.what);
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

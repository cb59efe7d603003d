/*! A bar on the terminal for what takes longer than two seconds; silent where nobody looks. */

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::time::Duration;

/// The bars of what goes on at the same time, one below the other.
#[derive(Default)]
pub struct Bars(MultiProgress);

impl Bars {
    /// Runs `print` while no bar is on the terminal.
    pub fn suspend<R>(&self, print: impl FnOnce() -> R) -> R {
        self.0.suspend(print)
    }
}

/// One bar.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar of that many steps.
    pub fn new(name: &str, steps: u64) -> Progress {
        Progress::among(&Bars::default(), name, steps)
    }

    /// A bar among others.
    pub fn among(bars: &Bars, name: &str, steps: u64) -> Progress {
        let bar = bars.0.add(ProgressBar::new(steps)); // indicatif hides it where standard error is no terminal
        let style = ProgressStyle::with_template("{prefix} {bar:24} {pos}/{len} {elapsed} {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_prefix(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        Progress(bar)
    }

    /// What is being done now.
    pub fn say(&self, text: &str) {
        self.0.set_message(text.to_owned());
    }

    /// One step is done.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// Runs `print` while the bar is not on the terminal.
    pub fn suspend(&self, print: impl FnOnce()) {
        self.0.suspend(print);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

/*! Progress of what takes longer than two seconds; silent where standard error is no terminal. */

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A spinner with a message on standard error. It hides itself when standard error is not a terminal.
pub fn spinner(message: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bar = ProgressBar::new_spinner().with_style(style).with_message(message.to_owned());
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

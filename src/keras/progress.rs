/*!
The progress line of a training run: `540/1080 [==============>...............] - ETA: 1:30 - loss: 2.0567`.

On a terminal it is redrawn in place; elsewhere, one line is printed per epoch. The progress bar and the curves of a
notebook are in `watch.rs`.
*/

use super::history::Logs;
use crate::display::Channel;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// What training prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verbose {
    /// A progress bar on a terminal, one line per epoch elsewhere; a notebook also shows the curves and, where it
    /// supports live updates, a progress bar.
    #[default]
    Auto,
    /// Nothing: Keras' `verbose=0`.
    Silent,
    /// A progress bar for each epoch: Keras' `verbose=1`.
    Bar,
    /// One line per epoch: Keras' `verbose=2`. In a notebook the lines omit the elapsed time, so that running it again
    /// gives the same output.
    Lines,
}

impl Verbose {
    pub(super) fn resolve(self, channel: Channel) -> Verbose {
        match self {
            Verbose::Auto if channel == Channel::Terminal => Verbose::Bar,
            Verbose::Auto => Verbose::Lines,
            other => other,
        }
    }
}

/// Width of the bar in characters.
const WIDTH: usize = 30;

/// The progress of one pass through the examples.
pub(super) struct Progress {
    verbose: Verbose,
    show_time: bool,
    total: usize,
    start: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub fn new(verbose: Verbose, channel: Channel, total: usize) -> Self {
        let bar = (verbose == Verbose::Bar).then(|| {
            let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stdout());
            bar.with_style(ProgressStyle::with_template("{msg}").expect("a valid template"))
        });
        Progress { verbose, show_time: !channel.is_notebook(), total, start: Instant::now(), bar }
    }

    /// `current` examples have been processed.
    pub fn update(&self, current: usize, logs: &Logs) {
        if let Some(bar) = &self.bar {
            bar.set_message(line(current, self.total, self.start.elapsed(), logs));
            bar.tick();
        }
    }

    /// The pass has ended after `current` examples, fewer than all if a callback stopped it. Where there is no bar, the
    /// line begins with `label`.
    pub fn finish(&self, current: usize, label: &str, logs: &Logs) {
        let elapsed = self.start.elapsed();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
            println!("{}", line(current, self.total, elapsed, logs));
        } else if self.verbose == Verbose::Lines {
            let time = if self.show_time { format!(" - {:.0}s", elapsed.as_secs_f64()) } else { String::new() };
            println!("{label}{time}{}", format_logs(logs));
        }
    }
}

/// The line of Keras 2's `Progbar`.
fn line(current: usize, total: usize, elapsed: Duration, logs: &Logs) -> String {
    let digits = total.to_string().len();
    let done = WIDTH * current / total.max(1);
    let mut bar = "=".repeat(done.saturating_sub(1));
    if done > 0 {
        bar.push(if current < total { '>' } else { '=' });
    }
    bar += &".".repeat(WIDTH - done);
    let seconds = elapsed.as_secs_f64();
    let per_unit = seconds / current.max(1) as f64;
    let time = if current < total { eta(per_unit * (total - current) as f64) } else { duration(seconds, per_unit) };
    format!("{current:>digits$}/{total} [{bar}] - {time}{}", format_logs(logs))
}

pub(super) fn eta(seconds: f64) -> String {
    let whole = seconds as u64;
    if seconds > 3600.0 {
        format!("ETA: {}:{:02}:{:02}", whole / 3600, whole % 3600 / 60, whole % 60)
    } else if seconds > 60.0 {
        format!("ETA: {}:{:02}", whole / 60, whole % 60)
    } else {
        format!("ETA: {whole}s")
    }
}

fn duration(seconds: f64, per_unit: f64) -> String {
    let step = if per_unit >= 1.0 {
        format!("{per_unit:.0}s")
    } else if per_unit >= 1e-3 {
        format!("{:.0}ms", per_unit * 1e3)
    } else {
        format!("{:.0}us", per_unit * 1e6)
    };
    format!("{seconds:.0}s {step}/step")
}

pub(super) fn format_logs(logs: &Logs) -> String {
    logs.iter().map(|(name, value)| format!(" - {name}: {}", number(value))).collect()
}

/// Python's `%.4f`, or `%.4e` for zero and small numbers.
fn number(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned(); // Rust would write `NaN`
    }
    if value.abs() > 1e-3 {
        return format!("{value:.4}");
    }
    let text = format!("{value:.4e}");
    let (mantissa, exponent) = text.split_once('e').expect("written with an exponent");
    let exponent: i32 = exponent.parse().expect("a whole number");
    format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logs(values: &[(&str, f64)]) -> Logs {
        values.iter().map(|(name, value)| (name.to_string(), *value)).collect()
    }

    #[test]
    fn the_line_is_that_of_keras() {
        let logs = logs(&[("loss", 2.0567), ("acc", 0.4657)]);
        let first = line(32, 1080, Duration::from_millis(365), &logs);
        assert_eq!(first, "  32/1080 [..............................] - ETA: 11s - loss: 2.0567 - acc: 0.4657");
        let middle = line(540, 1080, Duration::from_secs(90), &logs);
        assert_eq!(middle, " 540/1080 [==============>...............] - ETA: 1:30 - loss: 2.0567 - acc: 0.4657");
        let stopped = line(1056, 1080, Duration::from_secs(22), &logs);
        assert_eq!(stopped, "1056/1080 [============================>.] - ETA: 0s - loss: 2.0567 - acc: 0.4657");
        let last = line(1080, 1080, Duration::from_secs(24), &logs);
        assert_eq!(last, "1080/1080 [==============================] - 24s 22ms/step - loss: 2.0567 - acc: 0.4657");
    }

    #[test]
    fn small_numbers_have_exponents() {
        assert_eq!(number(6.3114e-4), "6.3114e-04");
        assert_eq!(number(0.0184), "0.0184");
        assert_eq!(number(0.0), "0.0000e+00");
        assert_eq!(number(-1e-5), "-1.0000e-05");
    }

    #[test]
    fn non_finite_numbers_are_written_as_in_python() {
        let numbers = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(number);
        assert_eq!(numbers, ["nan", "inf", "-inf"]);
    }
}

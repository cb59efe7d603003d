/*!
What a notebook shows of a training run in addition to its lines: a progress bar and the curves while it runs, the
curves afterwards.

It computes nothing; the printed lines are `progress.rs`.
*/

use super::{
    history::{History, Logs},
    progress,
};
use crate::display::{Channel, Live, Progress};
use crate::plot;
use std::time::Instant;

/// Fewer epochs than this make no curve.
const CURVE: usize = 3;

/// The display of a training run; outside of a notebook it does nothing.
pub(super) struct Watch {
    is_notebook: bool,
    name: String,
    epochs: usize,
    start: Instant,
    bar: Live,
    curves: Live,
}

impl Watch {
    pub fn new(channel: Channel, name: &str, epochs: usize) -> Self {
        let (bar, curves) = (Live::on(channel), Live::on(channel));
        Watch { is_notebook: channel.is_notebook(), name: name.to_owned(), epochs, start: Instant::now(), bar, curves }
    }

    /// `seen` of the `n` examples of this epoch, counted from 0, have been processed.
    pub fn batch(&mut self, epoch: usize, seen: usize, n: usize, logs: &Logs) {
        let (epochs, start) = (self.epochs, self.start);
        self.bar.update(|| {
            let done = epoch * n + seen;
            let elapsed = start.elapsed().as_secs_f64();
            let eta = progress::eta(elapsed / done.max(1) as f64 * (epochs * n - done) as f64);
            let text = format!("Epoch {}/{epochs} - {seen}/{n} - {eta}{}", epoch + 1, progress::format_logs(logs));
            Progress::content(done, epochs * n, &text)
        });
    }

    /// An epoch has ended.
    pub fn epoch(&mut self, history: &History) {
        if history.epochs() >= 2 {
            self.curves.update(|| curves(&self.name, history).content());
        }
    }

    /// The training has ended: the curves stay, as the figure that every kernel shows.
    pub fn finish(self, history: &History) {
        let Watch { is_notebook, name, bar, curves: live, .. } = self;
        drop((bar, live));
        if is_notebook && history.epochs() >= CURVE {
            curves(&name, history).evcxr_display();
        }
    }
}

/// The loss and the first metric, for training and validation examples.
fn curves(name: &str, history: &History) -> plot::Figure {
    let validated = |name: &str| name.starts_with("val_");
    let quantities = history.names().filter(|name| !validated(name) && *name != "lr").take(2);
    let mut panels = plot::Panels::new();
    for quantity in quantities {
        let mut lines = plot::Lines::new().axes("epoch", quantity).title(quantity);
        for (label, key) in [("training", quantity.to_owned()), ("validation", format!("val_{quantity}"))] {
            if let Some(curve) = history.get(&key) {
                let points = curve.iter().enumerate().map(|(epoch, value)| ((epoch + 1) as f64, *value));
                lines = lines.points(label, points.filter(|(_, value)| value.is_finite()));
            }
        }
        panels = panels.panel(lines);
    }
    panels.caption(format!("{name} in training, epoch by epoch.")).figure()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curves_show_loss_and_metric_of_both_kinds_of_examples() {
        let mut history = History::default();
        for (loss, val_loss) in [(2.0, 2.1), (1.0, 1.5), (0.5, f64::NAN)] {
            let logs = [("loss", loss), ("acc", 0.5), ("val_loss", val_loss), ("val_acc", 0.4), ("lr", 0.1)];
            history.push(&logs.iter().map(|(name, value)| (name.to_string(), *value)).collect());
        }
        let svg = curves("model", &history).to_svg();
        for text in ["loss", "acc", "training", "validation"] {
            assert!(svg.contains(text), "{text}");
        }
        assert!(!svg.contains("lr") && !svg.contains("NaN"));
    }
}

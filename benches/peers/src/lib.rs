/*!
Shared by the programs of the compared frameworks: the sizes of the course's ResNet-50, synthetic images, and the
protocol of the benchmark that starts them.

No network is built here; each framework's is in `bin/`.
*/

use std::io::{BufRead, Write};
use std::time::Instant;

/// Images in a batch.
pub const BATCH: usize = 32;
/// Rows and columns of an image.
pub const SIDE: usize = 64;
/// Classes of images.
pub const CLASSES: usize = 6;
/// Width of a stage's inner convolutions, the stride of its first block, and how many blocks follow that one.
pub const STAGES: [(usize, usize, usize); 4] = [(64, 1, 2), (128, 2, 3), (256, 2, 5), (512, 2, 2)];

/// Pseudo-random elements in [0, 1).
pub fn images() -> Vec<f32> {
    (0..(BATCH * SIDE * SIDE * 3) as u32).map(|i| (i.wrapping_mul(2654435761) >> 8) as f32 / (1 << 24) as f32).collect()
}

/// The class of each image.
pub fn classes() -> Vec<u32> {
    (0..BATCH as u32).map(|i| i * 7 % CLASSES as u32).collect()
}

/// Prints the framework's name and version, then answers each line `train N` with the seconds of N training steps, and
/// `memory` with the peak memory of the process in bytes.
///
/// # Errors
/// If the standard input breaks off, or a line is neither of these.
pub fn serve(package: &str, mut step: impl FnMut()) -> Result<(), Box<dyn std::error::Error>> {
    println!("{}", title(package));
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let answer: Vec<String> = match line.split_once(' ') {
            Some(("train", n)) => {
                let time = |_| {
                    let start = Instant::now();
                    step();
                    format!("{:.9}", start.elapsed().as_secs_f64())
                };
                (0..n.parse::<usize>()?).map(time).collect()
            }
            None if line == "memory" => vec![peak_memory()?.to_string()],
            _ => return Err(format!("expected `train N` or `memory`, got {line:?}").into()),
        };
        println!("{}", answer.join("\t"));
        std::io::stdout().flush()?;
    }
    Ok(())
}

/// The package with its version, as the lock file has it.
fn title(package: &str) -> String {
    let after = include_str!("../Cargo.lock").split_once(&format!("name = \"{package}\"\nversion = \""));
    let version = after.and_then(|(_, rest)| rest.split('"').next()).unwrap_or("of unknown version");
    format!("{} {version}", package.trim_end_matches("-core"))
}

fn peak_memory() -> Result<u64, Box<dyn std::error::Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM in /proc/self/status")?;
    Ok(1024 * line.trim().trim_end_matches("kB").trim().parse::<u64>()?)
}

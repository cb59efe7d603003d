/*! Sessions that wait for kernels: each kernel gets one of its own, in its own folder. */

use super::client::{Kernel, turn};
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// A pool of this workspace; where `make lab` keeps one, that serves as well.
struct Pool(Child);

impl Pool {
    fn start() -> Pool {
        let mut pool = Command::new(env!("CARGO_BIN_EXE_workbook"));
        pool.args(["kernel", "pool"]).current_dir(env!("CARGO_MANIFEST_DIR"));
        let pool = Pool(pool.spawn().unwrap());
        let lock = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/workbook/pool/lock");
        let is_locked = || File::open(&lock).is_ok_and(|lock| lock.try_lock().is_err());
        let end = Instant::now() + Duration::from_secs(60);
        while !is_locked() {
            assert!(Instant::now() < end, "the pool does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        std::thread::sleep(Duration::from_millis(500)); // until it listens
        pool
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The programs that a cell's process descends from, each with its arguments.
const ANCESTORS: &str = r#"{
    let mut pid = std::process::id().to_string();
    while pid != "0" && pid != "1" {
        let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline"))?.replace('\0', " ");
        println!("{}", line.trim());
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        pid = status.lines().find_map(|line| line.strip_prefix("PPid:")).unwrap_or("0").trim().to_owned();
    }
}"#;

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
fn kernels_take_their_sessions_from_the_pool() {
    let _turn = turn();
    let pool = Pool::start();
    let mut kernels = [Kernel::start(), Kernel::start()];
    for (index, kernel) in kernels.iter_mut().enumerate() {
        kernel.prints(&format!("let number: usize = {index};"), "");
    }
    let ancestors: Vec<String> = kernels.iter_mut().map(|kernel| kernel.run(ANCESTORS).stdout()).collect();
    assert!(ancestors.iter().any(|ancestors| ancestors.contains("kernel pool")), "none is the pool's: {ancestors:#?}");
    for (index, kernel) in kernels.iter_mut().enumerate() {
        kernel.prints("println!(\"{number}\");", &format!("{index}\n"));
        let folder = kernel.folder().canonicalize().unwrap();
        kernel.prints("println!(\"{}\", std::env::current_dir()?.display());", &format!("{}\n", folder.display()));
    }

    // A session that has been given away does not end with the pool.
    drop(pool);
    std::thread::sleep(Duration::from_secs(1));
    for (index, kernel) in kernels.iter_mut().enumerate() {
        kernel.prints("println!(\"{number}\");", &format!("{index}\n"));
    }
}

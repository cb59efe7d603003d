/*! What a kernel says of itself: `kernel_info_reply`. */

use super::message::PROTOCOL_VERSION;
use serde_json::{Value, json};
use std::process::Command;
use std::sync::OnceLock;

/// The version of the compiler that compiles the cells, such as 1.95.0.
fn compiler_version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let said = Command::new("rustc").arg("--version").output().map(|output| output.stdout).unwrap_or_default();
        let said = String::from_utf8_lossy(&said).into_owned(); // rustc 1.95.0 (…)
        said.split(' ').nth(1).unwrap_or_default().to_owned()
    })
}

/// The content of a `kernel_info_reply`.
pub fn kernel_info() -> Value {
    let link = |text: &str, url: &str| json!({ "text": text, "url": url });
    json!({
        "status": "ok",
        "protocol_version": PROTOCOL_VERSION,
        "implementation": "workbook",
        "implementation_version": env!("CARGO_PKG_VERSION"),
        "language_info": {
            "name": "rust",
            "version": compiler_version(),
            "mimetype": "text/rust",
            "file_extension": ".rs",
            "pygments_lexer": "rust",
            "codemirror_mode": "rust",
            // nbconvert's own; it takes the extension from here.
            "nbconvert_exporter": "script",
        },
        "banner": format!("Rust, through the kernel of the CNN workbook {}", env!("CARGO_PKG_VERSION")),
        "help_links": [
            link("The Rust Programming Language", "https://doc.rust-lang.org/book/"),
            link("Rust's standard library", "https://doc.rust-lang.org/std/"),
            link("ndarray", "https://docs.rs/ndarray/0.17/ndarray/"),
            link("ndarray for NumPy users", "https://docs.rs/ndarray/0.17/ndarray/doc/ndarray_for_numpy_users/"),
        ],
        // Of a debugger there is the view of the variables; see `debug.rs`.
        "debugger": true,
        "supported_features": ["debugger"],
    })
}

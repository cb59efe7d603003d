/*! What a kernel says of itself: `kernel_info_reply`. */

use super::message::PROTOCOL_VERSION;
use serde_json::{Value, json};

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
            "version": env!("CARGO_PKG_RUST_VERSION"),
            "mimetype": "text/rust",
            "file_extension": ".rs",
            "pygments_lexer": "rust",
            "codemirror_mode": "rust",
        },
        "banner": format!("Rust, through the kernel of the CNN workbook {}", env!("CARGO_PKG_VERSION")),
        "help_links": [
            link("The Rust Programming Language", "https://doc.rust-lang.org/book/"),
            link("Rust's standard library", "https://doc.rust-lang.org/std/"),
            link("ndarray", "https://docs.rs/ndarray/0.17/ndarray/"),
            link("ndarray for NumPy users", "https://docs.rs/ndarray/0.17/ndarray/doc/ndarray_for_numpy_users/"),
        ],
        "debugger": false,
    })
}

//! An assertion for tests of wrong calls: a panic whose message has certain parts.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Asserts that `call` panics with a message that has all these parts.
#[track_caller]
pub fn expect_panic<R>(call: impl FnOnce() -> R, parts: &[&str]) {
    let Err(payload) = catch_unwind(AssertUnwindSafe(call)) else {
        panic!("expected a panic with {parts:?}, the call returned")
    };
    let message = payload.downcast_ref::<String>().cloned();
    let message = message.or_else(|| payload.downcast_ref::<&str>().map(|text| text.to_string())).unwrap_or_default();
    for part in parts {
        assert!(message.contains(part), "expected {part:?} in: {message}");
    }
}

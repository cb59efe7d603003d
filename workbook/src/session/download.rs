/*!
What to say when cargo fails because a crate is not on this machine and cannot be downloaded.

cargo says so in many ways, and of the learner's own cell in none of them. Only text is handled here.
*/

/// What cargo says when it misses a crate: offline, or with a network that does not answer.
const SIGNS: [&str; 9] = [
    "you're using offline mode",
    "but --offline was specified",
    "failed to download",
    "download of ",
    "failed to fetch",
    "spurious network error",
    "Could not resolve host",
    "Couldn't resolve host",
    "Unable to update registry",
];

/// How many of cargo's last lines are repeated.
const LINES: usize = 6;

/// An explanation, if `details` are those of a failure to download a crate.
pub fn explain(details: &str) -> Option<String> {
    if !SIGNS.iter().any(|sign| details.contains(sign)) {
        return None;
    }
    // Behind cargo's words come the cell's line and, with `STDOUT:`, what was compiled before.
    let of_cargo = |line: &&str| !line.trim_start().starts_with("--> cell [") && !line.starts_with("STDOUT:");
    let said: Vec<&str> = details.lines().take_while(of_cargo).filter(|line| !line.trim().is_empty()).collect();
    let said = said[said.len().saturating_sub(LINES)..].iter().map(|line| format!("    {}\n", line.trim()));
    Some(format!(
        "a crate that is needed is not on this machine, and cargo cannot download it\n  expected: the crates of \
         Cargo.lock in cargo's cache, or a network\n  cargo says:\n{}  help: connect to a network once and run `make`, or \
         `cargo fetch --locked`; later none is needed. If cargo is told to stay offline (CARGO_NET_OFFLINE, or `offline` \
         in its config.toml), allow it this once",
        said.collect::<String>()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_does_not_compile_is_not_explained_by_the_network() {
        assert_eq!(explain("error[E0308]: mismatched types\n --> cell [1], line 1\n  |\n1 | let x: i32 = 1.0;"), None);
    }

    /// As cargo 1.95 said it with an empty CARGO_HOME and CARGO_NET_OFFLINE=true, through evcxr and `evaluator.rs`.
    #[test]
    fn without_a_cache_and_offline_cargo_s_words_and_a_way_out_are_given() {
        let details = "error: error: no matching package named `hdf5-metno` found\n\
            location searched: crates.io index\n\
            As a reminder, you're using offline mode (--offline) which can sometimes cause surprising failures\n \
            --> cell [1], line 1\n  |\n1 | :dep cnn = { path = \"..\" }\n  |      ^^^";
        let text = explain(details).unwrap();
        assert!(
            text.contains("    error: error: no matching package named `hdf5-metno` found\n    location"),
            "{text}"
        );
        assert!(text.contains("help: connect to a network once and run `make`"), "{text}");
        assert!(!text.contains(":dep"), "{text}");
    }

    #[test]
    fn of_a_long_complaint_the_last_lines_count() {
        let details = "warning: spurious network error (3 tries remaining)\n".repeat(9)
            + "error: failed to get `base64`\nCaused by:\n  [6] Could not resolve hostname";
        let text = explain(&details).unwrap();
        assert_eq!(text.matches("spurious").count(), 3);
        assert!(text.contains("    Caused by:\n    [6] Could not resolve hostname\n  help:"), "{text}");
    }
}

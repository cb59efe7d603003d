/*! A chapter with one exercise, `twice`, and an execution of it, for the tests of this module. */

use crate::execution::Execution;
use crate::session::{Outcome, Output, Stream};
use course::{Chapter, Source};
use std::time::Duration;

/// The chapter's text below its front matter.
pub const TEXT: &str = "# Twice\n\nBuild it.\n```rust graded=twice points=10\n```\n```rust\nprintln!(\"{}\", twice(4));\n```\n\
    ```output\n8\n```\n```rust test=twice\nassert_eq!(twice(2), 4);\n```\nThe end.\n";

const SOURCE: &str = "/// Twice a number.\npub fn twice(x: f64) -> f64 {\n    // START CODE HERE\n    \
    //~ let y: f64 = todo!(\"twice: write it\");\n    let y = 2.0 * x;\n    // END CODE HERE\n    y\n}\n";

/// The chapter of this text.
pub fn chapter(body: &str) -> Chapter {
    let text = format!("+++\ntitle = \"Example\"\nnotebook = \"9_example\"\ngraded = \"example\"\n+++\n{body}");
    Chapter::parse("example.md", &text, Some(Source::parse_reference("example.rs", SOURCE).unwrap())).unwrap()
}

/// An execution in which every cell that states an output prints this text.
pub fn execution(chapter: &Chapter, printed: &str) -> Execution {
    let outcome = |text: &str| Outcome {
        outputs: (!text.is_empty())
            .then(|| Output::Text { stream: Stream::Stdout, text: text.to_owned() })
            .into_iter()
            .collect(),
        ..Outcome::default()
    };
    let outcomes = chapter.cells().map(|cell| outcome(if cell.output.is_some() { printed } else { "" }));
    let outcomes = std::iter::once(outcome("")).chain(outcomes).collect();
    Execution { outcomes, problems: Vec::new(), time: Duration::ZERO }
}

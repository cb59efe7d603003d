/*!
The one reader of the course's facts, for the programs `workbook` and `grader`: chapters, assignments, graded functions
with their stubs and solutions, and where the files lie.

It never compiles or runs anything, and it never reformats: what it returns are slices of the text that it was given.

```
use course::Source;

let text = "\
/// Twice a number.
pub fn double(x: f64) -> f64 {
    // START CODE HERE (≈ 1 line)
    //~ let y: f64 = todo!(\"double\");
    let y = 2.0 * x;
    // END CODE HERE
    y
}
";
let source = Source::parse_reference("double.rs", text)?;
let double = source.function("double")?;
assert_eq!(double.docs(), "Twice a number.");
assert_eq!(double.signature(), "pub fn double(x: f64) -> f64");
assert!(double.stub().contains("    let y: f64 = todo!(\"double\");\n    // END CODE HERE"));
assert!(!double.solution().contains("//~"));
# Ok::<(), course::Error>(())
```

Reading order: [`Root`] is where the course lies; [`Chapter`] is what an author wrote, [`Assignment`] what a chapter
gives points for. [`Source`] is a parsed text and its [`Item`]s; [`Function`] is what an exercise is made of; [`splice`]
lays a submission over a reference, of which [`Submitted`] says what takes part; [`Patch`] changes some of a function's
lines.
[`dependencies`], [`files`], [`parallel`] and [`notebook`] are shared by both programs: how the crates are compiled, files that appear whole, work on all
processors, and the text of a notebook file.
*/

mod assignment;
pub mod chapter;
pub mod dependencies;
mod error;
pub mod files;
mod function;
mod import;
mod item;
mod markers;
mod nested;
pub mod notebook;
pub mod parallel;
mod parts;
mod patch;
mod reach;
mod recover;
mod resolve;
pub mod root;
mod source;
mod splice;
mod submitted;

pub use assignment::Assignment;
pub use chapter::Chapter;
pub use error::{Error, ErrorKind, Result};
pub use function::{Function, Parameter};
pub use item::{Item, ItemId, ItemKind};
pub use nested::{Nested, nested};
pub use patch::Patch;
pub use reach::reachable;
pub use recover::{Broken, recover};
pub use root::Root;
pub use source::Source;
pub use splice::{Keep, Lines, Origin, Selection, Spliced, given_module, splice};
pub use submitted::{Definition, Submitted};

/*!
Reads Rust source text as a set of exercises: finds a function by name, its signature, its solution and its stub, and
lays a learner's items over a reference module.

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

Reading order: [`Source`] is a parsed text and its [`Item`]s; [`Function`] is what an exercise is made of; [`splice`]
lays a submission over a reference, of which [`Submitted`] says what takes part; [`Patch`] changes some of a function's lines.
*/

mod error;
mod function;
mod import;
mod item;
mod markers;
mod patch;
mod reach;
mod recover;
mod resolve;
mod source;
mod splice;
mod submitted;

pub use error::{Error, ErrorKind, Result};
pub use function::{Function, Parameter};
pub use item::{Item, ItemKind};
pub use patch::Patch;
pub use reach::reachable;
pub use recover::{Broken, recover};
pub use source::Source;
pub use splice::{ItemId, Keep, Lines, Origin, Selection, Spliced, given_module, splice};
pub use submitted::{Definition, Submitted};

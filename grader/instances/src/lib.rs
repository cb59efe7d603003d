/*!
Instances of generic functions that submissions use, compiled once for all of them.

Nothing here is ever called. A program of a submission consists nearly wholly of generic functions of ndarray and the
standard library, for the types that the course uses. Where a crate that it is linked with holds such an instance already,
the compiler takes that one (rustc's `share-generics`, which is on without optimisation); so this package is compiled
without optimisation and with the checks of a submission, and what runs is the same. It holds no answer of the course: what
stands here is what ndarray's own documentation shows.

Which instances pay: `rustc -Zprint-mono-items=yes` on the program of a submission lists those that it still compiles.
*/

mod arrays;
mod calls;
mod networks;
mod slices;

pub use arrays::*;
pub use calls::*;
pub use networks::*;
pub use slices::*;

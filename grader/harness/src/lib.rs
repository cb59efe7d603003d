/*!
What is linked into a compiled submission: it reads arguments from file descriptor 3, calls the learner's functions and
writes their answers to file descriptor 4.

It knows no expected answer and judges nothing. The learner's code runs in the same process and can do to this code
whatever it likes; all it can reach that way is to send other answers, which the grader compares like any others.
*/

mod cases;
mod convert;
pub mod drive;
mod serve;

pub use cases::{Arguments, Cases};
pub use convert::{Answer, Argument, answer};
pub use serve::{Entry, Inputs, Question, answer_all, serve};
pub use wire::Value;

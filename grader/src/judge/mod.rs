/*!
What is right and what is wrong: the calls that the grader makes, the reference's answers, the comparison, and the
typical mistakes. It starts no process itself.
*/

pub mod answers;
pub mod causes;
pub mod compare;
pub mod evaluate;
pub mod marks;
pub mod misconceptions;
pub mod proof;

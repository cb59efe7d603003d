/*!
The program that is made of a submission: its text, its compilation, its run. It judges nothing.

Reading order: [`library`] is compiled once, [`text`] puts a submission over it, [`build`] finds a text that compiles,
[`compile`] calls the compiler, [`run`] runs what came of it.
*/

pub mod blame;
pub mod build;
pub mod compile;
pub mod library;
pub mod run;
pub mod text;
pub mod toolchain;

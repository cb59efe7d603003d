/*!
The program that is made of a submission: its text, its compilation, its run. It judges nothing.

Reading order: [`library`] is compiled once, [`text`] puts a submission over it, [`build`] finds a text that compiles,
[`compile`] calls the compiler, [`run`] runs what came of it; `machine` tells a fault of the machine from one of the text.
*/

pub mod blame;
pub mod build;
pub mod compile;
pub mod intact;
pub mod library;
mod machine;
pub mod run;
pub mod store;
pub mod temporary;
pub mod text;
pub mod toolchain;

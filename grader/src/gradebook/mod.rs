/*!
A class: its folder of submissions, graded into one file, and what the instructor makes of it.

It grades nothing itself: [`batch`] calls the grader for each submission. Reading order: [`collect`] finds the submissions
([`layout`] knows whose they are, [`unpack`] opens archives), [`store`] keeps what came of them, [`batch`] puts these
together; [`marks`] makes scores of reports, deadlines and overrides, [`class`] the report of the class, [`similar`] its
near-identical submissions; [`shard`] and [`merge`] are for several machines, [`diff`] compares two gradebooks.
*/

pub mod batch;
pub mod class;
pub mod collect;
pub mod diff;
pub mod layout;
mod machine;
pub mod marks;
pub mod merge;
pub mod shard;
pub mod similar;
pub mod store;
pub mod time;
mod tokens;
pub mod unpack;

#[cfg(test)]
mod testing;

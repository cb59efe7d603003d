/*!
A graph becomes a plan: which steps compute what is fetched, which operations run in one pass, how gradients flow, and
which memory each result uses.

Nothing is computed here.
*/

mod backward;
pub mod compiler;
mod feeds;
mod fusion;
mod memory;
pub mod plan;

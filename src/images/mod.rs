/*!
Pictures: painted by the program.
*/

mod scene;

pub use scene::scene;

/*!
The matrix product: packed panels of the right factor, register tiles, and the loops over blocks of rows around them.

A convolution is a matrix product whose left factor is gathered from the image while it is read.
*/

pub mod epilogue;
pub mod outer;
pub mod panels;
pub mod rows;
pub mod tile;

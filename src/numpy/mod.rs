/*!
NumPy, to the last bit: its legacy generator, its pairwise sum, its padding, its printed arrays.

Only what the course needs of it, under NumPy's names (`np::sum`, `np::array_str`, `RandomState::randn`); arrays
themselves are ndarray's.
*/

mod distributions;
mod extremes;
mod float;
mod iteration;
mod mersenne;
mod pad;
mod print;
mod random_state;
mod sum;
mod sum_of_products;

pub use distributions::{RandomSample, StandardNormal};
pub use extremes::{max, min};
pub use float::Float;
pub use pad::pad;
pub use print::{
    Element, Legacy, PrintOptions, Show, Sign, array_str, array_str_legacy, array2string, shape, show, show_legacy,
    str, str_legacy,
};
pub use random_state::{Choice, RandomState};
pub use sum::{mean, mean_axis, sum, sum_axis};
pub use sum_of_products::sum_of_products;

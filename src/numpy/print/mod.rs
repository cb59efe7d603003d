/*!
Arrays and numbers printed as NumPy prints them: as the current version, or as NumPy 1.13 and earlier.

`modern_float` and `legacy_float` format the entries of float arrays; `layout` breaks the lines.
*/

mod digits;
mod element;
mod layout;
mod legacy_float;
mod modern_float;
mod options;
mod scalar;

use std::fmt;

use ndarray::{ArrayBase, ArrayViewD, Data, Dimension};

pub use element::Element;
pub use options::{Legacy, PrintOptions, Sign};

/// The text that `print(a)` shows in NumPy 1.14 and later.
///
/// Floats have the fewest digits that tell them apart, at most 8 after the point; columns are aligned; lines are at
/// most 75 characters wide; more than 1,000 entries are summarised by `...`.
///
/// ```
/// use cnn::prelude::*;
/// let a = array![[1.5, -0.25], [100.0, 0.125]];
/// println!("{}", np::array_str(&a));
/// // [[  1.5    -0.25 ]
/// //  [100.      0.125]]
/// # assert_eq!(np::array_str(&a), "[[  1.5    -0.25 ]\n [100.      0.125]]");
/// ```
pub fn array_str<A: Element, S: Data<Elem = A>, D: Dimension>(a: &ArrayBase<S, D>) -> String {
    array2string(a, &PrintOptions::default())
}

/// The text that `print(a)` showed in NumPy 1.13 and earlier, which much of the course was printed with.
///
/// Floats are rounded to 8 digits after the point, in double precision, and leave a column for the sign.
///
/// ```
/// use cnn::prelude::*;
/// let a = array![0.1f32, 1.23489773, 0.0];
/// println!("{}", np::array_str(&a)); // [0.1       1.2348977 0.       ]
/// println!("{}", np::array_str_legacy(&a)); // [ 0.1         1.23489773  0.        ]
/// # assert_eq!(np::array_str(&a), "[0.1       1.2348977 0.       ]");
/// # assert_eq!(np::array_str_legacy(&a), "[ 0.1         1.23489773  0.        ]");
/// ```
pub fn array_str_legacy<A: Element, S: Data<Elem = A>, D: Dimension>(a: &ArrayBase<S, D>) -> String {
    array2string(a, &PrintOptions::legacy())
}

/// The text of an array with the given options: `np.array2string(a, …)`.
///
/// ```
/// use cnn::prelude::*;
/// let a = array![0.123456789, 2.0];
/// println!("{}", np::array2string(&a, &np::PrintOptions { precision: 3, ..Default::default() })); // [0.123 2.   ]
/// # assert_eq!(np::array2string(&a, &np::PrintOptions { precision: 3, ..Default::default() }), "[0.123 2.   ]");
/// ```
pub fn array2string<A: Element, S: Data<Elem = A>, D: Dimension>(
    a: &ArrayBase<S, D>,
    options: &PrintOptions,
) -> String {
    A::array(&a.view().into_dyn(), options)
}

fn array_text<A: Element>(a: &ArrayViewD<'_, A>, options: &PrintOptions) -> String {
    match a.first() {
        None => "[]".to_owned(),
        Some(x) if a.ndim() == 0 => x.zero_dimensional(options),
        Some(_) => {
            let corners = layout::corners(a, options);
            let format = A::formatter(&corners, options);
            match options.legacy {
                Some(Legacy::V1_13) => layout::legacy(a, options, &*format),
                _ => layout::modern(a, options, &*format),
            }
        }
    }
}

/// An array to print with `{}`, as [`array_str`] gives it; a precision such as `{:.3}` limits the digits after the
/// point.
///
/// ```
/// use cnn::prelude::*;
/// let x = RandomState::new(1).randn((2, 2));
/// println!("x =\n{}\nrounded =\n{:.2}", np::show(&x), np::show(&x));
/// # assert_eq!(format!("{:.2}", np::show(&x)), "[[ 1.62 -0.61]\n [-0.53 -1.07]]");
/// ```
pub fn show<A: Element, S: Data<Elem = A>, D: Dimension>(a: &ArrayBase<S, D>) -> Show<'_, A> {
    Show { a: a.view().into_dyn(), options: PrintOptions::default() }
}

/// An array to print with `{}`, as [`array_str_legacy`] gives it.
pub fn show_legacy<A: Element, S: Data<Elem = A>, D: Dimension>(a: &ArrayBase<S, D>) -> Show<'_, A> {
    Show { a: a.view().into_dyn(), options: PrintOptions::legacy() }
}

/// What [`show`] returns: an array that prints as NumPy prints it.
#[derive(Debug, Clone)]
pub struct Show<'a, A> {
    a: ArrayViewD<'a, A>,
    options: PrintOptions,
}

impl<A: Element> fmt::Display for Show<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let precision = f.precision().unwrap_or(self.options.precision);
        f.write_str(&A::array(&self.a, &PrintOptions { precision, ..self.options.clone() }))
    }
}

/// The text that `print(x)` shows for a number in NumPy 1.14 and later: the shortest digits that parse back to it.
///
/// ```
/// use cnn::prelude::*;
/// println!("{} {} {}", np::str(0.1 + 0.2), np::str(2.9103398f32), np::str(1e-5)); // 0.30000000000000004 2.9103398 1e-05
/// # assert_eq!([np::str(0.1 + 0.2), np::str(2.9103398f32), np::str(1e-5)], ["0.30000000000000004", "2.9103398", "1e-05"]);
/// ```
pub fn str<A: Element>(x: A) -> String {
    x.scalar()
}

/// The text that `print(x)` showed for a number in NumPy 1.13 and earlier: 12 digits of a double, 6 of a single.
///
/// ```
/// use cnn::prelude::*;
/// println!("{}", np::str_legacy(0.048995203528855794)); // 0.0489952035289
/// # assert_eq!(np::str_legacy(0.048995203528855794), "0.0489952035289");
/// ```
pub fn str_legacy<A: Element>(x: A) -> String {
    x.scalar_legacy()
}

/// An array's shape as Python prints it: `a.shape`.
///
/// ```
/// use cnn::prelude::*;
/// let (x, v) = (Array4::<f64>::zeros((4, 7, 7, 2)), array![1.0, 2.0, 3.0]);
/// println!("{} {}", np::shape(&x), np::shape(&v)); // (4, 7, 7, 2) (3,)
/// # assert_eq!(format!("{} {}", np::shape(&x), np::shape(&v)), "(4, 7, 7, 2) (3,)");
/// ```
pub fn shape<S: ndarray::RawData, D: Dimension>(a: &ArrayBase<S, D>) -> String {
    match a.shape() {
        [n] => format!("({n},)"),
        shape => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/*!
How arrays are printed: NumPy's print options.

They are arguments of each call; there is no `set_printoptions`, because the crate keeps no global state.
*/

/// The options of [`array2string`](super::array2string), with NumPy's defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintOptions {
    /// The printing style of an earlier NumPy, or `None` for that of NumPy 2.3 and later.
    pub legacy: Option<Legacy>,
    /// Most digits after the point (8).
    pub precision: usize,
    /// Most characters in a line (75).
    pub line_width: usize,
    /// An array with more entries than this is summarised (1000).
    pub threshold: usize,
    /// Entries shown at either end of every axis in a summary (3).
    pub edge_items: usize,
    /// Whether small numbers are printed as 0 rather than all numbers in scientific notation (false).
    pub suppress_small: bool,
    /// What is printed before numbers that are not negative (nothing).
    pub sign: Sign,
}

/// The printing style of an earlier NumPy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Legacy {
    /// NumPy 1.13 and earlier: floats rounded in double precision, a column for the sign, other line breaks.
    V1_13,
    /// NumPy 1.14 to 2.2: single precision switches to scientific notation at 10⁸ instead of 10⁶.
    V2_2,
}

/// What is printed before numbers that are not negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Nothing.
    Minus,
    /// A plus.
    Plus,
    /// A space.
    Space,
}

impl PrintOptions {
    /// The defaults of NumPy 1.13 and earlier.
    pub fn legacy() -> Self {
        Self { legacy: Some(Legacy::V1_13), ..Self::default() }
    }
}

impl Default for PrintOptions {
    fn default() -> Self {
        Self {
            legacy: None,
            precision: 8,
            line_width: 75,
            threshold: 1000,
            edge_items: 3,
            suppress_small: false,
            sign: Sign::Minus,
        }
    }
}

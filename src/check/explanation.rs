/*!
What ndarray's panics mean, in sentences with the shapes or indices that did not fit.

It reads messages and nothing else: the session of a notebook compiles this file too, for what panics outside of a test.
*/

/// What a message of ndarray means, with what to do; `None` for a message of another origin.
pub fn explanation(message: &str) -> Option<String> {
    if let Some(shapes) = message.strip_prefix("ndarray: could not broadcast array from shape: ") {
        let (from, to) = shapes.split_once(" to: ")?;
        return Some(format!(
            "an operation got two arrays whose shapes do not fit\n  one has the shape: {}\n  the other: {}\nhelp: print \
             np::shape(&…) of both before that line. If one is a slice, compare the ranges of its rows and columns with \
             those of the other.",
            tuple(from),
            tuple(to)
        ));
    }
    if let Some(rest) = message.strip_prefix("ndarray: index ") {
        let (index, shape) = rest.split_once(" is out of bounds for array of shape ")?;
        return Some(format!(
            "an index lies outside of its array\n  the index: {}\n  the array's shape: {}\nhelp: an axis of length n has \
             the places 0 to n - 1. Check the order of the indices and where each loop ends.",
            tuple(index),
            tuple(shape)
        ));
    }
    if message.starts_with("ndarray: index out of bounds") {
        return Some(
            "an index lies outside of its array\nhelp: an axis of length n has the places 0 to n - 1. Check the order \
             of the indices and where each loop ends."
                .to_owned(),
        );
    }
    if let Some(rest) = message.strip_prefix("Slice ") {
        let (which, length) = rest.split_once(" is past end of axis of length ")?;
        return Some(format!(
            "a slice goes beyond its array\n  the slice's {which}\n  the axis ends at: {length}\nhelp: print np::shape(&…) of \
             the array before that line. Is it the padded one, and does the window end at its start plus f?"
        ));
    }
    if message.contains("are not compatible for matrix multiplication") {
        let sizes = message.trim_start_matches("ndarray: inputs ").split(" are not ").next()?;
        return Some(format!(
            "a matrix product got shapes that do not fit\n  the shapes: {sizes}\nhelp: the columns of the first have to be \
             as many as the rows of the second."
        ));
    }
    if message.contains("ShapeError/IncompatibleShape") {
        // a + b and its like name no shapes.
        return Some(
            "an operation such as a + b or a * b, or a change of shape, got shapes that do not fit\nhelp: print \
             np::shape(&…) of both arrays before that line. Entry by entry, they have to be the same."
                .to_owned(),
        );
    }
    message.starts_with("ndarray: ").then(|| {
        format!("{}\nhelp: print np::shape(&…) of the arrays before that line.", message.replacen("ndarray: ", "", 1))
    })
}

/// A list such as `[2, 3]` as Python writes a shape, (2, 3).
fn tuple(list: &str) -> String {
    let inside = list.split(',').take_while(|part| !part.contains("shape=") && !part.contains("strides="));
    let inside = inside.map(|part| part.trim_matches(|c: char| !c.is_ascii_digit())).filter(|part| !part.is_empty());
    format!("({})", inside.collect::<Vec<_>>().join(", "))
}

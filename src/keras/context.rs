/*!
What all layers of one network share: the engine's graph and session, the counters behind automatic names, and the
seed.

Keras keeps these per process; here they belong to the tensors, and end with the last of them.
*/

use crate::graph::{Graph, Session, philox::DEFAULT_GRAPH_SEED};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

#[derive(Debug)]
pub(super) struct Context {
    pub graph: Graph,
    pub session: Session,
    seed: u64,
    /// How many layers of each class have been named automatically.
    counts: RefCell<BTreeMap<String, usize>>,
    /// How many random operations without a seed of their own there are.
    unseeded: Cell<u64>,
}

impl Context {
    pub fn new(seed: Option<u64>) -> Self {
        let graph = Graph::new();
        let session = Session::new(&graph);
        let seed = seed.unwrap_or(DEFAULT_GRAPH_SEED);
        Context { graph, session, seed, counts: RefCell::default(), unseeded: Cell::new(0) }
    }

    /// `activation_1`, `activation_2`, …
    pub fn automatic_name(&self, prefix: &str) -> String {
        let mut counts = self.counts.borrow_mut();
        let count = counts.entry(prefix.to_string()).or_insert(0);
        *count += 1;
        format!("{prefix}_{count}")
    }

    /// Counts a name that a file gave to a layer, so that no automatic name is the same.
    pub fn count_name(&self, name: &str) {
        if let Some((prefix, number)) = name.rsplit_once('_')
            && let Ok(number) = number.parse::<usize>()
        {
            let mut counts = self.counts.borrow_mut();
            let count = counts.entry(prefix.to_string()).or_insert(0);
            *count = number.max(*count);
        }
    }

    /// The two seeds of a random operation.
    ///
    /// DIFFERENCE: without a seed, Keras takes one from the operating system. Here it is the number of such operations
    /// so far, so that a notebook prints the same values when it runs again.
    pub fn seeds(&self, own: Option<u64>) -> (u64, u64) {
        let seed = own.unwrap_or_else(|| {
            self.unseeded.set(self.unseeded.get() + 1);
            self.unseeded.get()
        });
        (self.seed, seed)
    }

    /// The session, in which every weight has a value.
    pub fn ready(&self) -> &Session {
        self.session.initialize_missing();
        &self.session
    }
}

/// `MaxPooling2D` becomes `max_pooling2d`.
pub(super) fn snake_case(class_name: &str) -> String {
    let mut name = String::new();
    for letter in class_name.chars() {
        if letter.is_ascii_uppercase() && name.ends_with(|before: char| before.is_ascii_lowercase()) {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(class_name: &str, expected: &str) {
        assert_eq!(snake_case(class_name), expected);
    }

    #[test]
    fn prefixes_are_those_of_keras() {
        check("Conv2D", "conv2d");
        check("MaxPooling2D", "max_pooling2d");
        check("ZeroPadding2D", "zero_padding2d");
        check("BatchNormalization", "batch_normalization");
        check("GlobalAveragePooling2D", "global_average_pooling2d");
    }

    #[test]
    fn names_are_counted_from_one() {
        let context = Context::new(None);
        let names = ["activation", "add", "activation"].map(|prefix| context.automatic_name(prefix));
        assert_eq!(names, ["activation_1", "add_1", "activation_2"]);
        context.count_name("activation_5");
        context.count_name("fc6");
        assert_eq!(context.automatic_name("activation"), "activation_6");
    }
}

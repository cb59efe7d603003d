/*!
`np.random.RandomState`: NumPy's legacy generator, equal to it bit for bit.

It is not a good source of randomness for new work (that is what the `rand` crate is for); it is the one whose numbers
the course printed.
*/

use ndarray::{Array, Array1, ArrayBase, Axis, Data, DataMut, Dimension, IntoDimension, RemoveAxis, Zip};
use ndarray_rand::rand::{RngCore, distr::Distribution};

use super::distributions::{RandomSample, polar_pair};
use super::mersenne::Mersenne;

/// NumPy's legacy generator: the Mersenne Twister and the ways `np.random` draws numbers from it.
///
/// Every method consumes the stream exactly as NumPy's method of the same name does, so the order of calls matters as
/// it does there. It is also an ordinary generator of the `rand` crate ([`RngCore`]) and works with `ndarray-rand`'s
/// distributions.
///
/// ```
/// use cnn::prelude::*;
///
/// let mut rng = RandomState::new(1); // np.random.seed(1)
/// println!("{}", np::show(&rng.randn((2, 3)))); // np.random.randn(2, 3)
/// // [[ 1.62434536 -0.61175641 -0.52817175]
/// //  [-1.07296862  0.86540763 -2.3015387 ]]
/// # assert_eq!(np::array_str(&RandomState::new(1).randn((2, 3))),
/// #     "[[ 1.62434536 -0.61175641 -0.52817175]\n [-1.07296862  0.86540763 -2.3015387 ]]");
/// ```
#[derive(Clone, PartialEq)]
pub struct RandomState {
    mersenne: Mersenne,
    /// The second number of the last polar pair, if it has not been returned yet.
    saved_gauss: Option<f64>,
}

/// How [`RandomState::choice`] draws: with or without replacement, and with which probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice<'a> {
    /// Whether a value may be drawn again.
    pub replace: bool,
    /// The probability of every value; `None` gives all the same.
    pub p: Option<&'a [f64]>,
}

impl Default for Choice<'_> {
    /// With replacement, all values equally probable, as NumPy's `choice` does by default.
    fn default() -> Self {
        Self { replace: true, p: None }
    }
}

impl RandomState {
    /// A generator seeded as by `np.random.seed(seed)` or `np.random.RandomState(seed)`.
    pub fn new(seed: u32) -> Self {
        Self { mersenne: Mersenne::new(seed), saved_gauss: None }
    }

    /// The state as NumPy's `get_state` has it: 624 words, the position of the next one, and the normal number that has
    /// been drawn and not been returned, if there is one.
    pub fn get_state(&self) -> (Vec<u32>, usize, Option<f64>) {
        let (words, position) = self.mersenne.state();
        (words.to_vec(), position, self.saved_gauss)
    }

    /// The generator in a state that [`RandomState::get_state`] returned; `None` if it is no such state.
    ///
    /// ```
    /// use cnn::prelude::*;
    /// let mut rng = RandomState::new(1);
    /// rng.randn(3);
    /// let (words, position, gauss) = rng.get_state();
    /// let mut again = RandomState::from_state(&words, position, gauss).unwrap();
    /// assert_eq!(again.randn(5), rng.randn(5));
    /// ```
    pub fn from_state(words: &[u32], position: usize, saved_gauss: Option<f64>) -> Option<Self> {
        Some(Self { mersenne: Mersenne::from_state(words, position)?, saved_gauss })
    }

    /// Starts the stream of `seed` anew; a cached normal number is dropped, as in NumPy.
    pub fn seed(&mut self, seed: u32) {
        *self = Self::new(seed);
    }

    /// Uniform numbers in [0, 1), in an array of the given shape: `np.random.random_sample(shape)`.
    pub fn random_sample<Sh: IntoDimension>(&mut self, shape: Sh) -> Array<f64, Sh::Dim> {
        self.fill(shape, Self::next_double)
    }

    /// Uniform numbers in [0, 1), in an array of the given shape: `np.random.rand(*shape)`.
    pub fn rand<Sh: IntoDimension>(&mut self, shape: Sh) -> Array<f64, Sh::Dim> {
        self.random_sample(shape)
    }

    /// Standard normal numbers in an array of the given shape: `np.random.randn(*shape)`.
    ///
    /// ```
    /// use cnn::prelude::*;
    /// let x: Array4<f64> = RandomState::new(1).randn((4, 3, 3, 2));
    /// println!("{}", np::shape(&x)); // (4, 3, 3, 2)
    /// # assert_eq!(np::shape(&x), "(4, 3, 3, 2)");
    /// ```
    pub fn randn<Sh: IntoDimension>(&mut self, shape: Sh) -> Array<f64, Sh::Dim> {
        self.fill(shape, Self::next_gauss)
    }

    /// Uniform numbers in [low, high), in an array of the given shape: `np.random.uniform(low, high, shape)`.
    pub fn uniform<Sh: IntoDimension>(&mut self, low: f64, high: f64, shape: Sh) -> Array<f64, Sh::Dim> {
        let range = high - low;
        self.fill(shape, |rng| low + range * rng.next_double())
    }

    /// Normal numbers of mean `loc` and standard deviation `scale`: `np.random.normal(loc, scale, shape)`.
    ///
    /// # Panics
    /// When `scale` is negative.
    #[track_caller]
    pub fn normal<Sh: IntoDimension>(&mut self, loc: f64, scale: f64, shape: Sh) -> Array<f64, Sh::Dim> {
        assert!(!scale.is_sign_negative(), "normal: expected a standard deviation of at least 0, got scale = {scale}");
        self.fill(shape, |rng| loc + scale * rng.next_gauss())
    }

    /// Whole numbers in [low, high), in an array of the given shape: `np.random.randint(low, high, shape)`.
    ///
    /// NumPy draws them by masking random words and rejecting those above the range.
    ///
    /// # Panics
    /// When the range is empty.
    #[track_caller]
    pub fn randint<Sh: IntoDimension>(&mut self, low: i64, high: i64, shape: Sh) -> Array<i64, Sh::Dim> {
        assert!(
            low < high,
            "randint: expected low < high, got low = {low}, high = {high}\nhelp: high itself is left out"
        );
        let largest = high.wrapping_sub(1).wrapping_sub(low) as u64;
        self.fill(shape, |rng| low.wrapping_add(rng.next_interval(largest) as i64))
    }

    /// The numbers 0 … n−1 in random order: `np.random.permutation(n)`.
    ///
    /// ```
    /// use cnn::prelude::*;
    /// let p = RandomState::new(1).permutation(5);
    /// println!("{}", np::show(&p)); // [2 1 4 0 3]
    /// # assert_eq!(np::array_str(&p), "[2 1 4 0 3]");
    /// ```
    pub fn permutation(&mut self, n: usize) -> Array1<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        self.shuffle_with(n, |i, j| order.swap(i, j));
        Array1::from(order)
    }

    /// A copy of `a` whose entries along the first axis are in random order: `np.random.permutation(a)`.
    pub fn permutation_of<A: Clone, S: Data<Elem = A>, D: RemoveAxis>(&mut self, a: &ArrayBase<S, D>) -> Array<A, D> {
        let order = self.permutation(a.len_of(Axis(0)));
        a.select(Axis(0), &order.to_vec())
    }

    /// Puts the entries along the first axis in random order, in place: `np.random.shuffle(a)`.
    ///
    /// Drawn from the top down: for i = n−1 … 1, entry i changes places with entry j, uniform in 0 … i.
    pub fn shuffle<S: DataMut, D: RemoveAxis>(&mut self, a: &mut ArrayBase<S, D>) {
        let n = a.len_of(Axis(0));
        self.shuffle_with(n, |i, j| {
            if i != j {
                let (mut lower, mut upper) = a.view_mut().split_at(Axis(0), i); // j < i
                let (x, y) = (lower.index_axis_mut(Axis(0), j), upper.index_axis_mut(Axis(0), 0));
                Zip::from(x).and(y).for_each(std::mem::swap);
            }
        });
    }

    /// Draws from 0 … n−1 into an array of the given shape: `np.random.choice(n, shape, replace, p)`.
    ///
    /// ```
    /// use cnn::prelude::*;
    /// let mut rng = RandomState::new(0);
    /// let hand = rng.choice(52, 5, np::Choice { replace: false, ..Default::default() });
    /// println!("{}", np::show(&hand)); // [28 37 11 34  2]
    /// # assert_eq!(np::array_str(&hand), "[28 37 11 34  2]");
    /// ```
    ///
    /// # Panics
    /// When `n` is 0 and something is to be drawn, when more values are asked for than can be drawn without
    /// replacement, or when `p` does not hold n probabilities that add up to 1.
    #[track_caller]
    pub fn choice<Sh: IntoDimension>(&mut self, n: usize, shape: Sh, how: Choice<'_>) -> Array<usize, Sh::Dim> {
        let shape = shape.into_dimension();
        let size = shape.size();
        assert!(n > 0 || size == 0, "choice: expected at least one value to choose from, got n = 0");
        if let Some(p) = how.p {
            check_probabilities(n, p);
        }
        let drawn = match (how.replace, how.p) {
            (true, None) if size == 0 => Vec::new(),
            (true, None) => (0..size).map(|_| self.next_interval(n as u64 - 1) as usize).collect(),
            (true, Some(p)) => {
                let cdf = cumulative(p);
                (0..size).map(|_| rank(&cdf, self.next_double())).collect()
            }
            (false, p) => {
                let available = p.map_or(n, |p| p.iter().filter(|&&p| p > 0.0).count());
                assert!(
                    size <= available,
                    "choice: expected at most {available} values without replacement, got a request for {size}"
                );
                match p {
                    None => self.permutation(n).iter().copied().take(size).collect(),
                    Some(p) => self.weighted_without_replacement(p, size),
                }
            }
        };
        Array::from_shape_vec(shape, drawn).expect("one value was drawn for every place")
    }

    /// The next uniform number in [0, 1): `np.random.rand()`.
    pub fn next_double(&mut self) -> f64 {
        RandomSample.sample(self)
    }

    /// The next standard normal number: `np.random.randn()`.
    pub fn next_gauss(&mut self) -> f64 {
        self.saved_gauss.take().unwrap_or_else(|| {
            let (first, second) = polar_pair(self);
            self.saved_gauss = Some(second);
            first
        })
    }

    /// The next whole number in 0 ..= largest, by masked rejection; nothing is drawn when there is only one.
    fn next_interval(&mut self, largest: u64) -> u64 {
        if largest == 0 {
            return 0;
        }
        let mask = u64::MAX >> largest.leading_zeros();
        loop {
            // One word is enough up to 2³²−1, and NumPy takes no more.
            let word = if largest <= u64::from(u32::MAX) { u64::from(self.next_u32()) } else { self.next_u64() };
            if word & mask <= largest {
                return word & mask;
            }
        }
    }

    /// Draws values one by one into a new array, in the order of its indices.
    fn fill<A, Sh: IntoDimension>(&mut self, shape: Sh, mut draw: impl FnMut(&mut Self) -> A) -> Array<A, Sh::Dim> {
        let shape = shape.into_dimension();
        let values = (0..shape.size()).map(|_| draw(self)).collect();
        Array::from_shape_vec(shape, values).expect("one value was drawn for every place")
    }

    /// The Fisher–Yates walk shared by `shuffle` and `permutation`.
    fn shuffle_with(&mut self, n: usize, mut swap: impl FnMut(usize, usize)) {
        for i in (1..n).rev() {
            swap(i, self.next_interval(i as u64) as usize);
        }
    }

    /// NumPy's rule: draw all that are missing at once, keep the new ones in the order drawn, bar them, repeat.
    fn weighted_without_replacement(&mut self, p: &[f64], size: usize) -> Vec<usize> {
        let mut p = p.to_vec();
        let mut found: Vec<usize> = Vec::with_capacity(size);
        while found.len() < size {
            let x: Vec<f64> = (found.len()..size).map(|_| self.next_double()).collect();
            found.iter().for_each(|&i| p[i] = 0.0);
            let cdf = cumulative(&p);
            for value in x.into_iter().map(|x| rank(&cdf, x)) {
                if !found.contains(&value) {
                    found.push(value);
                }
            }
        }
        found
    }
}

impl RngCore for RandomState {
    fn next_u32(&mut self) -> u32 {
        self.mersenne.next_u32()
    }

    /// Two words, the upper half first, as NumPy joins them.
    fn next_u64(&mut self) -> u64 {
        let upper = u64::from(self.next_u32());
        upper << 32 | u64::from(self.next_u32())
    }

    /// The bytes of successive words, lowest first, as `np.random.bytes` gives them.
    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(4) {
            chunk.copy_from_slice(&self.next_u32().to_le_bytes()[..chunk.len()]);
        }
    }
}

impl std::fmt::Debug for RandomState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RandomState(MT19937)")
    }
}

/// Panics unless `p` holds `n` probabilities that add up to 1, within NumPy's tolerance of √ε.
#[track_caller]
fn check_probabilities(n: usize, p: &[f64]) {
    assert!(p.len() == n, "choice: expected {n} probabilities, one for each value, got {}", p.len());
    assert!(p.iter().all(|&p| p >= 0.0), "choice: expected probabilities of at least 0, got {p:?}");
    let total: f64 = p.iter().sum();
    assert!(
        (total - 1.0).abs() <= f64::EPSILON.sqrt(),
        "choice: expected probabilities that add up to 1, got {total}\nhelp: divide them by their sum"
    );
}

/// The cumulative distribution of the weights `p`: running sums, divided by the last.
fn cumulative(p: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let sums: Vec<f64> = p
        .iter()
        .map(|p| {
            sum += p;
            sum
        })
        .collect();
    sums.into_iter().map(|partial| partial / sum).collect()
}

/// How many entries of the ascending `cdf` are at most `x`: `np.searchsorted(cdf, x, side='right')`.
fn rank(cdf: &[f64], x: f64) -> usize {
    cdf.partition_point(|&c| c <= x)
}

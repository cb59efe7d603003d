/*!
Philox 4x32-10, the counter-based generator behind TensorFlow's random operations, and its uniform draws.

It is not NumPy's generator; that one is in [`numpy`](crate::numpy). From: J. Salmon et al., "Parallel random numbers:
as easy as 1, 2, 3" (2011); the order in which words are used is that of TensorFlow's CPU kernels.
*/

/// Multipliers of the two halves of a round (from the paper).
const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
/// What the key grows by after a round: the golden ratio and √3 − 1, as fractions of 2^32 (from the paper).
const KEY_STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// The first seed of a stream whose graph has none, as in TensorFlow.
pub const DEFAULT_GRAPH_SEED: u64 = 87_654_321;

/// A stream of random 32-bit words, fixed by two seeds.
///
/// Any position of the stream can be computed by itself, so a stream has no hidden state to lose.
///
/// ```
/// use cnn::graph::philox::Philox;
/// let first = Philox::new(1, 0).uniform(0, 4);
/// assert_eq!(first.len(), 4);
/// assert_eq!(first[2..], Philox::new(1, 0).uniform(0, 4)[2..]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Philox {
    seed: u64,
    seed2: u64,
}

impl Philox {
    /// The stream of the seeds (graph seed, operation seed), as TensorFlow names them.
    ///
    /// The pair (0, 0) means (0, 2^31 − 1), as in TensorFlow, where a kernel takes (0, 0) for "no seed".
    pub fn new(seed: u64, seed2: u64) -> Self {
        Philox { seed, seed2: if (seed, seed2) == (0, 0) { (1 << 31) - 1 } else { seed2 } }
    }

    /// Block `index` of the stream: four words.
    pub fn block(&self, index: u64) -> [u32; 4] {
        let halves = |x: u64| [x as u32, (x >> 32) as u32];
        let [[c0, c1], [c2, c3], mut key] = [halves(index), halves(self.seed2), halves(self.seed)];
        let mut c = [c0, c1, c2, c3];
        for _ in 0..10 {
            let [p0, p1] = [0, 1].map(|i| u64::from(MULTIPLIERS[i]) * u64::from(c[2 * i]));
            c = [(p1 >> 32) as u32 ^ c[1] ^ key[0], p1 as u32, (p0 >> 32) as u32 ^ c[3] ^ key[1], p0 as u32];
            key = [0, 1].map(|i| key[i].wrapping_add(KEY_STEPS[i]));
        }
        c
    }

    /// The first `n` words from block `start` on.
    pub fn words(&self, start: u64, n: usize) -> impl Iterator<Item = u32> + use<> {
        let stream = *self;
        (0..n.div_ceil(4) as u64).flat_map(move |i| stream.block(start + i)).take(n)
    }

    /// `n` draws from [0, 1), from block `start` on: 23 bits of a word become the mantissa of an `f32` in [1, 2).
    pub fn uniform(&self, start: u64, n: usize) -> Vec<f32> {
        self.words(start, n).map(to_unit_interval).collect()
    }

    /// `n` draws from [low, high): `u * (high - low) + low`, every operation rounded to f32.
    pub fn uniform_between(&self, start: u64, n: usize, low: f32, high: f32) -> Vec<f32> {
        let range = high - low;
        self.words(start, n).map(|word| to_unit_interval(word) * range + low).collect()
    }
}

fn to_unit_interval(word: u32) -> f32 {
    f32::from_bits(0x3F80_0000 | word & 0x007F_FFFF) - 1.0
}

/// The limit of Glorot's uniform distribution, √(6 / (fan_in + fan_out)), for weights of this shape.
///
/// The fans of a filter `(f_h, f_w, n_c_prev, n_c)` are its channels times its `f_h f_w` taps. From: X. Glorot,
/// Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
pub fn glorot_limit(shape: &[usize]) -> f32 {
    let (fan_in, fan_out) = fans(shape);
    // TensorFlow divides 3 by the mean of both fans, in double precision, and rounds once.
    (3.0 / ((fan_in + fan_out) / 2.0)).sqrt() as f32
}

/// How many inputs one output element reads, and how many output elements one input element is read by.
pub fn fans(shape: &[usize]) -> (f64, f64) {
    match shape {
        [] => (1.0, 1.0),
        [n] => (*n as f64, *n as f64),
        [window @ .., fan_in, fan_out] => {
            let field: usize = window.iter().product();
            ((field * fan_in) as f64, (field * fan_out) as f64)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known answers published with the authors' library Random123, for Philox 4x32-10.
    #[test]
    fn matches_the_published_vectors() {
        assert_eq!(Philox { seed: 0, seed2: 0 }.block(0), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        let ones = Philox { seed: u64::MAX, seed2: u64::MAX };
        assert_eq!(ones.block(u64::MAX), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
    }

    /// The course's first row of weights, `W1.eval()[1, 1, 1]`.
    #[test]
    fn draws_the_weights_that_the_course_prints() {
        let limit = glorot_limit(&[4, 4, 3, 8]);
        let w1 = Philox::new(1, 0).uniform_between(0, 4 * 4 * 3 * 8, -limit, limit);
        let row = (4 + 1) * 24 + 8;
        let expected =
            [0.00131723, 0.1417614, -0.04434952, 0.09197326, 0.14984085, -0.03514394, -0.06847463, 0.05245192f32];
        for (ours, printed) in w1[row..row + 8].iter().zip(expected) {
            assert!((ours - printed).abs() < 5e-9, "{ours} is not {printed}");
        }
    }

    #[test]
    fn fans_count_the_receptive_field() {
        assert_eq!(fans(&[4, 4, 3, 8]), (48.0, 128.0));
        assert_eq!(fans(&[64, 6]), (64.0, 6.0));
    }
}

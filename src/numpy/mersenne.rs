/*!
The Mersenne Twister MT19937, the same stream of 32-bit words as behind `np.random.seed`.

It is not a source of distributions: [`RandomState`](super::RandomState) turns its words into numbers.
*/

/// Words of state.
const N: usize = 624;
/// Distance to the word that is mixed in.
const M: usize = 397;

/// The generator's state and the position of the next word in it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Mersenne {
    state: [u32; N],
    position: usize,
}

impl Mersenne {
    /// Fills the state from one seed, as `init_genrand` of Matsumoto and Nishimura's mt19937ar.c (2002) does; NumPy
    /// seeds so when it is given a single integer.
    pub(super) fn new(seed: u32) -> Self {
        let mut state = [seed; N];
        for i in 1..N {
            let previous = state[i - 1];
            // 1812433253 is Knuth's multiplier (The Art of Computer Programming, vol. 2, 3rd ed., p. 106, line 25).
            state[i] = 1_812_433_253u32.wrapping_mul(previous ^ (previous >> 30)).wrapping_add(i as u32);
        }
        Self { state, position: N }
    }

    /// The words of state, and the position of the next one.
    pub(super) fn state(&self) -> (&[u32], usize) {
        (&self.state, self.position)
    }

    /// The generator in this state; `None` if there are not as many words, or the position is behind them.
    pub(super) fn from_state(words: &[u32], position: usize) -> Option<Self> {
        let state = words.try_into().ok()?;
        (position <= N).then_some(Self { state, position })
    }

    /// The next 32 random bits.
    pub(super) fn next_u32(&mut self) -> u32 {
        if self.position == N {
            self.twist();
        }
        let mut y = self.state[self.position];
        self.position += 1;
        // Tempering, with the constants of MT19937.
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// Replaces all words of the state by the next generation.
    fn twist(&mut self) {
        for k in 0..N {
            let y = (self.state[k] & 0x8000_0000) | (self.state[(k + 1) % N] & 0x7fff_ffff);
            let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[k] = self.state[(k + M) % N] ^ (y >> 1) ^ odd;
        }
        self.position = 0;
    }
}

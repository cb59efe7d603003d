/*!
Sums of a row of f32, in the order of Eigen's vectorised reductions: four running sums, added at the end.

NumPy's pairwise sum is another one, see [`numpy`](crate::numpy).
*/

/// Adds up a row: four accumulators over steps of four, added as (s0 + s2) + (s1 + s3), then the left-over elements.
///
/// This is Eigen's order with SSE packets, with which TensorFlow 1 reduced. Rows of fewer than four elements are
/// added one by one.
///
/// ```
/// use cnn::graph::kernels::exact::sum::packet_sum;
/// assert_eq!(packet_sum(&[1.0, 2.0, 3.0, 4.0, 5.0]), 15.0);
/// ```
pub fn packet_sum(row: &[f32]) -> f32 {
    let (packets, rest) = row.as_chunks::<4>();
    let Some((first, packets)) = packets.split_first() else {
        return rest.iter().copied().reduce(|sum, x| sum + x).unwrap_or(0.0);
    };
    let mut s = *first;
    for packet in packets {
        for (s, x) in s.iter_mut().zip(packet) {
            *s += x;
        }
    }
    rest.iter().fold((s[0] + s[2]) + (s[1] + s[3]), |sum, x| sum + x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_four_running_sums() {
        // 2^24 swallows a lone 1; only in lane 1, where 2^24 is not, do the ones survive.
        let big = 16_777_216.0;
        assert_eq!(packet_sum(&[big, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]), big + 2.0);
        assert_eq!(packet_sum(&[big, 1.0, 1.0]), big);
        assert_eq!(packet_sum(&[]), 0.0);
    }
}

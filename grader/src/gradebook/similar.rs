/*!
Finds near-identical submissions by their fingerprints. It points them out; what they mean, an instructor decides.

What many learners have in common is how the exercise is solved, and does not count.
*/

use std::collections::{BTreeMap, BTreeSet};

/// Two submissions that are near-identical.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Pair {
    /// One learner.
    pub one: String,
    /// The other.
    pub other: String,
    /// Fingerprints that both have.
    pub common: usize,
    /// Their share of those of the smaller submission, from 0 to 1.
    pub share: f64,
}

/// The share from which on two submissions are pointed out.
const SHARE: f64 = 0.7;
/// Fingerprints below which two submissions say nothing: a function or two.
const FEWEST: usize = 12;
/// A fingerprint that more than this share of the class has does not count, nor does one of more than [`MANY`] learners
/// of a small class.
const COMMON: f64 = 0.1;
const MANY: usize = 4;

/// The near-identical pairs, the most alike first. `submissions` are learners with the fingerprints of their code.
pub fn pairs(submissions: &[(&str, Vec<u64>)]) -> Vec<Pair> {
    let mut holders: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (index, (_, fingerprints)) in submissions.iter().enumerate() {
        for hash in fingerprints.iter().collect::<BTreeSet<_>>() {
            holders.entry(*hash).or_default().push(index);
        }
    }
    let most = ((submissions.len() as f64 * COMMON) as usize).max(MANY);
    let mut own = vec![0_usize; submissions.len()];
    let mut common: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for holders in holders.values().filter(|holders| holders.len() <= most) {
        for (place, one) in holders.iter().enumerate() {
            own[*one] += 1;
            for other in &holders[place + 1..] {
                *common.entry((*one, *other)).or_default() += 1;
            }
        }
    }
    // The very same code is pointed out even where many have it.
    let mut same: BTreeMap<&[u64], Vec<usize>> = BTreeMap::new();
    for (index, (_, fingerprints)) in submissions.iter().enumerate() {
        if fingerprints.len() >= FEWEST {
            same.entry(fingerprints).or_default().push(index);
        }
    }
    for holders in same.values().filter(|holders| holders.len() > 1) {
        for (place, one) in holders.iter().enumerate() {
            own[*one] = submissions[*one].1.len();
            for other in &holders[place + 1..] {
                common.insert((*one, *other), submissions[*one].1.len());
            }
        }
    }
    let pair = |((one, other), common): ((usize, usize), usize)| {
        let smaller = own[one].min(own[other]).max(common);
        let share = common as f64 / smaller.max(1) as f64;
        (smaller >= FEWEST && share >= SHARE).then(|| Pair {
            one: submissions[one].0.to_owned(),
            other: submissions[other].0.to_owned(),
            common,
            share: (share * 100.0).round() / 100.0,
        })
    };
    let mut pairs: Vec<Pair> = common.into_iter().filter_map(pair).collect();
    pairs.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| (&a.one, &a.other).cmp(&(&b.one, &b.other))));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A class of `count` learners, each with `shared` fingerprints that all have and `own` ones.
    fn class(count: u64, shared: u64, own: u64) -> Vec<(String, Vec<u64>)> {
        let code = |learner: u64| (0..shared).chain((0..own).map(move |n| 1_000_000 + learner * 1000 + n)).collect();
        (0..count).map(|learner| (format!("l{learner:02}"), code(learner))).collect()
    }

    fn found(class: &[(String, Vec<u64>)]) -> Vec<String> {
        let class: Vec<(&str, Vec<u64>)> = class.iter().map(|(name, code)| (&**name, code.clone())).collect();
        pairs(&class).into_iter().map(|pair| format!("{} {} {}", pair.one, pair.other, pair.share)).collect()
    }

    #[test]
    fn what_all_have_in_common_says_nothing() {
        assert!(found(&class(20, 500, 30)).is_empty());
        assert!(found(&class(5, 500, 30)).is_empty());
    }

    #[test]
    fn a_copy_is_pointed_out() {
        let mut learners = class(20, 500, 40);
        let copied = learners[3].1.clone();
        learners[7].1 = copied[..copied.len() - 8].to_vec();
        assert_eq!(found(&learners), ["l03 l07 1"]);
        learners[7].1 = copied[..copied.len() - 30].to_vec();
        assert!(found(&learners).is_empty(), "a short common part is none");
        // The very same code of half the class.
        for learner in &mut learners[10..] {
            learner.1.clone_from(&copied);
        }
        assert_eq!(found(&learners).len(), 11 * 10 / 2);
    }
}

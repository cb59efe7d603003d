/*! One of several parts of a class, each graded on a machine of its own. */

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Kind, Result};

/// Part `number` of `count`, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    pub number: u32,
    pub count: u32,
}

impl Shard {
    /// A class in one piece.
    pub const WHOLE: Self = Self { number: 1, count: 1 };

    /// The part that a cluster's variables name: those of a Slurm array, or of an Indexed Job of Kubernetes, which
    /// numbers from 0 and is told the count in `JOB_COMPLETIONS`. The whole where there are none.
    ///
    /// # Errors
    /// When a variable is no number, or one is missing beside another.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let number = |name: &str| -> Result<Option<u32>> {
            let Some(text) = variable(name) else { return Ok(None) };
            let number = text.trim().parse().ok();
            let wrong = || Error::of(Kind::Usage, format!("{name} is {text:?}, expected a number"), HELP);
            number.ok_or_else(wrong).map(Some)
        };
        let needed = |name: &str, beside: &str| -> Result<u32> {
            let missing = || Error::of(Kind::Usage, format!("{beside} is set and {name} is not"), HELP);
            number(name)?.ok_or_else(missing)
        };
        if let Some(task) = number("SLURM_ARRAY_TASK_ID")? {
            let first = number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(1);
            let count = needed("SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_ID")?;
            return Self::new(task.checked_sub(first).map_or(0, |index| index + 1), count);
        }
        if let Some(index) = number("JOB_COMPLETION_INDEX")? {
            return Self::new(index.saturating_add(1), needed("JOB_COMPLETIONS", "JOB_COMPLETION_INDEX")?);
        }
        Ok(Self::WHOLE)
    }

    fn new(number: u32, count: u32) -> Result<Self> {
        if (1..=count).contains(&number) {
            return Ok(Self { number, count });
        }
        let message = format!("shard {number}/{count}: expected a number from 1 to {count}");
        Err(Error::of(Kind::Usage, message, HELP))
    }

    /// Whether a learner's submissions belong to this part. All of a learner's do, whatever else is in the folder, so
    /// that parts never overlap and none is left out.
    pub fn has(self, learner: &str) -> bool {
        // FNV-1a, and the last step of MurmurHash3: FNV alone mixes the few bytes of a number that counts learners so badly
        // that one of two parts gets twice as many.
        let mut hash = learner
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        for factor in [0xff51_afd7_ed55_8ccd_u64, 0xc4ce_b9fe_1a85_ec53] {
            hash = (hash ^ (hash >> 33)).wrapping_mul(factor);
        }
        (hash ^ (hash >> 33)) % u64::from(self.count) == u64::from(self.number - 1)
    }
}

const HELP: &str = "say which part with --shard K/N, for example --shard 2/8";

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.split_once('/').and_then(|(number, count)| Some((number.parse().ok()?, count.parse().ok()?)));
        let wrong = || Error::of(Kind::Usage, format!("shard {text:?}: expected K/N"), HELP);
        parts.ok_or_else(wrong).and_then(|(number, count)| Self::new(number, count))
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_learner_is_in_exactly_one_part() {
        // Names and numbers as platforms give them; each part gets its share, but for five standard deviations.
        let names: [fn(u32) -> String; 4] = [
            |n| format!("learner{n}"),
            |n| (1000 + n).to_string(),
            |n| (7_340_000 + 17 * n).to_string(),
            |n| format!("{}{}", ["ada", "bob"][n as usize % 2], n / 2),
        ];
        for (name, count) in names.iter().flat_map(|name| (2..=16).map(move |count| (name, count))) {
            let mut sizes = vec![0_u32; count as usize];
            for learner in (0..600).map(name) {
                let has = |number: &u32| Shard { number: *number, count }.has(&learner);
                let parts: Vec<u32> = (1..=count).filter(has).collect();
                assert_eq!(parts.len(), 1);
                sizes[parts[0] as usize - 1] += 1;
            }
            let share = 600.0 / f64::from(count);
            let fair = |size: &u32| (f64::from(*size) - share).abs() < 5.0 * share.sqrt();
            assert!(sizes.iter().all(fair), "{} in {count} parts: {sizes:?}", name(0));
        }
        assert!(Shard::WHOLE.has("anybody"));
    }

    #[test]
    fn a_clusters_variables_say_the_part() {
        let check = |variables: &[(&str, &str)], expected: &str| {
            let variable =
                |name: &str| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
            let found =
                Shard::of_environment(variable).map_or_else(|error| error.to_string(), |shard| shard.to_string());
            assert!(found.starts_with(expected), "{variables:?}: {found}");
        };
        check(&[], "1/1");
        check(&[("SLURM_ARRAY_TASK_ID", "3"), ("SLURM_ARRAY_TASK_COUNT", "8")], "3/8");
        let from_zero = ("SLURM_ARRAY_TASK_MIN", "0");
        check(&[("SLURM_ARRAY_TASK_ID", "0"), from_zero, ("SLURM_ARRAY_TASK_COUNT", "8")], "1/8");
        check(&[("SLURM_ARRAY_TASK_ID", "9"), ("SLURM_ARRAY_TASK_COUNT", "8")], "shard 9/8: expected");
        check(&[("JOB_COMPLETION_INDEX", "0"), ("JOB_COMPLETIONS", "4")], "1/4");
        check(&[("JOB_COMPLETION_INDEX", "0")], "JOB_COMPLETION_INDEX is set and JOB_COMPLETIONS is not");
        check(&[("JOB_COMPLETION_INDEX", "x")], "JOB_COMPLETION_INDEX is \"x\"");
    }

    #[test]
    fn a_part_is_written_as_a_fraction() {
        assert_eq!("2/8".parse::<Shard>().unwrap(), Shard { number: 2, count: 8 });
        for text in ["0/8", "9/8", "2", "a/b", "1/0"] {
            assert_eq!(text.parse::<Shard>().unwrap_err().kind(), Kind::Usage, "{text}");
        }
    }
}

/*! Puts the gradebooks of a class' parts together: what comes of it is the gradebook of one run over the whole class. */

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};
use crate::gradebook::shard::Shard;
use crate::gradebook::store::{Gradebook, Submission};

/// Merges `parts` into a new gradebook in the folder `out`. With `partial`, parts may be missing.
///
/// # Errors
/// When a part is no gradebook, the parts were graded with different seeds or graders or hold different results for one
/// submission, a part is missing, or there is a gradebook in `out` that is none of the parts.
pub fn merge(parts: &[PathBuf], out: &Path, partial: bool) -> Result<usize> {
    let books: Vec<Gradebook> = parts.iter().map(|path| Gradebook::open(path)).collect::<Result<_>>()?;
    let usage = |message: String, help: &str| Error::of(Kind::Usage, message, help);
    let seeds: BTreeSet<Option<String>> = books.iter().map(|book| book.setting("seed")).collect::<Result<_>>()?;
    let [seed] = &seeds.into_iter().collect::<Vec<_>>()[..] else {
        let help = "grade every part with the same --seed or GRADER_SEED";
        return Err(usage(
            "the parts were graded with different seeds, so their marks are not comparable".into(),
            help,
        ));
    };
    let shards = shards(&books)?;
    if let Some(missing) = missing(&shards)
        && !partial
    {
        let help = "grade them and merge again, or merge what is there with --partial";
        return Err(usage(format!("parts are missing: {missing}"), help));
    }
    let mut rows: BTreeMap<(String, String, String), Submission> = BTreeMap::new();
    for book in &books {
        for row in book.submissions()? {
            let place = (row.asked.clone(), row.learner.clone(), row.digest.clone());
            match rows.get(&place) {
                None => _ = rows.insert(place, row),
                Some(other) if other.key == row.key || !row.outcome.is_final() => {}
                Some(other) if !other.outcome.is_final() => _ = rows.insert(place, row),
                Some(_) => {
                    let message = format!("{}: two parts graded this submission with different graders", row.source);
                    return Err(usage(message, "grade every part with the same grader and the same course"));
                }
            }
        }
    }
    if out.join("gradebook.sqlite").exists() {
        let help = "name a new folder with --out";
        return Err(usage(format!("{}: there is a gradebook already", out.display()), help));
    }
    let mut merged = Gradebook::create(out)?;
    if let Some(seed) = seed {
        merged.set("seed", seed)?;
    }
    let whole = missing(&shards).is_none();
    let names: Vec<String> = shards.iter().map(Shard::to_string).collect();
    merged.set("shards", if whole { "1/1".to_owned() } else { names.join(" ") }.as_str())?;
    merged.copy(&rows.into_values().collect::<Vec<_>>())?;
    let mut deadlines = Vec::new();
    let mut overrides = Vec::new();
    for book in &books {
        deadlines.extend(book.deadlines()?);
        overrides.extend(book.overrides()?);
    }
    deadlines.sort_by_key(|row| row.entered);
    overrides.sort_by_key(|row| row.entered);
    deadlines.dedup();
    overrides.dedup();
    deadlines.iter().try_for_each(|row| merged.add_deadline(row))?;
    overrides.iter().try_for_each(|row| merged.add_override(row))?;
    Ok(merged.submissions()?.len())
}

/// The parts that the gradebooks hold.
fn shards(books: &[Gradebook]) -> Result<BTreeSet<Shard>> {
    let mut shards = BTreeSet::new();
    for book in books {
        for name in book.setting("shards")?.unwrap_or_default().split_whitespace() {
            shards.insert(name.parse()?);
        }
    }
    Ok(shards)
}

/// The parts that none of them holds, as text; none if they are complete.
fn missing(shards: &BTreeSet<Shard>) -> Option<String> {
    let counts: BTreeSet<u32> = shards.iter().map(|shard| shard.count).collect();
    // Complete is one division of the class, whatever others there are beside it.
    let lacking = |count: u32| {
        let absent = (1..=count).map(|number| Shard { number, count }).filter(|shard| !shards.contains(shard));
        absent.map(|shard| shard.to_string()).collect::<Vec<_>>()
    };
    let least = counts.into_iter().map(lacking).min_by_key(Vec::len)?;
    (!least.is_empty()).then(|| least.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradebook::testing::graded;

    fn part(folder: &Path, shards: &str, seed: &str, rows: &[Submission]) -> PathBuf {
        let mut book = Gradebook::create(folder).unwrap();
        book.set("seed", seed).unwrap();
        book.set("shards", shards).unwrap();
        book.copy(rows).unwrap();
        folder.to_owned()
    }

    #[test]
    fn parts_make_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (ada, bob) = (graded("ada", &[("f", 10.0)]), graded("bob", &[("f", 4.0)]));
        let one = part(&at("one"), "1/2", "7", std::slice::from_ref(&ada));
        let two = part(&at("two"), "2/2", "7", std::slice::from_ref(&bob));
        let whole = part(&at("whole"), "1/1", "7", &[ada.clone(), bob]);
        assert_eq!(merge(&[two.clone(), one.clone()], &at("merged"), false).unwrap(), 2);
        let rows = |path: &Path| format!("{:?}", Gradebook::open(path).unwrap().submissions().unwrap());
        assert_eq!(rows(&at("merged")), rows(&whole));
        assert_eq!(Gradebook::open(&at("merged")).unwrap().setting("shards").unwrap().as_deref(), Some("1/1"));

        let refused = |parts: &[&PathBuf], says: &str| {
            let parts: Vec<PathBuf> = parts.iter().map(|path| (*path).clone()).collect();
            let error = merge(&parts, &at("none"), false).unwrap_err();
            assert!(error.kind() == Kind::Usage && error.message().contains(says), "{error}");
            assert!(!at("none").exists(), "nothing is half-written");
        };
        refused(&[&one], "parts are missing: 2/2");
        refused(&[&one, &part(&at("other_seed"), "2/2", "8", &[])], "different seeds");
        refused(
            &[&one, &two, &part(&at("other"), "1/2", "7", &[Submission { key: "other".into(), ..ada }])],
            "graders",
        );
        let error = merge(&[one.clone(), two], &one, false).unwrap_err();
        assert!(error.message().contains("already"));
    }
}

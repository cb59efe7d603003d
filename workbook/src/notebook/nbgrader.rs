/*!
nbgrader's cell metadata, schema 3, and its checksum, so that a course run with nbgrader can use the notebooks.

Algorithm: `compute_checksum` of nbgrader 0.9.5 (`nbgrader/utils.py`).
*/

use md5::{Digest, Md5};
use serde_json::{Value, json};

/// The metadata of an exercise: the learner writes it, its test is graded.
pub fn solution(id: &str, source: &str) -> Value {
    metadata(id, source, false, 0.0)
}

/// The metadata of a test: locked, worth its points.
pub fn test(id: &str, source: &str, points: f64) -> Value {
    metadata(id, source, true, points)
}

fn metadata(id: &str, source: &str, grade: bool, points: f64) -> Value {
    let mut metadata = json!({
        "schema_version": 3,
        "grade": grade,
        "solution": !grade,
        "locked": grade,
        "task": false,
        "grade_id": id,
        "cell_type": "code",
        "checksum": checksum(id, source, grade, points),
    });
    if grade {
        metadata["points"] = json!(points);
    }
    metadata
}

fn checksum(id: &str, source: &str, grade: bool, points: f64) -> String {
    let python = |truth: bool| if truth { "True" } else { "False" };
    let mut md5 = Md5::new();
    // source, cell type, is it graded, a solution, locked, its id, and its points if it is graded
    for part in [source, "code", python(grade), python(!grade), python(grade), id] {
        md5.update(part);
    }
    if grade {
        md5.update(format!("{points:?}")); // Python's str(float)
    }
    md5.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with nbgrader 0.9.5:
    /// `compute_checksum(NotebookNode(cell_type="code", source="let x = 1;", metadata=NotebookNode(nbgrader=NotebookNode(
    /// grade=True, solution=False, locked=True, grade_id="t", points=10))))`, and the same with `grade` and `solution`
    /// exchanged.
    #[test]
    fn checksums_are_nbgraders() {
        assert_eq!(test("t", "let x = 1;", 10.0)["checksum"], "9154b15672905f80b6231929e84b4d8c");
        assert_eq!(solution("t", "let x = 1;")["checksum"], "682844cd8cf054e75cb2211407db5daa");
    }
}

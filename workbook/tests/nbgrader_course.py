"""nbgrader on the course's notebooks, with the settings of grader/deploy: an assignment is generated, validated, autograded for
three learners, and feedback is written.

usage: nbgrader_course.py [NOTEBOOK]     without an argument, the first chapter's
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(sys.executable).parent


def code(notebook):
    """The cells of a notebook that nbgrader knows, by their names."""
    return {cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in notebook["cells"] if "nbgrader" in cell["metadata"]}


def text(cell):
    return "".join(cell["source"])


def run(folder, *words, status=0):
    """What a command of nbgrader says; it must end with this status."""
    # nbgrader starts programs that are installed beside it.
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    command = [str(BIN / "nbgrader"), *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=1800)
    said = done.stdout + done.stderr
    if done.returncode != status:
        sys.exit(f"nbgrader {' '.join(words)}: exit code {done.returncode}\n{said}")
    print(f"nbgrader {' '.join(words)}: as expected", flush=True)
    return said


def expect(holds, what):
    if not holds:
        sys.exit(f"nbgrader_course.py: {what}")


def grades(folder, assignment):
    """The points of every learner, by the names of the tests."""
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "course101") as book:
        return {
            submission.student.id: {grade.name: (grade.score, grade.max_score) for grade in submission.notebooks[0].grades}
            for submission in book.assignment_submissions(assignment)
        }


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else "1_step_by_step"
    student = json.loads((ROOT / f"notebooks/student/{name}.ipynb").read_text())
    solution = json.loads((ROOT / f"notebooks/solution/{name}.ipynb").read_text())
    points = {
        grade_id: cell["metadata"]["nbgrader"]["points"]
        for grade_id, cell in code(student).items()
        if cell["metadata"]["nbgrader"]["grade"]
    }
    # An exercise whose result no other exercise uses, and its test: the wrong learner has all but that one.
    last = [grade_id for grade_id in code(solution) if grade_id not in points][-1]
    with tempfile.TemporaryDirectory(dir=ROOT / "target") as folder:
        folder = pathlib.Path(folder)
        shutil.copy(ROOT / "grader/deploy/nbgrader_config.py", folder)

        def put(where, notebook):
            path = folder / where / name / f"{name}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(notebook))
            return path

        put("source", student)
        run(folder, "generate_assignment", name)
        released = json.loads((folder / "release" / name / f"{name}.ipynb").read_text())
        expect(code(released).keys() == code(student).keys(), "the released notebook has other cells")
        for grade_id, cell in code(student).items():
            expect(text(code(released)[grade_id]) == text(cell), f"{grade_id} was changed")
            expect(text(cell) != text(code(solution)[grade_id]) or grade_id in points, f"{grade_id} holds the solution")

        right = put("submitted/right", solution)
        said = run(folder, "validate", str(right))
        expect("Success" in said, f"validate of the solution says\n{said}")
        said = run(folder, "validate", str(folder / "release" / name / f"{name}.ipynb"))
        expect("Success" not in said and "failed" in said, f"validate of the stubs says\n{said}")

        wrong = json.loads(json.dumps(solution))
        code(wrong)[last]["source"] = code(student)[last]["source"]
        put("submitted/wrong", wrong)
        put("submitted/untouched", released)
        run(folder, "autograde", name)
        found = grades(folder, name)
        print(json.dumps(found, indent=1), flush=True)
        expect(found["right"] == {test: (worth, worth) for test, worth in points.items()}, "the solution lost points")
        lost = {test for test, (score, worth) in found["wrong"].items() if score < worth}
        expect(lost == {f"{last}-test"}, f"without {last}, points were lost in {sorted(lost)}")
        expect(all(score == 0 for score, _ in found["untouched"].values()), "stubs got points")

        run(folder, "generate_feedback", name)
        for learner, tests in found.items():
            page = (folder / "feedback" / learner / name / f"{name}.html").read_text()
            total = sum(score for score, _ in tests.values())
            expect(f"{total:g} / {sum(points.values()):g}" in page.replace(".0", ""), f"{learner}'s feedback lacks the score")
    print("nbgrader: an assignment from its generation to the feedback, as expected")


if __name__ == "__main__":
    main()

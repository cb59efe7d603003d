#!/bin/sh
# Runs the course on built-in data: checks every cell of every chapter and writes the notebooks, lists the documents'
# values beside ours, and grades the solution, the student's notebook and some sample submissions.
set -eu
cd "$(dirname "$0")/.."
bin=target/debug
submissions=grader/tests/submissions
log=target/course
mkdir -p "$log"

"$bin/workbook" build
"$bin/workbook" values > "$log/values.txt" || { cat "$log/values.txt"; exit 1; }
"$bin/grader" prepare

# grade NAME FILE SCORE: grades FILE into a report and prints its score; SCORE is what it must be, if that is certain.
grade() {
    "$bin/grader" grade "$2" -o "$log/$1.txt"
    score=$(sed -n 's/^\([0-9.]*\) of .* points$/\1/p' "$log/$1.txt")
    printf '  %-52s %6s of 100\n' "$2" "$score"
    [ -z "${3:-}" ] || [ "$score" = "$3" ] || { echo "course: expected $3 points; see $log/$1.txt" >&2; exit 1; }
}
echo
echo "graded:"
for solution in notebooks/solution/*.ipynb; do
    chapter=$(basename "$solution" .ipynb)
    # The grader knows an assignment by its case file.
    assignment=$(sed -n 's/^ *"graded": "\(.*\)",$/\1/p' "$solution")
    if [ ! -e "grader/cases/$assignment.rs" ]; then
        printf '  %-52s not graded yet\n' "$solution"
        continue
    fi
    grade "solution_$chapter" "$solution" 100
    grade "student_$chapter" "notebooks/student/$chapter.ipynb" 0
done
for sample in one_mistake_costs_once wrong_signature panics hostile_exit_zero hostile_reads_password_file; do
    grade "$sample" "$submissions/$sample.rs"
done

echo
tail -n 1 "$log/values.txt"
cat <<END

  every value beside the documents'   $log/values.txt
  what a learner reads of a grading   $log/one_mistake_costs_once.txt
  the executed notebooks              notebooks/solution
  start learning                      make lab
END

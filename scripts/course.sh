#!/bin/sh
# Shows the course at work, on built-in data: executes the first chapter and those whose notebooks are out of date, and
# grades the solutions, the students' notebooks and some sample submissions. With --all it executes every chapter, writes
# all notebooks anew and lists the documents' values beside ours.
set -eu
cd "$(dirname "$0")/.."
bin=target/debug
log=target/course
mkdir -p "$log"

# First the grader's crates: the notebooks' begin with the same dependencies.
"$bin/grader" prepare

case "${1:-}" in
--all)
    "$bin/workbook" build --all
    "$bin/workbook" values > "$log/values.txt" || { cat "$log/values.txt"; exit 1; }
    ;;
'') "$bin/workbook" build --first ;;
*) echo "usage: course.sh [--all]" >&2; exit 2 ;;
esac

# grade NAME FILE OPTION…: grades FILE into a report.
grade() {
    name=$1 file=$2
    shift 2
    "$bin/grader" grade "$file" -o "$log/$name.txt" "$@"
}
echo
echo "graded:"
"$bin/workbook" chapters --graded | while read -r chapter; do
    grade "solution_$chapter" "notebooks/solution/$chapter.ipynb" --expect 100
    grade "student_$chapter" "notebooks/student/$chapter.ipynb" --expect 0
done
for sample in one_mistake_costs_once wrong_signature panics hostile_exit_zero hostile_reads_password_file; do
    grade "$sample" "grader/tests/submissions/$sample.rs"
done

echo
[ "${1:-}" != --all ] || tail -n 1 "$log/values.txt"
cat <<END

  what a learner reads of a grading   $log/one_mistake_costs_once.txt
  the executed notebooks              notebooks/solution
  every value beside the documents'   $bin/workbook values
  every chapter, executed             make course
  start learning                      make lab
END

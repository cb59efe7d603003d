/*! The `grader` program. It is not where grading happens: that is the library beside it. */

fn main() {
    grader::sandbox::stage();
}

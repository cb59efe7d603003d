/*!
The program `workbook`: checks the course's chapters, builds its notebooks, and runs any notebook without Jupyter.

The grading of submissions is another program, `grader`, because it runs strangers' code.
*/

mod files;
mod project;
mod session;

fn main() {
    session::hook();
    let project = project::Project::find(std::path::Path::new(".")).unwrap();
    let t = std::time::Instant::now();
    let mut s = session::Session::start(&project, &project.root().join("notebooks"), &|n| eprintln!("note {n}")).unwrap();
    eprintln!("started {:?}", t.elapsed());
    for cell in std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap().split("\n---\n") {
        let o = s.execute(cell, &mut |o| eprintln!("live {o:?}")).unwrap();
        eprintln!("=== {cell}\n{o:#?}");
    }
}

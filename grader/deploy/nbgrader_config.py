"""nbgrader's settings for the notebooks of this course: lay it into the directory of your nbgrader course, and the notebooks of
`notebooks/student`, or of a hand-out, into `source/<assignment>/`.

These notebooks are cleared already, and by better means than nbgrader has: where a solution stood there is a stub that
compiles, and what needs it is complete. So `generate_assignment` clears no solutions here. A cell of your own may have
solutions between the same two lines; ClearSolutions, put back into the list, replaces what stands between them.
"""

c = get_config()  # noqa: F821 (nbgrader defines it)

c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors." + name
    for name in [
        "IncludeHeaderFooter",
        "LockCells",
        "ClearOutput",
        "CheckCellMetadata",
        "ComputeChecksums",
        "SaveCells",
        "ClearHiddenTests",
        "ClearMarkScheme",
        "ComputeChecksums",
        "CheckCellMetadata",
    ]
]
c.ClearSolutions.begin_solution_delimeter = "START CODE HERE"
c.ClearSolutions.end_solution_delimeter = "END CODE HERE"
c.ClearSolutions.code_stub = {"rust": 'todo!("write your code here")'}

# The first cell of a session compiles the helper crate if nothing has done so before; a cell may train a network.
c.ExecutePreprocessor.startup_timeout = 600
c.Execute.timeout = 600
c.Execute.iopub_timeout = 60

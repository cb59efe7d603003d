"""The Jupyter protocol's own test suite, jupyter_kernel_test, on this project's kernel.

usage: kernel_protocol.py [unittest arguments]     needs the package jupyter_kernel_test and the kernel `rust`
"""

import unittest

import jupyter_kernel_test

FIGURE = 'println!("EVCXR_BEGIN_CONTENT {}\\n<b>1</b>\\nEVCXR_END_CONTENT");'
UPDATE = 'println!("EVCXR_BEGIN_CONTENT text/plain; display-id=bar\\n{}\\nEVCXR_END_CONTENT");'


class Kernel(jupyter_kernel_test.KernelTests):
    kernel_name = "rust"
    language_name = "rust"
    file_extension = ".rs"
    code_hello_world = 'println!("hello, world");'
    code_stderr = 'eprintln!("warned");'
    code_generate_error = 'panic!("on purpose");'
    code_execute_result = [{"code": "6 * 7", "result": "42"}, {"code": "\"a\".repeat(3)", "result": '"aaa"'},
                           {"code": "1 + 1", "result": "2"}]
    code_display_data = [{"code": FIGURE.format("text/html"), "mime": "text/html"},
                         {"code": FIGURE.format("image/svg+xml"), "mime": "image/svg+xml"}]

    completion_samples = [{"text": "zeros.is_em", "matches": {"is_empty"}}, {"text": ":progr", "matches": {":progress"}}]
    complete_code_samples = ["let x = 1;", "fn f() -> f64 { 1.0 }", "1 + 1", "// nothing", ":vars"]
    incomplete_code_samples = ["fn f() {", "let x = (1,", "/* begun", "let text = \"two lines"]
    invalid_code_samples = ["let x = );", "fn f() ]"]
    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "1?+*1"
    code_inspect_sample = "twice"
    # What changes while a cell runs is taken away again when it has served.
    code_clear_output = UPDATE.format("1 of 2") + UPDATE.format("")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The suite's patience is for cells, not for the start of the session.
        cls.kc.execute_interactive(
            "let zeros: Vec<f64> = vec![0.0; 3];\nfn twice(x: f64) -> f64 { 2.0 * x }", timeout=600)


if __name__ == "__main__":
    unittest.main()

"""The Jupyter protocol's own test suite, jupyter_kernel_test, on this project's kernel.

usage: kernel_protocol.py [unittest arguments]     needs the package jupyter_kernel_test and the kernel `rust`
"""

import unittest

import jupyter_kernel_test

FIGURE = 'println!("EVCXR_BEGIN_CONTENT {}\\n<b>1</b>\\nEVCXR_END_CONTENT");'


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

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The suite's patience is for cells, not for the start of the session.
        cls.kc.execute_interactive("let warm: i32 = 1;", timeout=600)


if __name__ == "__main__":
    unittest.main()

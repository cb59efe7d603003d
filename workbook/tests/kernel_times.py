"""How long a kernel takes to its first figure and for a later cell: this project's kernel, with the sessions that `make lab`
keeps ready and without, beside the stock one.

usage: kernel_times.py [ROUNDS]      3 rounds without it
With the stock kernel's program in $EVCXR_JUPYTER, that is measured too, one start only: it compiles the helper crate at each.
With a file's name in $BENCH_TABLE, a line for each figure is added to it. Needs jupyter_client, and the kernel `rust` that
`workbook kernel install` knows.
"""

import concurrent.futures
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

import stock_kernel

ROOT = pathlib.Path(__file__).resolve().parents[2]
SETUP = f':dep cnn = {{ path = "{ROOT}", default-features = false }}\nuse cnn::prelude::*;'
FIGURE = "{\n    let steps: Array2<f64> = array![[0.0, 1.0], [1.0, 0.0]];\n    plot::Matrix::new(&steps).figure().evcxr_display();\n}"
LATER = [
    "fn half{0}(x: f64) -> f64 {{ x / 2.0 + {0}.0 }}",
    "println!(\"{{}}\", half{0}(3.0));",
    "let table{0}: Array2<f64> = Array2::from_elem((3, 3), half{0}(1.0));",
    "println!(\"{{}}\", np::show(&table{0}));",
]


class Kernel:
    def __init__(self, specs=None):
        options = {"kernel_spec_manager": KernelSpecManager(kernel_dirs=[str(specs)])} if specs else {}
        self.manager = KernelManager(kernel_name="rust", **options)

    def start(self):
        self.manager.start_kernel(cwd=str(ROOT / "target"), stderr=subprocess.DEVNULL)
        self.connect()

    def connect(self):
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=600)

    def restart(self):
        self.client.stop_channels()
        self.manager.restart_kernel(now=False)
        self.connect()

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel()

    def run(self, code, until="idle"):
        """Seconds until the cell has ended, or until its first figure."""
        begin = time.monotonic()
        message = self.client.execute(code)
        while True:
            got = self.client.get_iopub_msg(timeout=900)
            if got["parent_header"].get("msg_id") != message:
                continue
            content = got["content"]
            if got["msg_type"] == "error":
                sys.exit("\n".join([f"this cell failed:\n{code}", *content["traceback"]]))
            if until == "figure" and got["msg_type"] in ("display_data", "execute_result") and (
                    any("svg" in str(value) for value in content["data"].values())):
                return time.monotonic() - begin
            if got["msg_type"] == "status" and content["execution_state"] == "idle":
                return time.monotonic() - begin

    def first_figure(self, begin):
        self.run(SETUP)
        self.run(FIGURE, until="figure")
        return time.monotonic() - begin

    def later(self, rounds):
        return [self.run(code.format(index)) for index in range(rounds) for code in LATER]


class Pool:
    """The sessions that `make lab` keeps ready; waits until they are."""

    def __init__(self):
        program = [str(ROOT / "target/debug/workbook"), "kernel", "pool"]
        self.process = subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.fill()

    def fill(self):
        for line in self.process.stdout:
            if line.startswith("2 of 2 "):
                return
        sys.exit("the pool has ended\nhelp: end `make lab` first, which has one of its own, and run this again")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def alone(rounds, specs=None):
    """The figures of a kernel without a pool, in seconds; only the first ones of another kernel."""
    figures = {"at once": [], "later": [], "waited": [], "restart": []}
    for _ in range(rounds):
        kernel = Kernel(specs)
        begin = time.monotonic()
        kernel.start()
        figures["at once"].append(kernel.first_figure(begin))
        figures["later"] += kernel.later(3)
        if specs is None:
            begin = time.monotonic()
            kernel.restart()
            figures["restart"].append(kernel.first_figure(begin))
            kernel.restart()
            time.sleep(15)
            figures["waited"].append(kernel.first_figure(time.monotonic()))
        kernel.stop()
    return figures


def in_lab(rounds):
    """The figures of the kernels of `make lab`, in seconds."""
    figures = {"lab at once": [], "lab restart": [], "lab two": []}
    for _ in range(rounds):
        pool = Pool()
        kernel = Kernel()
        begin = time.monotonic()
        kernel.start()
        figures["lab at once"].append(kernel.first_figure(begin))
        begin = time.monotonic()
        kernel.restart()
        figures["lab restart"].append(kernel.first_figure(begin))
        kernel.stop()
        pool.fill()
        kernels = [Kernel(), Kernel()]
        begin = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor() as threads:
            list(threads.map(lambda kernel: kernel.start(), kernels))
            figures["lab two"] += threads.map(lambda kernel: kernel.first_figure(begin), kernels)
        for kernel in kernels:
            kernel.stop()
        pool.stop()
    return figures


NAMES = {
    "lab at once": "make lab, kernel started and run at once: first figure",
    "lab restart": "make lab, kernel restarted and run at once: first figure",
    "lab two": "make lab, two kernels started and run at once: first figures",
    "at once": "without a pool, kernel started and run at once: first figure",
    "restart": "without a pool, kernel restarted and run at once: first figure",
    "waited": "without a pool, 15 s after the start: first figure",
    "later": "a later cell that defines or calls a function",
}


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    ours = {**in_lab(rounds), **alone(rounds)}
    peers = {}
    stock = os.environ.get("EVCXR_JUPYTER")
    if stock and pathlib.Path(stock).exists():
        with tempfile.TemporaryDirectory() as folder:
            stock_kernel.kernel(pathlib.Path(folder))
            peers = alone(1, specs=pathlib.Path(folder) / "kernels")
        # It makes the same of a restart as of a start, and neither waiting nor a pool helps it.
        for name in NAMES:
            peers[name] = peers.get(name) or peers["at once"]
    else:
        print("the stock kernel is left out: evcxr_jupyter is not installed (sh scripts/tools.sh --stock-kernel)", flush=True)
    lines = []
    for name, title in NAMES.items():
        own, peer = statistics.median(ours[name]), statistics.median(peers[name]) if peers else None
        ratio = f"{own / peer:.3f}" if peer else ""
        lines.append([title, f"{own:.2f} s", "evcxr_jupyter" if peer else "", f"{peer:.2f} s" if peer else "", ratio])
        each = ", ".join(f"{seconds:.2f}" for seconds in sorted(ours[name]))
        print(f"{title}: {own:.2f} s" + (f", evcxr_jupyter {peer:.2f} s, ratio {ratio}" if peer else "") + f" ({each})", flush=True)
    if os.environ.get("BENCH_TABLE"):
        with open(os.environ["BENCH_TABLE"], "a") as table:
            table.writelines("\t".join(line) + "\n" for line in lines)


if __name__ == "__main__":
    main()

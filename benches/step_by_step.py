"""Times the eight functions of assignment 1 in plain NumPy, on the course's sizes.

    python benches/step_by_step.py

Prints NumPy's version, then one line for each function: its name and its median time in seconds. The Rust benchmark of
the same name runs it and prints both; its inputs are the same.
"""
import pathlib
import statistics
import sys
import time

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "fixtures"))
sys.dont_write_bytecode = True
import conv_step_by_step as twin  # noqa: E402

SAMPLES = 101
SECONDS_PER_SAMPLE = 0.001


def median_time(call):
    """The median over several samples, each long enough for the clock; time that other programs took is left out."""
    calls, elapsed = 1, 0.0
    while True:
        start = time.process_time()
        for _ in range(calls):
            call()
        elapsed = time.process_time() - start
        if elapsed >= SECONDS_PER_SAMPLE:
            break
        calls *= 2
    samples = []
    for _ in range(SAMPLES):
        start = time.process_time()
        for _ in range(calls):
            call()
        samples.append((time.process_time() - start) / calls)
    return statistics.median(samples)


rng = np.random.RandomState(1)
X = rng.randn(4, 3, 3, 2)
a_slice, w_slice, b_slice = rng.randn(4, 4, 3), rng.randn(4, 4, 3), rng.randn(1, 1, 1)
A_prev, W, b = rng.randn(10, 4, 4, 3), rng.randn(2, 2, 3, 8), rng.randn(1, 1, 1, 8)
Z = twin.conv_forward(A_prev, W, b, stride=2, pad=2)
A_pool = rng.randn(2, 4, 4, 3)
window = rng.randn(2, 3)
A_back, dA = rng.randn(5, 5, 3, 2), rng.randn(5, 4, 2, 2)

print(np.__version__)
for name, call in [
    ("zero_pad", lambda: twin.zero_pad(X, 2)),
    ("conv_single_step", lambda: twin.conv_single_step(a_slice, w_slice, b_slice)),
    ("conv_forward", lambda: twin.conv_forward(A_prev, W, b, stride=2, pad=2)),
    ("pool_forward max", lambda: twin.pool_forward(A_pool, 3, 2, "max")),
    ("pool_forward average", lambda: twin.pool_forward(A_pool, 3, 2, "average")),
    ("conv_backward", lambda: twin.conv_backward(Z, A_prev, W, stride=2, pad=2)),
    ("create_mask_from_window", lambda: twin.create_mask_from_window(window)),
    ("distribute_value", lambda: twin.distribute_value(2.0, (2, 2))),
    ("pool_backward max", lambda: twin.pool_backward(dA, A_back, 2, 1, "max")),
    ("pool_backward average", lambda: twin.pool_backward(dA, A_back, 2, 1, "average")),
]:
    print(f"{name}\t{median_time(call):.9e}")

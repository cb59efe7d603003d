"""Trains the application network in TensorFlow on SIGNS, with the course's settings and what is random drawn from a seed:
the counterpart of `cargo run --release --example application_signs -- --seed 0`. It measures accuracies, no times.

    CNN_DATA=FOLDER python benches/application_tensorflow.py SEED...

FOLDER holds train_signs.h5 and test_signs.h5. Needs tensorflow-cpu; prints a line for each seed.
"""
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import h5py
import numpy as np
import tensorflow as tf

LEARNING_RATE, NUM_EPOCHS, MINIBATCH_SIZE = 0.009, 100, 64
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8
WEIGHTS = [(4, 4, 3, 8), (2, 2, 8, 16), (64, 6)]

if "CNN_DATA" not in os.environ or len(sys.argv) == 1:
    sys.exit(__doc__)


def load(split):
    """Pictures between 0 and 1, and one-hot labels."""
    with h5py.File(pathlib.Path(os.environ["CNN_DATA"]) / f"{split}_signs.h5") as file:
        x, y = file[f"{split}_set_x"][:], file[f"{split}_set_y"][:].reshape(-1)
    return np.float32(x / 255), np.eye(6, dtype=np.float32)[y]


def network(x, w1, w2, w3, b3):
    x = tf.nn.max_pool2d(tf.nn.relu(tf.nn.conv2d(x, w1, 1, "SAME")), 8, 8, "SAME")
    x = tf.nn.max_pool2d(tf.nn.relu(tf.nn.conv2d(x, w2, 1, "SAME")), 4, 4, "SAME")
    return tf.reshape(x, (-1, 64)) @ w3 + b3


def train(x, y, seed):
    """The trained variables. Adam is TensorFlow 1's, whose epsilon stands outside of the correction of the first steps."""
    draw = [tf.keras.initializers.GlorotUniform(1000 * seed + k)(shape) for k, shape in enumerate(WEIGHTS, start=1)]
    variables = [tf.Variable(w) for w in [*draw, tf.zeros(6)]]
    moments = [(tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v))) for v in variables]

    @tf.function(reduce_retracing=True)
    def step(x, y, rate):
        with tf.GradientTape() as tape:
            logits = network(x, *variables)
            cost = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, logits))
        for v, gradient, (m, s) in zip(variables, tape.gradient(cost, variables), moments):
            m.assign_add((gradient - m) * (1 - BETA_1))
            s.assign_add((gradient * gradient - s) * (1 - BETA_2))
            v.assign_sub(m * rate / (tf.sqrt(s) + EPSILON))

    t = 0
    for epoch in range(NUM_EPOCHS):
        order = np.random.RandomState(NUM_EPOCHS * seed + epoch).permutation(len(x))
        for i in range(0, len(x), MINIBATCH_SIZE):
            t += 1
            rate = LEARNING_RATE * np.sqrt(1 - BETA_2**t) / (1 - BETA_1**t)
            batch = order[i : i + MINIBATCH_SIZE]
            step(tf.constant(x[batch]), tf.constant(y[batch]), tf.constant(rate, tf.float32))
    return variables


def accuracy(variables, x, y):
    return np.mean(np.argmax(network(tf.constant(x), *variables).numpy(), 1) == np.argmax(y, 1))


train_set, test_set = load("train"), load("test")
for seed in map(int, sys.argv[1:]):
    variables = train(*train_set, seed)
    print(f"seed {seed}: train {accuracy(variables, *train_set):.3f}, test {accuracy(variables, *test_set):.3f}", flush=True)

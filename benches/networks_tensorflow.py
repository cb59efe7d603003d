"""The networks of the course in TensorFlow, timed for `networks compare`.

    python benches/networks_tensorflow.py THREADS

Prints TensorFlow's version, then answers each line `train N`, `predict32 N`, `predict1 N`, `application N` with the
seconds of N steps, predictions or epochs, and `memory` with the peak memory of the process in bytes. It loads no data.
"""
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import numpy as np
import tensorflow as tf

threads = int(sys.argv[1])
tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(threads)
layers = tf.keras.layers


def resnet50():
    def conv(x, n_c, f, stride=1, padding="valid"):
        return layers.BatchNormalization(axis=3)(layers.Conv2D(n_c, f, strides=stride, padding=padding)(x))

    def block(x, f, stride=None):
        a = layers.Activation("relu")(conv(x, f, 1, stride or 1))
        b = layers.Activation("relu")(conv(a, f, 3, padding="same"))
        c = conv(b, 4 * f, 1)
        shortcut = conv(x, 4 * f, 1, stride) if stride else x
        return layers.Activation("relu")(layers.Add()([c, shortcut]))

    images = layers.Input((64, 64, 3))
    x = conv(layers.ZeroPadding2D(3)(images), 64, 7, 2)
    x = layers.MaxPooling2D(3, strides=2)(layers.Activation("relu")(x))
    for f, stride, n_identity in [(64, 1, 2), (128, 2, 3), (256, 2, 5), (512, 2, 2)]:
        x = block(x, f, stride)
        for _ in range(n_identity):
            x = block(x, f)
    x = layers.Flatten()(layers.AveragePooling2D(2)(x))
    return tf.keras.Model(images, layers.Dense(6)(x))


def application():
    images = layers.Input((64, 64, 3))
    x = images
    for f, n_c, pool in [(4, 8, 8), (2, 16, 4)]:
        x = layers.Conv2D(n_c, f, padding="same", activation="relu", use_bias=False)(x)
        x = layers.MaxPooling2D(pool, padding="same")(x)
    return tf.keras.Model(images, layers.Dense(6)(layers.Flatten()(x)))


def training_step(model):
    """One step of Adam as a compiled function, which leaves out the bookkeeping of `fit`."""
    adam = tf.keras.optimizers.Adam(1e-3)
    adam.build(model.trainable_variables)

    @tf.function(reduce_retracing=True)
    def step(x, y):
        with tf.GradientTape() as tape:
            logits = model(x, training=True)
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, logits))
        adam.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        return loss

    return step


def data(m):
    x = np.random.default_rng(1).random((m, 64, 64, 3), np.float32)
    return tf.constant(x), tf.one_hot(np.arange(m) * 7 % 6, 6)


def train():
    step, (x, y) = training_step(resnet50()), data(32)
    return lambda: step(x, y).numpy()


def predict(m):
    model, (x, _) = resnet50(), data(m)
    call = tf.function(lambda x: model(x, training=False))
    return lambda: call(x).numpy()


def application_epoch():
    step, (x, y) = training_step(application()), data(1080)
    batches = [(x[i : i + 64], y[i : i + 64]) for i in range(0, 1080, 64)]

    def epoch():
        for batch in batches:
            loss = step(*batch)
        loss.numpy()

    return epoch


def peak_memory():
    with open("/proc/self/status") as status:
        return 1024 * next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


FIGURES = {
    "train": train,
    "predict32": lambda: predict(32),
    "predict1": lambda: predict(1),
    "application": application_epoch,
}
made = {}
print("TensorFlow", tf.__version__, flush=True)
for line in sys.stdin:
    name, *n = line.split()
    if name == "memory":
        print(peak_memory(), flush=True)
        continue
    if name not in made:
        made[name] = FIGURES[name]()
    times = []
    for _ in range(int(n[0])):
        start = time.perf_counter()
        made[name]()
        times.append(time.perf_counter() - start)
    print("\t".join(f"{t:.9f}" for t in times), flush=True)

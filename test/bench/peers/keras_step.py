"""One refiner update in Keras on TensorFlow, as often as it is told to: keras_step.py FOLDER THREADS

The same protocol as torch_step.py. The step is one graph (tf.function), which is how Keras trains.
"""

import json
import os
import re
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras  # noqa: E402
import tensorflow as tf  # noqa: E402
from safetensors.numpy import load_file, save_file  # noqa: E402

folder, threads = sys.argv[1:]
tf.config.threading.set_intra_op_parallelism_threads(int(threads))
tf.config.threading.set_inter_op_parallelism_threads(1)
with open(f"{folder}/config.json") as file:
    config = json.load(file)
start = load_file(f"{folder}/start.safetensors")
layers = keras.layers
named = {}


def convolution(x, name, stride=1, activation=None):
    filters = start[f"{name}/filter"]
    layer = layers.Conv2D(
        filters.shape[3], filters.shape[:2], stride, padding="same", activation=activation
    )
    result = layer(x)
    layer.set_weights([filters, start[f"{name}/bias"]])
    named[f"{name}/filter"], named[f"{name}/bias"] = layer.kernel, layer.bias
    return result


image = keras.Input(start["batch"].shape[1:])
hidden = convolution(image, "refiner/enter", activation="relu")
for block in range(1, config["refinerBlocks"] + 1):
    inner = convolution(hidden, f"refiner/block-{block}/first", activation="relu")
    inner = convolution(inner, f"refiner/block-{block}/second")
    hidden = layers.ReLU()(layers.Add()([inner, hidden]))
refiner = keras.Model(image, layers.Activation("tanh")(convolution(hidden, "refiner/leave")))

judged = keras.Input(start["batch"].shape[1:])
hidden = judged
for index, declared in enumerate(config["discriminatorLayers"].split(), 1):
    pool, window, stride = re.match(r"(pool)?(\d+)x\d+(?:/(\d+))?", declared).groups()
    if pool:
        hidden = layers.MaxPooling2D(int(window), int(stride or 1), padding="same")(hidden)
    else:
        hidden = convolution(hidden, f"discriminator/layer-{index}", int(stride or 1), "relu")
discriminator = keras.Model(judged, convolution(hidden, "discriminator/last"))
discriminator.trainable = False

names = [name for name in named if name.startswith("refiner/")]
variables = [named[name].value for name in names]
optimizer = keras.optimizers.SGD(config["refinerLearningRate"])
optimizer.build([named[name] for name in names])
x = tf.constant(start["batch"])


def gradients_of_loss():
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(variables)
        refined = refiner(x, training=True)
        realism = -tf.nn.log_softmax(discriminator(refined, training=False))[..., 0]
        change = tf.abs(refined - x)
        loss = (tf.reduce_sum(realism) + config["lambda"] * tf.reduce_sum(change)) / x.shape[0]
    return loss, tape.gradient(loss, variables)


@tf.function
def step():
    loss, found = gradients_of_loss()
    optimizer.apply(found, [named[name] for name in names])
    return loss


def check():
    loss, found = tf.function(gradients_of_loss)()
    path = f"{folder}/gradients-keras.safetensors"
    save_file({name: gradient.numpy() for name, gradient in zip(names, found)}, path)
    version = f"Keras {keras.__version__}, TensorFlow {tf.__version__}"
    return {"loss": float(loss), "gradients": path, "version": version}


def update():
    begin = time.perf_counter()
    step().numpy()
    return {"ms": (time.perf_counter() - begin) * 1000}


for line in sys.stdin:
    answer = {"check": check, "update": update}[line.strip()]()
    print(json.dumps(answer), flush=True)

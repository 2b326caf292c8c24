"""The networks of the benchmark, written as a student writes them: plain Keras, plain PyTorch."""

BATCH = {"first": 32, "hidden10": 128, "wide": 128, "mlp": 128, "cnn": 128}
FLAT = {"hidden10", "wide", "mlp"}


def input_shape(recipe):
    return (784,) if recipe in FLAT else (28, 28, 1)


def keras_network(recipe):
    import keras
    from keras import layers as la

    body = {
        "first": lambda: [la.Flatten(), la.Dense(128, "relu"), la.Dropout(0.2)],
        "hidden10": lambda: [la.Dense(10), la.ReLU()],
        "wide": lambda: [la.Dense(784, "relu"), la.Dense(128, "relu")],
        "mlp": lambda: [
            *(la.Dense(256), la.Activation("relu"), la.Dropout(0.45)),
            *(la.Dense(256), la.Activation("relu"), la.Dropout(0.45)),
        ],
        "cnn": lambda: [
            *(la.Conv2D(32, 5, padding="same", activation="relu"), la.MaxPooling2D(2)),
            *(la.Conv2D(64, 2, padding="same", activation="relu"), la.MaxPooling2D(2), la.Dropout(0.25)),
            *(la.Flatten(), la.Dense(1000, "relu"), la.Dropout(0.5)),
        ],
    }[recipe]()
    return keras.Sequential([la.Input(input_shape(recipe)), *body, la.Dense(10, "softmax")])


def torch_network(recipe):
    from torch import nn

    body = {
        "first": lambda: [nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10)],
        "hidden10": lambda: [nn.Linear(784, 10), nn.ReLU(), nn.Linear(10, 10)],
        "wide": lambda: [nn.Linear(784, 784), nn.ReLU(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)],
        "mlp": lambda: [
            *(nn.Linear(784, 256), nn.ReLU(), nn.Dropout(0.45)),
            *(nn.Linear(256, 256), nn.ReLU(), nn.Dropout(0.45), nn.Linear(256, 10)),
        ],
        "cnn": lambda: [
            *(nn.Conv2d(1, 32, 5, padding="same"), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(32, 64, 2, padding="same"), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25)),
            *(nn.Flatten(), nn.Linear(3136, 1000), nn.ReLU(), nn.Dropout(0.5), nn.Linear(1000, 10)),
        ],
    }[recipe]()
    return nn.Sequential(*body)


def pictures(recipe, path, rows):
    """The arrays that every peer is given: float32 from 0 to 1, as the sheets prepare them."""
    import numpy as np

    with np.load(path, allow_pickle=False) as data:
        x, y, tx, ty = (data[name] for name in ("x_train", "y_train", "x_test", "y_test"))
    shape = (-1, *input_shape(recipe))
    return (x[:rows] / 255).astype("float32").reshape(shape), y[:rows], (tx / 255).astype("float32").reshape(shape), ty

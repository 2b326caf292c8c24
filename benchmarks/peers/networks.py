"""The networks and the pictures of the benchmarks, written as a student writes them: plain Keras, plain PyTorch."""

BATCH = {"first": 32, "hidden10": 128, "wide": 128, "mlp": 128, "cnn": 128}
FLAT = {"hidden10", "wide", "mlp"}


def input_shape(recipe):
    return (784,) if recipe in FLAT else (28, 28, 1)


def keras_network(recipe, width=256, raw=False):
    """A recipe's network. `width` is that of the mlp; a `raw` one takes pixels from 0 to 255."""
    import keras
    from keras import layers as la

    body = {
        "first": lambda: [la.Flatten(), la.Dense(128, "relu"), la.Dropout(0.2)],
        "hidden10": lambda: [la.Dense(10), la.ReLU()],
        "wide": lambda: [la.Dense(784, "relu"), la.Dense(128, "relu")],
        "mlp": lambda: [
            *(la.Dense(width), la.Activation("relu"), la.Dropout(0.45)),
            *(la.Dense(width), la.Activation("relu"), la.Dropout(0.45)),
        ],
        "cnn": lambda: [
            *(la.Conv2D(32, 5, padding="same", activation="relu"), la.MaxPooling2D(2)),
            *(la.Conv2D(64, 2, padding="same", activation="relu"), la.MaxPooling2D(2), la.Dropout(0.25)),
            *(la.Flatten(), la.Dense(1000, "relu"), la.Dropout(0.5)),
        ],
    }[recipe]()
    scaling = [la.Rescaling(1 / 255)] if raw else []
    return keras.Sequential([la.Input(input_shape(recipe)), *scaling, *body, la.Dense(10, "softmax")])


def torch_network(recipe, width=256):
    """The same in PyTorch, starting from weights drawn as Keras draws them."""
    from torch import nn

    body = {
        "first": lambda: [nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10)],
        "hidden10": lambda: [nn.Linear(784, 10), nn.ReLU(), nn.Linear(10, 10)],
        "wide": lambda: [nn.Linear(784, 784), nn.ReLU(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)],
        "mlp": lambda: [
            *(nn.Linear(784, width), nn.ReLU(), nn.Dropout(0.45)),
            *(nn.Linear(width, width), nn.ReLU(), nn.Dropout(0.45), nn.Linear(width, 10)),
        ],
        "cnn": lambda: [
            *(nn.Conv2d(1, 32, 5, padding="same"), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(32, 64, 2, padding="same"), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25)),
            *(nn.Flatten(), nn.Linear(3136, 1000), nn.ReLU(), nn.Dropout(0.5), nn.Linear(1000, 10)),
        ],
    }[recipe]()
    for layer in body:
        if isinstance(layer, nn.Linear | nn.Conv2d):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return nn.Sequential(*body)


def pictures(recipe, path, rows):
    """The arrays that every peer is given: float32 from 0 to 1, as the sheets prepare them."""
    import numpy as np

    with np.load(path, allow_pickle=False) as data:
        x, y, tx, ty = (data[name] for name in ("x_train", "y_train", "x_test", "y_test"))
    shape = (-1, *input_shape(recipe))
    x, tx = (images.astype("float32").reshape(shape) / 255 for images in (x[:rows], tx))
    return x, y[:rows], tx, ty


def noise(recipe, rows):
    """Pictures and labels that mean nothing, as many as wanted: what they cost is the same."""
    import numpy as np

    draw = np.random.default_rng(0)
    return draw.integers(0, 256, (rows, *input_shape(recipe)), np.uint8), draw.integers(0, 10, rows, np.uint8)

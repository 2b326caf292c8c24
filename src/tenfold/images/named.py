"""The sets that Tenfold knows by name, declared as data: what they are, how to recognise them, where to get them.

Nothing is read or fetched here. A copy is recognised by the SHA-256 of its arrays (C order, uint8), whatever container
it came in; so any mirror will do, and a new one is one more line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tenfold.errors import DataNotFound, did_you_mean

MIB = 1024**2

IDX_FILES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}
GZIPPED_IDX_FILES = tuple(f"{name}.gz" for name in IDX_FILES.values())


@dataclass(frozen=True)
class Mirror:
    """A place on the web: an address that ends in a slash, and the files there that make a whole set."""

    address: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class NamedSet:
    """What is known about a set before it is read."""

    name: str
    title: str
    pictures: int  # of all splits
    classes: tuple[str, ...]
    licence: str
    hashes: Mapping[str, str] = field(default_factory=dict)  # array → SHA-256; none for a set that is built in
    npz_names: tuple[str, ...] = ()  # what people call the file; the first is Tenfold's own name for it
    folders: tuple[str, ...] = ()  # what people call the folder of its four IDX files
    mirrors: tuple[Mirror, ...] = ()  # tried in this order
    most_bytes: int = 64 * MIB  # no file of it is larger: a download that exceeds this is not it

    @property
    def built_in(self) -> bool:
        return not self.hashes


DIGITS = tuple("0123456789")

NAMED_SETS: Mapping[str, NamedSet] = {
    known.name: known
    for known in (
        NamedSet(
            name="digits",
            title="scikit-learn's handwritten digits in MNIST's frame, 28×28 grey",
            pictures=1_797,
            classes=DIGITS,
            licence="CC BY 4.0 (E. Alpaydin and C. Kaynak, UCI Machine Learning Repository)",
        ),
        NamedSet(
            name="mnist",
            title="MNIST handwritten digits, 28×28 grey",
            pictures=70_000,
            classes=DIGITS,
            licence="CC BY-SA 3.0 (Y. LeCun and C. Cortes)",
            hashes={
                "x_train": "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
                "y_train": "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
                "x_test": "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
                "y_test": "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
            },
            npz_names=("mnist.npz",),
            folders=("mnist", "MNIST", "MNIST/raw"),
            mirrors=(
                Mirror("https://storage.googleapis.com/tensorflow/tf-keras-datasets/", ("mnist.npz",)),
                Mirror("https://ossci-datasets.s3.amazonaws.com/mnist/", GZIPPED_IDX_FILES),
                Mirror("https://storage.googleapis.com/cvdf-datasets/mnist/", GZIPPED_IDX_FILES),
            ),
        ),
        NamedSet(
            name="fashion",
            title="Fashion-MNIST articles of clothing, 28×28 grey",
            pictures=70_000,
            classes=(
                "T-shirt/top",
                "Trouser",
                "Pullover",
                "Dress",
                "Coat",
                "Sandal",
                "Shirt",
                "Sneaker",
                "Bag",
                "Ankle boot",
            ),
            licence="MIT (Zalando SE)",
            hashes={
                "x_train": "2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012",
                "y_train": "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7",
                "x_test": "c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a",
                "y_test": "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9",
            },
            npz_names=("fashion_mnist.npz", "fashion-mnist.npz", "fashion.npz"),
            folders=("fashion-mnist", "fashion_mnist", "fashion", "FashionMNIST/raw"),
            mirrors=(
                Mirror("https://storage.googleapis.com/tensorflow/tf-keras-datasets/", GZIPPED_IDX_FILES),
                Mirror("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", GZIPPED_IDX_FILES),
            ),
        ),
    )
}

OTHER_NAMES = {"fashion-mnist": "fashion", "fashion_mnist": "fashion"}


def is_named(what: str) -> bool:
    return _own_name(what) in NAMED_SETS


def named_set(name: str) -> NamedSet:
    """The set of that name, or one line with the names there are."""
    known = NAMED_SETS.get(_own_name(name))
    if known is None:
        names = ", ".join(NAMED_SETS)
        raise DataNotFound(name, found="no named set", expected=f"one of {names}", do=did_you_mean(name, NAMED_SETS))
    return known


def _own_name(name: str) -> str:
    return OTHER_NAMES.get(name.lower(), name.lower())

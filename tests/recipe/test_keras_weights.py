"""The HDF5 in a .keras file: plain arrays in the network's own shapes, and nothing that reaches out of it."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from tenfold.errors import ModelFileError
from tenfold.recipe.keras_weights import check_weights
from tenfold.recipe.sizes import Outline

SIZES = Outline(parameters=51, variables=((16, 3), (3,)), largest_output=16)


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file["layers/dense/vars/0"] = np.zeros((16, 3), "float32")
        file["layers/dense/vars/1"] = np.zeros(3, "float32")
        file["optimizer/vars/0"] = np.zeros((7, 7), "float32")
    return path


def test_the_weights_of_the_network_pass(weights):
    check_weights(weights, SIZES, "x.keras")


def external_link(file, secret):
    file["layers/dense/vars/2"] = h5py.ExternalLink(str(secret), "/secret")


def external_group(file, secret):
    del file["layers/dense"]
    file["layers/dense"] = h5py.ExternalLink(str(secret), "/")


def external_storage(file, secret):
    del file["layers/dense/vars/1"]
    group = file["layers/dense/vars"]
    group.create_dataset("1", shape=(3,), dtype="float32", external=[(str(secret), 0, 12)])


def virtual(file, secret):
    layout = h5py.VirtualLayout(shape=(3,), dtype="float32")
    layout[:] = h5py.VirtualSource(str(secret), "secret", shape=(3,))
    del file["layers/dense/vars/1"]
    file["layers/dense/vars"].create_virtual_dataset("1", layout)


def soft_link(file, secret):
    file["layers/dense/vars/2"] = h5py.SoftLink("/layers/dense/vars/0")


def circle(file, secret):
    file["layers/dense/again"] = file["layers"]


def shape_bomb(file, secret):
    file["layers/dense/vars"].create_dataset("2", shape=(10**9, 10**6), dtype="float32", chunks=(1000, 1000))


def optimizer_bomb(file, secret):
    file["optimizer/vars"].create_dataset("1", shape=(10**9, 10**6), dtype="float32", chunks=(1000, 1000))


def text(file, secret):
    file["layers/dense/vars/2"] = "hello"


def references(file, secret):
    file["layers/dense/vars"].create_dataset("2", data=[file.ref] * 3, dtype=h5py.ref_dtype)


def named_type(file, secret):
    file["layers/dense/vars/2"] = np.dtype("float64")


def other_network(file, secret):
    del file["layers/dense/vars/0"]
    file["layers/dense/vars/0"] = np.zeros((17, 3), "float32")


def plugin(file, secret):
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_chunk((3,))
    plan.set_filter(32015, h5py.h5z.FLAG_OPTIONAL)  # Zstandard, which HDF5 would look for in its plugin folders
    space, kind = h5py.h5s.create_simple((3,)), h5py.h5t.IEEE_F32LE
    h5py.h5d.create(file["layers/dense/vars"].id, b"2", kind, space, plan)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (external_link, "an external link at /layers/dense/vars/2; expected weights that are in the file"),
        (external_group, "an external link at /layers/dense"),
        (external_storage, "/layers/dense/vars/1 lies in another file"),
        (virtual, "/layers/dense/vars/1 lies in another file"),
        (soft_link, "a soft link at /layers/dense/vars/2"),
        (circle, "/layers/dense/again is there twice"),
        (shape_bomb, r"vars/2 has the shape \(1000000000, 1000000\); expected the shapes of the network"),
        (optimizer_bomb, "weights that declare more than 16,780,480 bytes"),
        (text, "vars/2 holds object; expected arrays of numbers"),
        (references, "vars/2 holds object; expected arrays of numbers"),
        (named_type, "a Datatype at /layers/dense/vars/2"),
        (other_network, r"vars/0 has the shape \(17, 3\).*its two halves do not belong together"),
        (plugin, "vars/2 is compressed in an unusual way"),
    ],
)
def test_what_reaches_out_of_the_file_or_is_no_weight_is_refused(weights, tmp_path, change, words):
    secret = tmp_path / "passwd"
    with h5py.File(secret, "w") as file:
        file["secret"] = np.zeros(3, "float32")
    with h5py.File(weights, "r+") as file:
        change(file, secret)
    with pytest.raises(ModelFileError, match=words):
        check_weights(weights, SIZES, "x.keras")


@pytest.mark.parametrize("data", [b"", b"not HDF5", b"\x89HDF\r\n\x1a\n" + bytes(2000)])
def test_what_is_no_hdf5_is_said(weights, data):
    weights.write_bytes(data)
    with pytest.raises(ModelFileError, match=r"x\.keras: weights that are not whole HDF5"):
        check_weights(weights, SIZES, "x.keras")


def test_a_truncated_file_is_said(weights):
    weights.write_bytes(weights.read_bytes()[:-500])
    with pytest.raises(ModelFileError, match="weights that are not whole HDF5"):
        check_weights(weights, SIZES, "x.keras")

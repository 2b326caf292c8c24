"""Every source of pictures through one suite: what it gives, how it is divided, how it is told apart and shown."""

from __future__ import annotations

import gzip
import html
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.images.tiny import idx_bytes, pictures

from tenfold.errors import ChecksumError, one_line
from tenfold.images.audit import audit
from tenfold.images.dataset import Dataset
from tenfold.images.importing import import_pictures
from tenfold.images.load import load
from tenfold.images.named import IDX_FILES, NAMED_SETS, NamedSet
from tenfold.images.search import digest

NUMBERS = ("0", "1", "2")
HOSTILE = ("<b>&'", "c\u202egpj", "ünï")  # a class may be called anything that a folder may be called
SIDE = 6
Arrays = dict[str, Any]


def arrays(*, own_test: bool) -> Arrays:
    """Pictures of which no two are the same, three classes in turn."""
    x, y = pictures(40)
    parts = {"x_train": x[:30], "y_train": y[:30], "x_test": x[30:], "y_test": y[30:]}
    return parts if own_test else {"x_train": x, "y_train": y}


@dataclass(frozen=True)
class Source:
    """A way to store pictures. `write` is given an empty folder and arrays, and tells what `load` is to be given."""

    write: Callable[[Path, Arrays], str | Path]
    own_test: bool = False  # it brings a test split, so that Tenfold draws none
    classes: tuple[str, ...] = NUMBERS
    pictures: bool = False  # single files, which are brought to a size
    built_in: bool = False
    verified: bool = False  # its contents are known, and others are refused
    findings: tuple[str, ...] = ()  # what is truly wrong with it


def write_npz(to: Path, parts: Arrays, name: str = "own.npz", **more: Any) -> Path:
    short = {"x_train": "x", "y_train": "y"} if "x_test" not in parts else {}
    with (to / name).open("wb") as file:
        np.savez(file, **{short.get(key, key): value for key, value in parts.items()}, **more)
    return to / name


def write_idx(to: Path, parts: Arrays, *, zipped: bool = False) -> Path:
    for key, array in parts.items():
        data = idx_bytes(array)
        (to / f"{IDX_FILES[key]}{'.gz' * zipped}").write_bytes(gzip.compress(data) if zipped else data)
    return to


def write_pair(to: Path, parts: Arrays) -> Path:
    (to / "some images").write_bytes(gzip.compress(idx_bytes(parts["x_train"])))
    (to / "some labels").write_bytes(idx_bytes(parts["y_train"]))
    return to / "some images"


def write_folder(to: Path, parts: Arrays) -> Path:
    for split in ("train", "test"):
        if f"x_{split}" in parts:
            top = to / split if "x_test" in parts else to
            for number, (picture, label) in enumerate(zip(parts[f"x_{split}"], parts[f"y_{split}"], strict=True)):
                path = top / HOSTILE[label] / f"{number:02}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(picture).save(path)
    return to


def write_zip(to: Path, parts: Arrays, name: str = "own.zip") -> Path:
    folder = write_folder(to / "folder", parts)
    with zipfile.ZipFile(to / name, "w") as archive:
        for path in sorted(folder.rglob("*.png")):
            archive.write(path, path.relative_to(folder).as_posix())
    return to / name


def write_csv(to: Path, parts: Arrays, name: str = "own.csv") -> Path:
    rows = [",".join(map(str, (y, *x.ravel()))) for x, y in zip(parts["x_train"], parts["y_train"], strict=True)]
    header = ",".join(["label", *(f"pixel{place}" for place in range(SIDE * SIDE))])
    text = "\n".join([header, *rows]).encode()
    (to / name).write_bytes(text if name.endswith(".csv") else gzip.compress(text))
    return to / name


SOURCES = {
    "built in": Source(
        lambda to, parts: "digits",
        classes=tuple("0123456789"),
        built_in=True,
        findings=("1 picture of test is nearly one of train: moved, brighter, or a little noisy.",),  # it truly is
    ),
    "named, npz": Source(
        lambda to, parts: (write_npz(to, parts, "mnist.npz"), "mnist")[1], own_test=True, verified=True
    ),
    "named, idx": Source(lambda to, parts: (write_idx(to, parts), "mnist")[1], own_test=True, verified=True),
    "npz": Source(write_npz),
    "npz with test": Source(write_npz, own_test=True),
    "npz with names": Source(lambda to, parts: write_npz(to, parts, classes=np.array(HOSTILE)), classes=HOSTILE),
    "npz, untold": Source(lambda to, parts: write_npz(to, parts, "arrays")),
    "four idx": Source(write_idx, own_test=True),
    "four idx, gz": Source(lambda to, parts: write_idx(to, parts, zipped=True), own_test=True),
    "idx pair": Source(lambda to, parts: write_idx(to, parts) / IDX_FILES["y_train"]),
    "idx pair, untold": Source(write_pair),
    "folder": Source(write_folder, classes=HOSTILE, pictures=True),
    "folder with test": Source(write_folder, own_test=True, classes=HOSTILE, pictures=True),
    "zip": Source(write_zip, classes=HOSTILE, pictures=True),
    "zip with test": Source(write_zip, own_test=True, classes=HOSTILE, pictures=True),
    "zip, untold": Source(lambda to, parts: write_zip(to, parts, "archive"), classes=HOSTILE, pictures=True),
    "csv": Source(write_csv),
    "csv, gz": Source(lambda to, parts: write_csv(to, parts, "own.csv.gz")),
    "csv, untold": Source(lambda to, parts: write_csv(to, parts, "table")),
}


@dataclass(frozen=True)
class Case:
    """A source that was written, and what `load` and `import_pictures` are asked with."""

    source: Source
    what: str | Path
    asked: dict[str, Any]

    def load(self, **changes: Any) -> Dataset:
        return load(self.what, **{**self.asked, **changes})


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Case]:
    """Write a source, perhaps with one pixel changed."""
    hashes = {name: digest(array) for name, array in arrays(own_test=True).items()}
    known = NamedSet("mnist", "Tiny", 40, NUMBERS, "CC0", hashes, npz_names=("mnist.npz",), folders=("mnist",))
    monkeypatch.setitem(NAMED_SETS, "mnist", replace(known, folders=(".", "mnist")))

    def write(source: Source, *, changed: bool = False) -> Case:
        folder = tmp_path / ("changed" if changed else "pets")
        (folder / "mnist").mkdir(parents=True)
        (folder / "own").mkdir()
        parts = arrays(own_test=source.own_test)
        parts["x_train"][7, 3, 3] ^= changed
        what = source.write(folder / ("mnist" if source.verified else "own"), parts)
        more: dict[str, Any] = {"size": SIDE} if source.pictures else {}
        return Case(source, what, {"data_dir": folder / "mnist", "seed": 1, **more})

    return write


WRITTEN = pytest.mark.parametrize("source", [name for name in SOURCES if name != "built in"], indirect=True)


@pytest.fixture(params=SOURCES)
def source(request: pytest.FixtureRequest) -> Source:
    return SOURCES[request.param]


@pytest.fixture
def case(source: Source, written: Callable[..., Case]) -> Case:
    return written(source)


def test_pictures_are_bytes_and_labels_are_numbers_of_classes(case: Case) -> None:
    data = case.load()
    assert data.classes == case.source.classes
    assert data.shape == ((28, 28, 1) if case.source.built_in else (SIDE, SIDE, 1))
    for split in data.splits.values():
        assert (split.images.dtype, split.images.shape[1:]) == (np.uint8, data.shape)
        assert (split.labels.dtype, split.labels.shape) == (np.int64, (len(split),))
        assert 0 <= split.labels.min() <= split.labels.max() < len(data.classes)
    assert set(data.train.labels.tolist()) == set(range(len(data.classes)))


@WRITTEN
def test_every_picture_arrives_with_its_label(case: Case) -> None:
    data, sent = case.load(), arrays(own_test=case.source.own_test)
    expected = [(x.tobytes(), int(y)) for key in ("train", "test") if f"x_{key}" in sent
                for x, y in zip(sent[f"x_{key}"], sent[f"y_{key}"], strict=True)]  # fmt: skip
    arrived = [
        (x.tobytes(), y)
        for part in data.splits.values()
        for x, y in zip(part.images, part.labels.tolist(), strict=True)
    ]
    assert sorted(arrived) == sorted(expected)


def test_nothing_can_be_changed(case: Case) -> None:
    for split in case.load().splits.values():
        with pytest.raises(ValueError, match="read-only"):
            split.images[0, 0, 0, 0] = 1
        with pytest.raises(ValueError, match="read-only"):
            split.labels[0] = 1


def test_the_splits_share_no_picture(case: Case) -> None:
    parts = [set(map(bytes, split.images)) for split in case.load().with_validation(0.2).splits.values()]
    assert len(set.union(*parts)) == sum(map(len, parts))


def test_a_drawn_test_split_takes_its_share_of_every_class(case: Case) -> None:
    data = case.load(test_fraction=0.25)
    assert list(data.splits) == ["train", "test"]
    if case.source.own_test:
        assert (len(data.train), len(data.test)) == (30, 10)
        return
    for name in data.classes:
        kept, held = (data.counts()[split][name] for split in ("train", "test"))
        assert abs(held - (kept + held) / 4) <= 1


def test_the_seed_decides_what_is_drawn_and_nothing_else(case: Case) -> None:
    first, same, other = (case.load(seed=seed).fingerprint for seed in (1, 1, 2))
    assert first == same
    assert (first == other) == case.source.own_test


def test_validation_keeps_every_class(case: Case) -> None:
    data = case.load()
    divided = data.with_validation(0.2, seed=3)
    assert len(divided.train) + len(divided.splits["validation"]) == len(data.train)
    for split in ("train", "validation"):
        assert min(divided.counts()[split].values()) > 0
    assert divided.fingerprint == data.with_validation(0.2, seed=3).fingerprint
    assert divided.fingerprint != data.with_validation(0.2, seed=4).fingerprint


@WRITTEN
def test_one_changed_pixel_is_noticed(source: Source, written: Callable[..., Case]) -> None:
    before, after = written(source), written(source, changed=True)
    if source.verified:
        with pytest.raises(ChecksumError, match="its x_train is not that of mnist"):
            after.load()
    else:
        assert before.load().fingerprint != after.load().fingerprint


def test_text_and_page_tell_the_name_and_the_counts_and_trust_no_name(case: Case) -> None:
    data = case.load()
    counts = data.counts()
    assert str(data).startswith(f"{data.name}: {len(data.train):,} train, {len(data.test):,} test pictures")
    page = data._repr_html_()
    assert html.escape(str(data)) in page
    for name in data.classes:
        shown = html.escape(one_line(name))
        assert f"<td>{shown}</td><td>{counts['train'][name]:,}</td><td>{counts['test'][name]:,}</td>" in page
        assert name in (shown, html.unescape(shown)) or name not in page
    assert "<b>" not in page


def test_an_audit_counts_the_same_and_finds_what_there_is(case: Case) -> None:
    data = case.load()
    found = audit(data)
    assert found.counts == data.counts()
    assert found.findings == case.source.findings
    assert one_line(found.text().replace("\n", " ")) == found.text().replace("\n", " ")
    assert json.loads(json.dumps(found.as_json()))["fingerprint"] == data.fingerprint


def test_where_it_came_from_and_its_licence_are_told(case: Case) -> None:
    data = case.load()
    assert data.source == "scikit-learn" if case.source.built_in else Path(data.source).exists()
    assert data.licence == ("unknown" if isinstance(case.what, Path) else NAMED_SETS[case.what].licence)


def test_it_can_be_imported_and_is_the_same(case: Case, tmp_path: Path) -> None:
    import_pictures(case.what, tmp_path / "imported.npz", **case.asked)
    again, data = load(tmp_path / "imported.npz"), case.load()
    assert (again.fingerprint, again.classes, again.counts()) == (data.fingerprint, data.classes, data.counts())

"""A small network and a finished run of it, trained once for all tests that only read."""

import shutil
from pathlib import Path

import pytest
from tests.run.small import small_recipe


@pytest.fixture(scope="session")
def finished_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tenfold.run.train import train

    return train(small_recipe(validation=0.2), "digits", runs=tmp_path_factory.mktemp("runs"), verbose=0).path


@pytest.fixture
def finished(finished_once: Path, tmp_path: Path) -> Path:
    """The directory of a run that is done, to be spoiled at will."""
    return Path(shutil.copytree(finished_once, tmp_path / "runs" / finished_once.name))

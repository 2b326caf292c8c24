"""A run that has its directory, its recipe and its environment, and no training yet: for whoever asks no more of it."""

from pathlib import Path

from tenfold.images.dataset import Dataset
from tenfold.recipe.network import build
from tenfold.recipe.recipe import Recipe
from tenfold.run import directory as directories
from tenfold.run.run import Run
from tenfold.run.train import begin


def begun(recipe: Recipe, dataset: Dataset, runs: Path) -> Run:
    directory = directories.claim(runs, None, recipe.name)
    begin(directory, recipe, dataset, build(recipe, dataset.shape, len(dataset.classes)), 1)
    return Run(directory.path)

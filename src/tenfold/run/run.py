"""The noun of this folder: a `Run`, a directory that is read when something in it is asked for.

A `Run` owns nothing but its path; the files are the truth. What it is and how its training went is read in `record.py`;
here are its results and what can be asked of its model. Reading numbers and texts imports nothing heavy; Keras is woken
only by what asks the model: `model()`, `predict()`, `activations()` and the like.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenfold.errors import RunError, check_count
from tenfold.run.directory import read_json
from tenfold.run.record import Record

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from tenfold.backend import keras
    from tenfold.evaluation.abstain import Abstaining
    from tenfold.evaluation.calibration import Calibration
    from tenfold.evaluation.classification import ClassificationReport
    from tenfold.evaluation.confusion import Confusion
    from tenfold.evaluation.curves import Curves
    from tenfold.evaluation.evaluation import Evaluation
    from tenfold.evaluation.finding import Findings
    from tenfold.evaluation.inspection.activations import Activation
    from tenfold.evaluation.mistakes import Mistakes
    from tenfold.evaluation.predictions import Predictions
    from tenfold.images.dataset import Dataset
    from tenfold.run.answer import Answer, Picture
    from tenfold.run.familiar import Familiar, Neighbour
    from tenfold.run.looks import Looks

    Floats = npt.NDArray[np.float32]


class Run(Record):
    """One training and everything about it."""

    def __init__(self, path: str | Path, data: Dataset | None = None) -> None:
        """data: its pictures, where they are in memory already."""
        super().__init__(path)
        self._data = data
        self._model: keras.Model | None = None  # that which was asked already
        self._familiar: Familiar | None = None  # its training pictures, once others were compared with them

    @property
    def data_in_memory(self) -> Dataset | None:
        """Its pictures, where whoever made this object gave them along, as `tenfold.train` does."""
        return self._data

    @property
    def evaluation(self) -> Evaluation:
        """How good it is on its test pictures."""
        from tenfold.evaluation.evaluation import Evaluation

        path = self._finished(self.directory.evaluation)
        return Evaluation.from_json(read_json(path, self._again()), path)

    @property
    def closed(self) -> bool:
        """Whether its test set is still closed: it is done, and its recipe's `training.test` was "never"."""
        return not self.directory.evaluation.exists() and self.status.closed

    @property
    def validation(self) -> Evaluation | None:
        """How good it is on its validation pictures. None if it has none, or if its test set was scored instead."""
        from tenfold.evaluation.evaluation import Evaluation

        status = self.status
        if status.val_total is None:
            return None
        names = ("loss", "log_loss", "wrong", "total")
        numbers = {name: getattr(status, f"val_{name}") for name in names}
        return Evaluation.from_json({**numbers, "split": "validation"}, self.directory.status)

    @property
    def predictions(self) -> Predictions:
        """What it says about every test picture."""
        from tenfold.array_file import Unreadable
        from tenfold.evaluation.predictions import Predictions

        try:
            return Predictions.load(self._finished(self.directory.predictions))
        except Unreadable as error:
            raise Unreadable(error.thing, found=error.found, expected=error.expected, do=self._again()) from error

    @property
    def looks(self) -> Looks:
        """How often its test pictures were looked at, by this run and by the others in its folder."""
        from tenfold.run.looks import looks_of

        return looks_of(self.directory)

    @property
    def classification_report(self) -> ClassificationReport:
        """Precision, recall and F1 of each class on its test pictures; `print` it."""
        from tenfold.evaluation.classification import ClassificationReport

        return ClassificationReport.of(self.predictions)

    @property
    def confusion(self) -> Confusion:
        """Which classes it takes for which; `chart()` draws the matrix."""
        return self.predictions.confusion()

    @property
    def roc(self) -> Curves:
        """The ROC curve of each class against all others, and the areas under them."""
        from tenfold.evaluation.curves import roc

        return roc(self.predictions)

    @property
    def precision_recall(self) -> Curves:
        """The precision-recall curve of each class, and the average precisions."""
        from tenfold.evaluation.curves import precision_recall

        return precision_recall(self.predictions)

    @property
    def calibration(self) -> Calibration:
        """Whether it is right as often as it is sure."""
        from tenfold.evaluation.calibration import Calibration

        return Calibration.of(self.predictions)

    @property
    def abstaining(self) -> Abstaining:
        """How often it is right if it answers only when it is sure."""
        from tenfold.evaluation.abstain import Abstaining

        return Abstaining.of(self.predictions)

    @property
    def mistakes(self) -> Mistakes:
        """The test pictures that it gets wrong, by their places in the split: surest first, hardest, most confused."""
        from tenfold.evaluation.mistakes import Mistakes

        return Mistakes(self.predictions)

    @property
    def findings(self) -> Findings:
        """What it teaches, in sentences with their evidence, the most important first.

        Of a run that is not done it is what its epochs teach so far.
        """
        from tenfold.run.findings import read_findings

        if self.status.state != "done":
            from tenfold.run.so_far import so_far  # which knows the rules

            return so_far(self)
        return read_findings(self._finished(self.directory.findings))

    def data(self, *, download: bool = True) -> Dataset:
        """The pictures that it was trained on, loaded again and held against their fingerprint."""
        from tenfold.images.assemble import ignore
        from tenfold.run.sources import reopened

        again = "tenfold.Run(path, data=dataset)"
        return reopened(self.environment, self.name, self._data, ignore, download=download, again=again)

    def model(self, *, trust_code: bool = False) -> keras.Model:
        """The trained model; of a run that is not done, the model as the newest checkpoint has it.

        trust_code: whether the recipe's `module:function` may be called, should that be needed to build it.
        """
        from tenfold.run.model import model_of

        return model_of(self, trust_code=trust_code)

    @property
    def reads_handwriting(self) -> bool:
        """Whether it was trained on a set made as MNIST was, so that a photo has to be brought into its frame."""
        from tenfold.run.reading import HANDWRITTEN, SHAPE

        return self.about_data.get("name") in HANDWRITTEN and self.shape == SHAPE

    def predict(
        self, picture: Picture, *, ink: bool | None = None, nearest: int = 0, trust_code: bool = False
    ) -> Answer:
        """What is on a picture: a path, the bytes of a file, or an array (height, width[, channels]) of uint8.

        ink: whether to look for handwriting and bring each digit into MNIST's frame, which gives a `Reading`; without
        it the whole picture is brought to the run's size. None: for a run on MNIST or the built-in digits, unless the
        picture is an array of that very size.
        nearest: how many of the nearest training pictures are given beside the answer, as `nearest` gives them; with
        any, its `warnings` tell as well where even those are far away.
        """
        return self.predict_all([picture], ink=ink, nearest=nearest, trust_code=trust_code)[0]

    def predict_all(
        self,
        pictures: list[Picture],
        *,
        ink: bool | None = None,
        nearest: int = 0,
        trust_code: bool = False,
        say: Callable[[str], None] | None = None,
    ) -> Sequence[Answer]:
        """What is on each of `pictures`; all are read before the model is asked. The rest as for `predict`.

        say: is given a sentence where the training pictures are not on this machine; without it that is an error.
        """
        from tenfold.run.answer import answers, are_framed
        from tenfold.run.familiar import compared_with
        from tenfold.run.reading import readings

        if ink is None:
            ink = self.reads_handwriting and not are_framed(pictures, self.shape)
        compared = compared_with(self._training(say) if nearest else None, nearest)
        model = self._opened(trust_code, f"predict PICTURE --run {self.name}")
        if ink:
            return readings(model, pictures, self.shape, self.classes, f"run {self.name}", compared)
        return answers(model, pictures, self.shape, self.classes, compared)

    def filters(self, *, trust_code: bool = False) -> dict[str, Floats]:
        """What it looks for, by layer: weights as pictures (units, height, width, channels), signed.

        They are those of every convolution, and of a dense layer that sees the pixels themselves.
        """
        from tenfold.evaluation.inspection.filters import filters

        return filters(self._opened(trust_code), self.shape)

    def activations(self, picture: Picture, *, trust_code: bool = False) -> list[Activation]:
        """What every layer makes of a picture, in the order of the layers."""
        from tenfold.evaluation.inspection.activations import activations
        from tenfold.run.answer import brought_to

        return activations(self._opened(trust_code), brought_to(self.shape, picture))

    def saliency(
        self, picture: Picture, label: str | None = None, *, by: str = "gradient", trust_code: bool = False
    ) -> Floats:
        """Which pixels speak for `label`, or else for the class that it takes the picture for.

        by: "gradient", signed and (height, width, channels), or "occlusion", the score that is lost when a pixel is
            covered, (height, width).
        """
        from tenfold.run.answer import saliency

        return saliency(self._opened(trust_code), picture, self.shape, self.classes, label, by)

    def dead_units(self, pictures: int = 1000, *, trust_code: bool = False) -> list[dict[str, Any]]:
        """The relu units of each layer that never fire on so many training pictures, spread over all of them."""
        from tenfold.evaluation.inspection.dead_units import dead_units

        check_count("pictures", pictures)
        images = self.data().train.images
        return dead_units(self._opened(trust_code), images[:: max(1, len(images) // pictures)][:pictures])

    def nearest(self, picture: Picture, n: int = 5) -> list[Neighbour]:
        """The training pictures that are nearest to one: index, label, distance (pixels from 0 to 1) and the picture.

        Distance is the plain one between pixels: it tells what the network had seen, not what it thinks.
        """
        from tenfold.run.answer import brought_to
        from tenfold.run.familiar import Familiar

        check_count("n", n)
        return list(Familiar(self.data()).nearest(brought_to(self.shape, picture)[None], n)[0])

    def _training(self, say: Callable[[str], None] | None) -> Familiar | None:
        """Its training pictures, read once for all that is compared with them."""
        if self._familiar is None:
            from tenfold.run.familiar import familiar

            self._familiar = familiar(self, say)
        return self._familiar

    def _opened(self, trust_code: bool, command: str = "") -> keras.Model:
        """The model, read once for all that it is asked."""
        if self._model is None:
            from tenfold.run.model import model_of

            self._model = model_of(self, trust_code=trust_code, command=command)
        return self._model

    def _finished(self, path: Path) -> Path:
        if not path.exists():
            if self.closed and path != self.directory.findings:
                raise still_closed(self.name)
            done = self.status.state == "done"
            raise RunError(
                f"run {self.name}",
                found=f"no {path.name}" if done else f"no {path.name} yet, for it is {self.status.state}",
                expected="the file of that name" if done else "a run that is done",
                do=self._again() if done else f"go on with it: `tenfold resume {self.name}`",
            )
        return path

    def _again(self) -> str:
        """How a result that is lost or damaged is had again."""
        if self.closed:
            return f"`tenfold evaluate {self.name}` writes it again, but opens the test set"
        return f"write it again: `tenfold evaluate {self.name}`"

    def __str__(self) -> str:
        from tenfold.run.page import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from tenfold.run.page import as_html

        return as_html(self)

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r})"


def still_closed(name: str) -> RunError:
    return RunError(
        f"run {name}",
        found="its test set is still closed, for it was trained with training.test = never",
        expected="a run whose test pictures were scored",
        do=f"open it, if this is the run that you choose: `tenfold evaluate {name}`",
    )

"""Every sheet run from top to bottom on the small digits, and what it has to have shown by then."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.notebooks import executed, outputs

from tenfold.labs.copy import write_copy
from tenfold.labs.sheets import SHEETS

# What a sheet names in numbers and answers; everything that must be found in what its cells show.
SHOWN = {
    "first": [
        "784×128+128 = 100,480 and 128×10+10 = 1,290: together 101,770",
        r"Predicted Digit: \d - in truth \d",
        r"model\.fit: [\d.]+ s, compiling and training",
        r"first-digits-0001: [\d.]+ s, of which [\d.]+ s compiling, [\d.]+ s training",
        r"setting: network.hidden=.*network.activation=.*training.optimizer=.*training.learning_rate=.*batch_size=",
        r"together: test accuracy [\d.]+ %",
        "looks: test set scored once, and once by another run in this folder",  # no look by what was compared
    ],
    "hidden10": [
        "784×10+10 = 7,850 and 10×10+10 = 110: together 7,960",
        "chosen by validation: ",
        r"the best: validation accuracy [\d.]+ %",
        r"looks: test set not scored yet\n",
        r"test accuracy [\d.]+ % .* wrong\nlooks: test set scored once\n",
        r"ten bowls: [\d.]+ % of the test pictures right",
        r"closer together than as it was: (dropout|augmentation|neither)",
        r"1\. How long did you train\?\n   3 epochs over 1,294 pictures took [\d.]+ s",
        r"2\. What accuracy\?\n   It gets [\d.]+ % of 359 test pictures right",
        r"3\. What do you see in the confusion matrix\?\n   \d+ of 359 pictures are beside the diagonal",
        r"beside the diagonal\.\n   ('\d' and '\d' are confused most|No pair of digits stands out)",
        r"4\. Is the program overfitting\?\n   (Yes\. It is|No\. It is|No, on the contrary\. It is|It cannot be said)",
        r"Training [\d.]+ %, validation [\d.]+ %: [+-][\d.]+ points",
        r"all decisions together \(micro\) 0\.\d+",
        "precision +recall +f1",
    ],
    "wide": [
        "784·784\\+784 = 615,440 of 717,210 parameters",
        r"so y_train_cat\[0\] is \[[01. ]+\]",
        "after epoch 2:",
        "precision +recall +f1",
        "223,978 parameters",
        "Depth alone, all else as it should be:\n  deep",
        r"It gets [\d.]+ % of 359 test pictures right",
        r"(More epochs would|its numbers leave it open)[^\n]*\nThe validation loss was lowest after epoch \d",
        r"[\d.]+ % in validation \([\d.]+ % to [\d.]+ %\)  +\d",
    ],
    "cnn": [
        "3,156,098 parameters",
        'training.validation = "test" looks at the test pictures after every epoch',
        "looks: test set scored 3 times, 2 of them as validation",
        "The test pictures were looked at after each of 2 epochs",
        "looks: test set scored once, and 3 times by another run in this folder",
        "after epoch 1, ",
        r"after epoch 2, in points above validation: while learning [+-][\d.]+, scored again [+-][\d.]+",
        r"the run: \d+ of 359 misclassified",
        "0.23 %, 1 of 359: a committee",
        "0.80 %, 3 of 359: a support vector machine",
        r"The Answer is \d",
    ],
    "mlp": [
        "784×256\\+256 = 200,960",
        "256×256\\+256 = 65,792",
        "256×10\\+10 = 2,570",
        "together 269,322 parameters",
        "categorical_crossentropy: unsure 0.92, wrong and certain 5.52, still more certain 11.51",
        r"256 units instead of 128: 2\.3 times as many\nparameters, [\d.]+ times the time, and [+-][\d.]+ points",
        "the best in validation: ",
        r"dropout is mlp-digits-\d+: test accuracy [\d.]+ %",
        "train: 160 train, 40 test",
    ],
}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_runs_from_top_to_bottom(name: str, tmp_path: Path) -> None:
    notebook = executed(write_copy(SHEETS[name], tmp_path), TENFOLD_LAB_QUICK="1")
    shown = outputs(notebook)
    missing = [wanted for wanted in SHOWN[name] if wanted not in shown and not re.search(wanted, shown)]
    assert not missing, shown
    pictures = [output for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output]
    assert sum("image/png" in output["data"] for output in pictures) >= 2  # charts and galleries, for every program
    assert "Traceback" not in shown
    assert not re.search(r"\d%", shown)  # a share is written as everywhere in Tenfold: with a space

"""The report holds what a run holds, in its order, in one page that loads nothing and that everybody can use."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image
from tests.report.conftest import Page
from tests.run.small import small_recipe

import tenfold
from tenfold.charts.export import svg
from tenfold.charts.probabilities import spelled
from tenfold.errors import InputError, RunError
from tenfold.evaluation.classification import ClassificationReport
from tenfold.evaluation.curves import roc
from tenfold.evaluation.finding import Finding
from tenfold.evaluation.predictions import Predictions
from tenfold.report import closer, confusion, figures, network, training
from tenfold.report.finding_pictures import GALLERIES, MOST, shown
from tenfold.report.material import gathered
from tenfold.report.page import SECTIONS
from tenfold.report.report import Report
from tenfold.run.run import Run

HOSTILE = ("</script><script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "\u202eevil", "'quotes'", "{{7*7}}")


def rewrite(path: Path, **news: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **news}), encoding="utf-8")


def remove(run: Run, *names: str) -> None:
    for name in names:
        getattr(run.directory, name).unlink()


def told_of(run: Run, *found: tuple[str, dict[str, Any]]) -> Page:
    """The report on a run of which this was found."""
    listed = [{"kind": kind, "claim": "x", "evidence": e, "confidence": 0.5, "advice": ""} for kind, e in found]
    run.directory.findings.write_text(json.dumps({"findings": listed}), encoding="utf-8")
    return Page(Report.of(run).text)


def titles(page: Page) -> list[str]:
    return [data for tag, data in page.texts if tag == "h2"]


def test_every_section_is_there_in_its_order(page: Page) -> None:
    assert titles(page) == [section.title for section in SECTIONS]
    assert titles(page)[0] == "What this run teaches"


def test_it_tells_what_the_run_holds(page: Page, reported: Path) -> None:
    run = Run(reported)
    seen = page.seen
    assert run.name in seen
    assert all(finding.claim in seen for finding in run.findings)
    assert f"of the 359 test pictures are recognised, {run.evaluation.wrong} are not" in seen
    assert run.evaluation.top2 is not None
    assert f"test loss{run.evaluation.loss:.4f}" in seen
    assert "log loss" not in seen, "for it is the same number"
    assert f"right in two guesses{run.evaluation.top2:.1%}".replace("%", " %") in seen
    assert f"looks{run.looks}" in seen
    assert all(f"{row['loss']:.4g}" in seen for row in run.metrics)
    assert run.environment["data"]["fingerprint"] in seen
    assert run.environment["versions"]["keras"] in seen
    assert run.recipe.digest in seen
    assert f"tenfold train {run.name}/recipe.toml --data digits" in seen
    assert "784×8+8 = 6,280" in seen
    assert "dense_1Denserelu8784×8+8 = 6,280" in seen
    assert "“Scored again” is the network at the epoch's end" in seen
    assert "training.batch_size" in seen


def test_shares_have_as_many_digits_as_the_pictures_can_carry(page: Page, reported: Path) -> None:
    """As on the terminal: 359 pictures are told apart by 0.3 points, 36 of a class by 3."""
    run = Run(reported)
    told = run.evaluation
    assert told.accuracy_interval is not None
    low, high = told.accuracy_interval
    assert f"{told.accuracy:.1%} of the 359".replace("%", " %") in page.seen
    assert f"between {low:.1%} and {high:.1%}.".replace("%", " %") in page.seen
    first, *_ = ClassificationReport.of(run.predictions).classes
    assert first.support < 100
    cells = [text for tag, text in page.texts if tag == "td"]
    recall = f"{first.recall or 0:.0%} (".replace("%", " %")
    assert cells[cells.index(f"{first.support}") - 2].startswith(recall)
    assert f"accuracy{told.accuracy:.1%}359".replace("%", " %") in page.seen
    assert f"{roc(run.predictions).micro_area:.4f}" in cells


def test_looks_that_cannot_be_counted_are_said_to_be_missing(run: Run) -> None:
    run.directory.looks.write_bytes(b"\xff\n")
    assert "Looks at the test pictures cannot be counted: " in Page(Report.of(run).text).seen


def test_the_very_numbers_of_the_confusion_matrix_are_the_cells(page: Page, reported: Path) -> None:
    counts = Run(reported).predictions.confusion().counts
    labels = [each["aria-label"] for each in page.all("button")]
    assert len(labels) == np.count_nonzero(counts)
    true, said = np.argwhere(counts * (1 - np.eye(10, dtype=int)))[0]
    assert f"{counts[true, said]}: {true} taken for {said}" in labels


def test_a_cell_shows_the_pictures_that_were_counted_in_it(reported: Path) -> None:
    run = Run(reported)
    predictions, images = run.predictions, run.data().test.images
    cell = confusion.filled(predictions.confusion())[0]
    ids = predictions.confusion().ids(*cell)
    shown = Page(confusion.figures(predictions, images, [cell])[cell])
    assert len(shown.all("img")) == min(len(ids), confusion.PER_CELL)
    surest = ids[int(np.argmax(predictions.confidence[ids]))]
    assert f"#{surest}" in shown.seen
    Path("first.png").write_bytes(base64.b64decode(shown.all("img")[0]["src"].partition(",")[2]))
    with Image.open("first.png") as picture:
        assert np.array_equal(np.asarray(picture), images[surest, :, :, 0])


def test_pictures_are_bounded_by_their_bytes(reported: Path, monkeypatch: pytest.MonkeyPatch, undrawn: None) -> None:
    run = Run(reported)
    cells = confusion.filled(run.predictions.confusion())
    whole = confusion.figures(run.predictions, run.data().test.images, cells)
    monkeypatch.setattr(confusion, "BYTES", sum(map(len, whole.values())) // 2)
    some = confusion.figures(run.predictions, run.data().test.images, cells)
    assert 0 < len(some) < len(whole)
    assert list(some) == cells[: len(some)]
    assert Report.of(run).text.count("<button") == len(some)


def test_nothing_is_loaded_from_anywhere(page: Page) -> None:
    for tag, attributes in page.elements:
        for name in ("src", "href", "srcset", "data", "action", "poster", "xlink:href", "formaction"):
            address = attributes.get(name, "#")
            assert address.startswith(("#", "data:image/png;base64,")), (tag, name, address)
    styles = "".join(data for tag, data in page.texts if tag == "style")
    styles += " ".join(attributes.get("style", "") for _, attributes in page.elements)
    assert "@import" not in styles
    assert "url(" not in styles
    for address in re.findall(r"https?://[^\s\"'<>)]+", page.text):
        assert address.startswith("http://www.w3.org/"), address  # the names of SVG's vocabulary


def test_a_policy_forbids_all_but_the_page_itself(page: Page) -> None:
    (policy,) = [each["content"] for each in page.all("meta") if "http-equiv" in each]
    (script,) = [data for tag, data in page.texts if tag == "script"]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; img-src data:; ")
    assert f"script-src 'sha256-{digest}';" in policy
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]


def test_everybody_can_use_it(page: Page) -> None:
    assert page.unclosed == []
    assert page.all("html")[0]["lang"] == "en"
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(len(page.all(landmark)) == 1 for landmark in ("header", "nav", "main", "footer"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [each["href"].removeprefix("#") for each in page.all("a")]
    controls = [each["aria-controls"] for each in page.all("button")]
    labels = [each["aria-labelledby"] for each in page.all("section")]
    assert links[0] == "main"
    assert {*links, *controls, *labels} <= set(ids)
    assert all(each.get("alt") for each in page.all("img"))
    assert page.all("svg")
    assert all(each["role"] == "img" and each["aria-label"] for each in page.all("svg"))
    assert all(each.get("scope") in ("row", "col") for each in page.all("th"))
    assert len(page.all("table")) == len(page.all("caption"))


def test_only_the_most_confused_cell_is_open_at_first(page: Page, reported: Path) -> None:
    first = confusion.anchor(confusion.filled(Run(reported).predictions.confusion())[0])
    opened = [each["aria-controls"] for each in page.all("button") if each["aria-expanded"] == "true"]
    assert opened == [first]
    panels = [each for each in page.all("div") if each.get("id", "").startswith("cell-")]
    assert [each["id"] for each in panels if "hidden" not in each] == [first]


def test_hostile_names_stay_text(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "svg", svg)  # they have to stay text in what is drawn as well
    names = (*HOSTILE, *"56789")
    old = run.predictions
    Predictions(old.probabilities, old.labels, names).save(run.directory.predictions)
    rewrite(run.directory.status, recipe=HOSTILE[0], data=HOSTILE[1])
    about = run.environment["data"]
    about |= {"name": HOSTILE[0], "source": HOSTILE[1], "licence": HOSTILE[2], "notes": [HOSTILE[0]]}
    about["classes"] = list(names)
    rewrite(run.directory.environment, data=about, versions={HOSTILE[0]: HOSTILE[1]}, processor=HOSTILE[0])
    finding = {"kind": "x", "claim": HOSTILE[0], "evidence": {HOSTILE[1]: HOSTILE}, "confidence": 0.5, "advice": "<b>"}
    run.directory.findings.write_text(json.dumps({"findings": [finding]}), encoding="utf-8")
    page = Page(Report.of(run).text)
    assert len(page.all("script")) == 1
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert all(each.get("alt") for each in page.all("img"))
    assert all(name in page.seen for name in (HOSTILE[0], HOSTILE[1], "\\u202eevil", HOSTILE[3], HOSTILE[4]))
    assert "\u202e" not in page.text
    assert page.unclosed == []


def test_a_finding_shows_the_pictures_that_it_names(run: Run) -> None:
    first = int(run.predictions.wrong[0])
    pairs = {"pairs": [{"ids": [first, 10**9, "1"]}]}
    suspects = {"pictures": [{"id": first}, "nonsense"]}
    told = [("confused", pairs), ("weak_class", {"ids": [first]}), ("suspects", suspects), ("time", {"ids": [first]})]
    page = told_of(run, *told)
    alts = [each["alt"] for each in page.all("img") if f"Picture {first}: labelled" in each["alt"]]
    assert len(alts) == 3


def test_a_finding_about_equal_pictures_shows_each_once_with_its_places(run: Run) -> None:
    data = run.data()
    test, train = (data.classes[split.labels[3]] for split in (data.test, data.train))
    leak = {"ids": [3, 10**9, "1", 4], "seen_as": [["train", 3], ["train", 5], ["train", 6], "nonsense"]}
    labels = {"pictures": [[["train", 3, 0], ["test", 3, 1]], [["nowhere", 3, 0], ["test", 3, 1]], "nonsense"]}
    repeats = {"examples": [[3, 3], [-1, 3], 7]}
    told = [("leak", leak), ("two_labels", labels), ("duplicates", repeats), ("leak", {"ids": 3}), ("time", leak)]
    page = told_of(run, *told)
    alts = [each["alt"] for each in page.all("img") if each["alt"].startswith("Picture that occurs")]
    assert alts == [
        f"Picture that occurs as test 3, labelled {test}, train 3, labelled {train}",
        f"Picture that occurs as train 3, labelled {train}, test 3, labelled {test}",
        f"Picture that occurs as train 3, labelled {train}, train 3, labelled {train}",
    ]


def test_near_copies_are_shown_beside_what_they_are_nearly(run: Run) -> None:
    data = run.data()
    test, train = (data.classes[split.labels[3]] for split in (data.test, data.train))
    near = {"ids": [3, 10**9, "1", 4], "seen_as": [["train", 3], ["train", 5], ["train", 6], "nonsense"]}
    page = told_of(run, ("near_leak", near), ("near_leak", {"ids": [4, None], "seen_as": [["train", 10**9]]}))
    (title,) = [data for tag, data in page.texts if tag == "figcaption"]
    assert title == "Left test pictures, right the training pictures that they nearly are"
    alts = [each["alt"] for each in page.all("img")]
    assert alts[:2] == [f"Test picture 3, labelled {test}", f"Training picture 3, labelled {train}"]
    assert f"nearly are#3{test}#3{train}" in page.seen
    many = {"ids": [*range(100)], "seen_as": [["train", place] for place in range(100)]}
    alts += [each["alt"] for each in told_of(run, ("near_leak", many)).all("img")]
    assert sum(alt.startswith("Test picture") for alt in alts) == 1 + MOST


def test_doubted_training_labels_are_shown_with_what_the_network_says(run: Run) -> None:
    data = run.data()
    label = data.classes[data.train.labels[5]]
    sound = {"id": 5, "label": label, "suggested": HOSTILE[0], "probability": 0.987, "margin": -0.9}
    odd = [{**sound, "id": "5"}, {**sound, "id": 10**9}, {**sound, "probability": None}, {**sound, "suggested": 3}, 7]
    page = told_of(run, ("training_suspects", {"pictures": [*odd, sound]}), ("training_suspects", {"pictures": 3}))
    assert f"the label → what the network says, how surely#5{label} → {HOSTILE[0]}98.7 %" in page.seen
    (alt,) = [each["alt"] for each in page.all("img") if each["alt"].startswith("Training picture 5: ")]
    assert alt == f"Training picture 5: labelled {label}, looks like {HOSTILE[0]}"
    assert len(page.all("script")) == 1


def test_a_finding_shows_no_pictures_where_there_are_none(run: Run) -> None:
    material = replace(gathered(run), dataset=None)
    assert all(not shown(Finding(kind, "x", {"ids": [0], "seen_as": [["train", 0]]}), material) for kind in GALLERIES)


def test_a_closer_look_shows_what_an_answer_hung_on_and_what_was_seen_like_it(page: Page, reported: Path) -> None:
    run = Run(reported)
    right, first, *others = closer.chosen(run.predictions)
    assert (right.right, first.right, len(others)) == (True, False, closer.LOOKED_AT - 1)
    assert (first, *others) == run.mistakes.most_confident(closer.LOOKED_AT)
    near = run.nearest(run.data().test.images[first.id], n=closer.NEAREST)
    alts = [each["alt"] for each in page.all("img")]
    place = [at for at, text in enumerate(alts) if text == "The same, its decisive parts in orange"][1]
    assert alts[place - 2] == f"Picture {first.id}: said {first.predicted}, is {first.true}"
    assert alts[place - 1].startswith("Its gradient")
    assert alts[place + 1 : place + 1 + closer.NEAREST] == [
        f"Training picture {each['index']}, labelled {each['label']}" for each in near
    ]
    assert alts.count("The same, its decisive parts in orange") == closer.LOOKED_AT + 1
    assert alts[place + 1 + closer.NEAREST] == "What the units of dense_1 answer, the brighter the more"
    assert f"#{right.id}: said {right.true}, rightly" in page.seen
    assert page.seen.count("dense_1: 8 units, white is ") == closer.LOOKED_AT + 1
    assert f"{first.predicted} {spelled(float(run.predictions.confidence[first.id]))}" in page.seen
    assert "nearest by their pixels, and what the network said" in page.seen


def test_a_closer_look_costs_no_more_than_it_may(reported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    material = gathered(Run(reported))
    monkeypatch.setattr(closer, "MULTIPLICATIONS", 5)
    monkeypatch.setattr(closer, "SEARCHED", 400_000)
    seen = Page(closer.look(material)).seen
    assert "left out, for the network is not at hand, or too large to be asked that often" in seen
    assert "what it hung on" not in seen
    assert "nearest by their pixels, among one in 3 of them" in seen
    assert "left out, for the network is not" in closer.look(replace(material, model=None))


def test_weights_and_biases_are_told_for_each_layer_and_epoch(page: Page, run: Run) -> None:
    told = [each["aria-label"] for each in page.all("svg") if "histograms" in each["aria-label"]]
    assert [each.partition(".")[0] for each in told] == [
        "Weight histograms over 3 epochs",
        "Bias histograms over 3 epochs",
    ]
    assert "dense_1 kernel from -" in told[0]
    sound = {"layer": "a", "weight": "kernel", "min": 0, "max": 1, "counts": [1]}
    odd = [{}, {**sound, "counts": ["1"]}, {**sound, "min": None}, {**sound, "min": "x"}, {**sound, "layer": 3}]
    line = json.dumps({"epoch": 1, "weights": [*odd, sound]})
    run.directory.layers.write_text(f"{line}\n", encoding="utf-8")
    told = [each["aria-label"] for each in Page(Report.of(run).text).all("svg")]
    assert [each for each in told if "histograms" in each] == [
        "Weight histograms of epoch 1. At the end: a kernel from 0 to 1."
    ]


def test_a_network_that_only_its_code_connects_is_listed_and_not_drawn(reported: Path) -> None:
    class Code(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.inside = keras.layers.Dense(3)

        def call(self, inputs: Any) -> Any:
            return self.inside(inputs)

    model = Code()
    model(np.zeros((1, 4), np.float32))
    shown = Page(network.layers(replace(gathered(Run(reported)), model=model)))
    assert network.UNKNOWN_WIRING in shown.seen
    assert not shown.all("svg")
    assert "4×3+3 = 15" in shown.seen


def test_a_run_that_is_not_done_tells_what_there_is(run: Run) -> None:
    rewrite(run.directory.status, state="failed", epoch=1, message="the disk is full")
    remove(run, "model", "predictions", "evaluation", "findings")
    report = Report.of(run)
    assert report.missing[0] == (
        "This run is failed (the disk is full): 1 of 2 epochs are complete, and there is no result on the test "
        f"pictures yet. To go on with it, type: tenfold resume {run.name}"
    )
    assert {"How training went", "The network", "Settings"} <= set(titles(Page(report.text)))
    assert "It is not done: training ended after 2 of 2 epochs (the disk is full)" in Page(report.text).seen
    assert "What is taken for what" not in titles(Page(report.text))


def test_a_run_that_never_completed_an_epoch_is_reported_too(run: Run) -> None:
    rewrite(run.directory.status, state="interrupted", epoch=0)
    remove(run, "model", "predictions", "evaluation", "findings", "metrics")
    shutil.rmtree(run.directory.state)
    report = Report.of(run)
    assert "The network is not shown: run " in report.missing[1]
    assert "Settings" in titles(Page(report.text))


def test_without_its_pictures_it_says_so_and_shows_none(run: Run) -> None:
    about = run.environment["data"]
    about["reload"] |= {"what": "/nowhere/leaves"}
    rewrite(run.directory.environment, data=about)
    report = Report.of(run)
    (sentence,) = report.missing
    assert sentence.startswith(f"No pictures are shown: the data of {run.name}: /nowhere/leaves: there is no such file")
    page = Page(report.text)
    assert not page.all("button")
    assert all(each["alt"].startswith("Weights of unit ") for each in page.all("img"))
    assert "The surest mistakes" in page.seen


def test_pictures_that_were_put_together_in_python_can_be_given(run: Run) -> None:
    about = run.environment["data"]
    rewrite(run.directory.environment, data={**about, "reload": None})
    (sentence,) = Report.of(run).missing
    assert "they were made or changed in Python" in sentence
    assert sentence.endswith("In Python: tenfold.Report.of(run, data=dataset)")
    assert Report.of(Run(run.path, tenfold.load("digits"))).missing == ()
    assert Report.of(run, data=tenfold.load("digits")).missing == ()


@pytest.mark.parametrize(
    "name", ["metrics", "layers", "findings", "evaluation", "predictions", "environment", "recipe", "model"]
)
def test_a_damaged_file_costs_its_part_and_no_more(name: str, run: Run) -> None:
    getattr(run.directory, name).write_bytes(b"\x00nothing\n")
    report = Report.of(run)
    assert any(getattr(run.directory, name).name in sentence for sentence in report.missing)
    assert titles(Page(report.text))


def test_what_is_no_run_is_refused(tmp_path: Path, run: Run) -> None:
    with pytest.raises(RunError, match="it is not a run"):
        Report.of(tmp_path)
    run.directory.status.write_text("{}", encoding="utf-8")
    with pytest.raises(RunError, match=r"status\.json: no data and no epochs and no recipe and no state"):
        Report.of(run)


def test_a_network_of_ones_own_code_needs_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undrawn: None) -> None:
    Path("ownnet.py").write_text(
        "import keras\n"
        "class Own(keras.layers.Layer):\n"
        "    def call(self, x):\n"
        "        return x\n"
        "def make(shape, classes):\n"
        "    pixels = keras.Input(shape)\n"
        "    flat = keras.layers.Flatten(name='flat')(Own()(pixels))\n"
        "    first = keras.layers.Dense(8, name='first')(flat)\n"
        "    both = keras.layers.Add(name='both')([first, keras.layers.Dense(8, name='second')(first)])\n"
        "    return keras.Model(pixels, keras.layers.Dense(classes, activation='softmax')(both))\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(Path.cwd())
    run = tenfold.train("ownnet:make", "digits", epochs=1, runs=tmp_path / "runs", verbose=0)
    (sentence,) = Report.of(run).missing
    assert f"`tenfold report {run.name} --trust-code`" in sentence
    report = Report.of(run, trust_code=True)
    assert report.missing == ()
    (told,) = [each["aria-label"] for each in Page(report.text).all("svg") if "network of" in each["aria-label"]]
    assert "It branches; lines that pass by others: first to both." in told


def test_it_is_written_whole_into_the_run_or_where_it_was_asked_for(run: Run, tmp_path: Path) -> None:
    report = Report.of(run)
    assert report.save() == run.path / "report.html"
    assert run.directory.report.read_text(encoding="utf-8") == report.text
    assert report.save(tmp_path / "mine.html").read_text(encoding="utf-8").startswith("<!doctype html>\n")
    with pytest.raises(InputError, match=r"it is a folder; expected the name of a file, such as report\.html"):
        report.save(tmp_path)
    assert report.save(tmp_path / "no" / "where.html").read_text(encoding="utf-8") == report.text, "folders are made"


def test_what_tells_the_curves_apart_is_said_of_those_that_there_are() -> None:
    measured = {"epoch": 1, "loss": 1.0}
    assert training.in_words([measured]) == training.WHILE_LEARNING
    assert training.in_words([measured | {"val_loss": 1.0}]).endswith(training.NOT_COMPARABLE)
    assert training.in_words([measured | {"val_loss": 1.0, "train_loss": 1.0}]).endswith(training.SCORED_AGAIN)


def test_the_same_run_gives_the_same_page_and_a_notebook_keeps_it_apart(reported: Path, page: Page) -> None:
    report = Report.of(reported)
    assert report.text == page.text
    shown = Page(report._repr_html_())
    (frame,) = shown.all("iframe")
    assert frame["sandbox"] == "allow-scripts"
    assert Page(frame["srcdoc"]).all("h1")
    assert len(shown.elements) == 1
    assert re.fullmatch(r"report on small-digits-0001, 0\.\d\d MB", str(report))


def test_a_hundred_classes_are_a_table_of_pairs(run: Run) -> None:
    labels = np.repeat(np.arange(100), 4)
    said = (labels + (np.arange(400) % 4 == 0)) % 100
    names = tuple(f"class {index}" for index in range(100))
    Predictions.of(np.eye(100, dtype=np.float32)[said], labels, names).save(run.directory.predictions)
    page = Page(Report.of(run).text)
    assert "The most confused pairs of 100 classes." in page.seen
    assert not [each for each in page.all("table") if each.get("class") == "confusion"]


@pytest.mark.mnist
def test_the_report_on_mnist_is_small(mnist_dir: Path, tmp_path: Path) -> None:
    run = tenfold.train(small_recipe(epochs=1), "mnist", data_dir=mnist_dir, runs=tmp_path, verbose=0)
    report = Report.of(run)
    assert report.missing == ()
    assert 100_000 < len(report.text.encode()) < 4_000_000


def test_after_a_leak_the_result_says_less_of_other_pictures(run: Run) -> None:
    def headline(wrong: int, total: int) -> str:
        told = {**run.evaluation.as_json(), "unseen": {"wrong": wrong, "total": total}}
        run.directory.evaluation.write_text(json.dumps(told), encoding="utf-8")
        return Page(Report.of(run).text).seen

    assert "between 86.2 % and 94.2 %, going by those that training has not seen." in headline(18, 200)
    assert "Training has seen these pictures too, so this says nothing of others." in headline(0, 0)

"""Leaks with their ids, two labels for one picture, many repetitions, and labels that look wrong."""

import numpy as np
from tests.evaluation.findings.cases import CLASSES, only, predictions, silent

from tenfold.evaluation.findings.confidence import calibration
from tenfold.evaluation.findings.evidence import Evidence, Picture
from tenfold.evaluation.findings.pictures import blank, duplicates, label_suspects, leak, two_labels
from tenfold.evaluation.predictions import Predictions
from tenfold.evaluation.suspects import suspects

SIZES = {"train": 4000, "test": 1000}


def test_a_leak_is_told_with_ids_and_with_the_result_without_it() -> None:
    known = predictions(1000, 100)
    seen = np.flatnonzero(known.predicted == known.labels)[:400].tolist()
    same = [(Picture("train", 10 * one, 0), Picture("test", one, 0)) for one in seen]
    finding = only(leak, Evidence(predictions=known, same=same, sizes=SIZES))
    assert f"400 test pictures are among the training pictures too (40.0 %), such as test picture {seen[0]}" in (
        finding.claim
    )
    assert "the result looks better than it is. On the other 600 it is right in 83.3 %" in finding.claim
    assert (finding.evidence["count"], finding.evidence["ids"]) == (400, seen)  # all of them
    assert finding.advice == "Take them out of one of the two and train again; to see them: `tenfold data audit DATA`"
    assert finding.evidence["seen_as"][1] == ["train", 10 * seen[1]]


def test_where_no_command_loads_the_pictures_they_are_looked_at_in_python() -> None:
    same = [(Picture("train", 5, 0), Picture("test", 7, 0))]
    assert "`print(tenfold.audit(dataset))`" in only(leak, Evidence(same=same, data=None)).advice
    assert "--labels" not in only(label_suspects, Evidence(predictions=contradicted(0.99), data=None)).advice
    own = Evidence(predictions=contradicted(0.99), data="'my leaves'")
    assert "`tenfold data audit 'my leaves' --labels`" in only(label_suspects, own).advice


def test_a_leak_that_does_not_show_is_not_said_to_flatter() -> None:
    same = [(Picture("train", one, 0), Picture("test", one, 0)) for one in range(50)]
    finding = only(leak, Evidence(predictions=predictions(1000, 100), same=same, sizes=SIZES))
    assert "it hardly shows in the result, for on the other 950 it is right in 90.0 %" in finding.claim
    assert "better" not in finding.claim


def test_a_test_that_was_seen_whole_says_nothing_of_other_pictures() -> None:
    same = [(Picture("train", one, 0), Picture("test", one, 0)) for one in range(1000)]
    known = Evidence(predictions=predictions(1000, 10), same=same, sizes=SIZES)
    finding = only(leak, known)
    assert "that is all of them, so how good it is on pictures that it has not seen is not known." in finding.claim
    assert silent(calibration, known)


def test_of_very_many_leaks_a_thousand_are_listed() -> None:
    same = [(Picture("train", one, 0), Picture("test", one, 0)) for one in range(1500)]
    evidence = only(leak, Evidence(same=same)).evidence
    assert (evidence["count"], len(evidence["ids"]), len(evidence["seen_as"])) == (1500, 1000, 1000)


def test_of_a_search_in_a_part_it_says_at_least() -> None:
    same = [(Picture("train", 5, 0), Picture("test", 7, 0), Picture("test", 9, 0))]
    claim = only(leak, Evidence(same=same, searched=0.5)).claim
    assert claim.startswith("At least 2 test pictures are among the training pictures too, such as test picture 7")


def test_pictures_that_repeat_within_a_split_are_no_leak() -> None:
    same = [(Picture("train", 5, 0), Picture("train", 6, 0)), (Picture("test", 7, 0), Picture("test", 9, 0))]
    assert silent(leak, Evidence(same=same, sizes=SIZES))
    assert silent(two_labels, Evidence(same=same, sizes=SIZES))


def test_one_picture_with_two_labels() -> None:
    same = [(Picture("train", 5, 0), Picture("train", 6, 0), Picture("test", 9, 3))]
    finding = only(two_labels, Evidence(same=same))
    assert "1 picture occurs under two labels, such as train picture 5 and test picture 9" in finding.claim
    assert finding.evidence["pictures"] == [[["train", 5, 0], ["test", 9, 3], ["train", 6, 0]]]
    many = [(*(Picture("train", one, 0) for one in range(100)), Picture("test", 9, 3))]
    assert len(only(two_labels, Evidence(same=many)).evidence["pictures"][0]) == 20


def test_blank_pictures_are_neither_a_leak_nor_one_picture_under_two_labels() -> None:
    splits = ["train"] * 300 + ["test"] * 60
    empty = [Picture(split, one, one % 5, blank=True) for one, split in enumerate(splits)]
    evidence = Evidence(same=[empty], counts={"train": {"a": 500, "b": 500}}, predictions=predictions(1000, 100))
    finding = only(blank, evidence)
    assert finding.claim == (
        "360 pictures (300 of train and 60 of test) are of one single colour, under 5 labels, such as train picture 0: "
        "nothing is on them to tell their class by."
    )
    assert "leave them out" in finding.advice
    assert all(silent(rule, evidence) for rule in (leak, two_labels, duplicates))
    assert silent(blank, Evidence(same=[(Picture("train", 5, 0), Picture("train", 6, 1))]))


def test_many_repetitions_and_few() -> None:
    counts = {"train": {"a": 500, "b": 500}}
    same = [(Picture("train", one, 0), Picture("train", one + 500, 0)) for one in range(30)]
    finding = only(duplicates, Evidence(counts=counts, same=same))
    assert "30 training pictures repeat others exactly (3.0 %), such as numbers 0 and 500" in finding.claim
    assert silent(duplicates, Evidence(counts=counts, same=same[:4]))


def contradicted(firmly: float) -> Predictions:
    """Nearly all right and sure; pictures 3 and 8 are taken for the next class, `firmly`."""
    labels = np.arange(200) % 5
    answers, sure = labels.copy(), np.full(200, 0.95)
    answers[[3, 8]], sure[[3, 8]] = (labels[[3, 8]] + 1) % 5, firmly
    probabilities = np.tile(((1 - sure) / 4)[:, np.newaxis], 5)
    probabilities[np.arange(200), answers] = sure
    return Predictions.of(probabilities, labels, CLASSES)


def test_labels_that_are_firmly_contradicted_are_worth_a_look() -> None:
    finding = only(label_suspects, Evidence(predictions=contradicted(0.99)))
    assert "2 test labels are worth a look" in finding.claim
    assert "Picture 3 is labelled 'd' and looks like 'e' (99.0 %)" in finding.claim
    assert [picture["id"] for picture in finding.evidence["pictures"]] == [3, 8]
    assert finding.confidence == "hint"


def test_hesitant_mistakes_are_the_networks_own() -> None:
    assert silent(label_suspects, Evidence(predictions=contradicted(0.6)))


def test_a_bad_network_and_few_pictures_are_no_judges() -> None:
    assert silent(label_suspects, Evidence(predictions=predictions(1000, 700, sure=0.99)))
    assert silent(label_suspects, Evidence(predictions=predictions(60, 3, sure=0.99)))


def test_an_answer_that_is_less_likely_than_not_doubts_no_label() -> None:
    made = contradicted(0.5)
    flat = np.where(made.probabilities > 0.9, 0.45, made.probabilities)
    flat[flat < 0.4] = 0.1375  # as little sure of the right answers as of the two others
    hesitant = Predictions.of(flat, made.labels, CLASSES)
    assert [one.id for one in suspects(hesitant)] == [3, 8]
    assert silent(label_suspects, Evidence(predictions=hesitant))


def test_whose_fault_many_suspects_are_is_left_open() -> None:
    made = contradicted(0.99)
    assert "They are 2 of its 2 mistakes: whether the fault is its own or the labels', only looking tells." in (
        only(label_suspects, Evidence(predictions=made)).claim
    )
    probabilities = made.probabilities.copy()
    probabilities[50:60] = np.roll(np.where(made.probabilities[50:60] > 0.9, 0.6, 0.1), 1, axis=1)
    more = Predictions.of(probabilities, made.labels, CLASSES)
    assert len(more.wrong) == 12
    assert "its" not in only(label_suspects, Evidence(predictions=more)).claim.split("Picture")[1]

"""Every rule is listed, every kind is in the order and in the documentation, and no evidence gives no findings."""

import re
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from tests.evaluation.findings.cases import predictions, rows

from tenfold.evaluation.findings import cost
from tenfold.evaluation.findings.evidence import Command, Evidence
from tenfold.evaluation.findings.rules import KINDS, RULES, findings

FOLDER = Path(cost.__file__).parent
DOCS = Path(__file__).parents[3] / "docs" / "findings.md"


def test_nothing_known_nothing_said() -> None:
    assert findings(Evidence()) == []


def test_every_kind_that_a_rule_makes_has_its_place_and_is_documented() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py"))
    made = set(re.findall(r'Finding\(\s*"(\w+)"', source))
    assert made == KINDS.keys() - {"failed"}
    table = [f"| `{kind}` | {words} |" for kind, words in KINDS.items()]
    assert "\n".join(table) in DOCS.read_text(encoding="utf-8")


def test_every_rule_is_listed() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py"))
    assert {rule.__name__ for rule in RULES} == set(re.findall(r"def (\w+)\(evidence: Evidence\) -> Iterator", source))


def test_the_most_important_comes_first() -> None:
    evidence = Evidence(
        predictions=predictions(), validation="test", rows=rows(loss=[1.0]), sizes={"train": 9}, train_seconds=3
    )
    assert [finding.kind for finding in findings(evidence)][:2] == ["peeking", "accuracy"]


def test_time_is_told_with_its_rate() -> None:
    evidence = Evidence(rows=rows(loss=[1.0, 0.5]), sizes={"train": 9_000}, train_seconds=3.0, compile_seconds=0.5)
    (finding,) = cost.time(evidence)
    assert finding.claim == (
        "2 epochs over 9,000 pictures took 3.0 s, after 0.5 s of compiling: "
        "1.5 s an epoch, which is 6,000 pictures a second."
    )
    assert finding.evidence["pictures_a_second"] == 6_000
    (finding,) = cost.time(replace(evidence, train_seconds=3001.0))
    assert "took 3,001.0 s, after 0.5 s of compiling: 1,500 s an epoch, which is 6 pictures a second" in finding.claim


def test_what_the_first_epoch_does_only_once_is_not_told_of_every_epoch() -> None:
    evidence = Evidence(rows=rows(seconds=[5.0, 0.25, 0.3, 1.45]), sizes={"train": 9_000}, train_seconds=7.0)
    (finding,) = cost.time(evidence)
    assert finding.claim == (
        "4 epochs over 9,000 pictures took 7.0 s: 0.3 s an epoch past the first, which is 30,000 pictures a second."
    )
    assert finding.evidence["seconds"] == 7.0
    assert finding.evidence["seconds_an_epoch"] == 0.3
    (finding,) = cost.time(replace(evidence, rows=rows(seconds=[5.0]), train_seconds=5.0))
    assert finding.claim.endswith("took 5.0 s: 5 s an epoch, which is 1,800 pictures a second.")


@pytest.mark.parametrize(
    ("value", "typed"),
    [(0.0001, "0.0001"), (True, "true"), (None, "none"), (40, "40"), ("val_loss; rm", "'val_loss; rm'")],
)
def test_a_command_with_another_setting(value: object, typed: str) -> None:
    command = Command("tenfold train mlp", {"training.epochs": 5, "early_stopping.monitor": "loss"})
    assert command.but({"early_stopping.monitor": value}) == (
        f"tenfold train mlp --epochs 5 --set early_stopping.monitor={typed}"
    )


def test_a_path_with_backticks_stays_inside_the_command() -> None:
    path = "my`data` it's"
    words = Command(f"echo {shlex.quote(path)}").but({})
    assert "`" not in words
    assert subprocess.run(["bash", "-c", words], capture_output=True, text=True, check=True).stdout == f"{path}\n"

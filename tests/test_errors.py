"""An error is one line with four parts, whatever it is about."""

import pytest

from tenfold import errors


def test_the_line_and_the_object_say_the_same():
    error = errors.DataError("x.npz", found="no key y_train", expected="labels", do="add them")
    assert str(error) == error.line == "x.npz: no key y_train; expected labels. Add them"
    assert error.as_json() == {
        "error": "DataError",
        "message": error.line,
        "thing": "x.npz",
        "found": "no key y_train",
        "expected": "labels",
        "do": "add them",
    }


def test_a_hostile_name_stays_on_its_line():
    error = errors.InputError("a\nb\x1b[2J\u202e", found="a\rb")
    assert str(error) == "a\\nb\\x1b[2J\\u202e: a\\rb"


@pytest.mark.parametrize(
    ("name", "hint"),
    [("epoch", "did you mean 'epochs'?"), ("zzz", "known names: epochs, seed"), ("", "known names: epochs, seed")],
)
def test_did_you_mean(name, hint):
    assert errors.did_you_mean(name, ["seed", "epochs"]) == hint


def test_input_errors_exit_with_2_and_all_others_with_1():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.TenfoldError)]
    codes = {kind.__name__: kind.exit_code for kind in kinds}
    assert codes == {kind.__name__: 2 if issubclass(kind, errors.InputError) else 1 for kind in kinds}
    assert len(kinds) >= 12

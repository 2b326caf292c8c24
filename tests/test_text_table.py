"""Tables stand straight, in HTML every cell is escaped, and a share is never rounded to none or all."""

import pytest

from tenfold.text_table import columns, html_table, percent, plural


def test_columns_count_the_width_that_characters_have_on_a_screen() -> None:
    assert columns([["name", "n"], ["猫", "10"], ["dog", "5"]], right=[1]) == ["name   n", "猫    10", "dog    5"]


def test_html_is_escaped_everywhere() -> None:
    page = html_table([["<b>", "n"], ["<script>", "a\x1b\u202eb"]], right=[1], caption="<i>&")
    assert "<b>" not in page
    assert "<script>" not in page
    assert '<td style="text-align:left">&lt;script&gt;</td>' in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert '<caption style="text-align:left">&lt;i&gt;&amp;</caption>' in page
    assert '<th scope="col" style="text-align:right">n</th>' in page


def test_a_share_that_is_not_known_is_a_dash() -> None:
    assert (percent(None), percent(0.5), percent(0.98765, 2)) == ("-", "50.0 %", "98.77 %")


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [
        (0.0, 1, "0.0 %"),
        (1.0, 2, "100.00 %"),
        (1, 0, "100 %"),
        (0.9996, 1, "99.96 %"),
        (0.996, 0, "99.6 %"),
        (0.0004, 0, "0.04 %"),
        (1 / 60_000, 2, "0.002 %"),
        (0.99999994, 1, "over 99.9999 %"),
        (1e-12, 2, "under 0.0001 %"),
        (1.204, 1, "120.4 %"),
    ],
)
def test_a_share_is_said_to_be_none_or_all_only_where_it_is(share: float, decimals: int, text: str) -> None:
    assert percent(share, decimals) == text


@pytest.mark.parametrize(
    ("share", "of", "text"),
    [
        (0.84, 25, "84 %"),
        (24 / 25, 25, "96 %"),
        (0.97493, 359, "97.5 %"),
        (0.9741, 10_000, "97.41 %"),
        (999 / 1000, 1000, "99.9 %"),
        (0.9999, 10_000, "99.99 %"),
        (0.5, 0, "50 %"),
    ],
)
def test_a_share_has_as_many_decimals_as_its_pictures_can_carry(share: float, of: int, text: str) -> None:
    assert percent(share, of=of) == text


def test_what_is_counted_has_its_plural() -> None:
    assert [plural(count, "class", "classes") for count in (0, 1, 2000)] == ["0 classes", "1 class", "2,000 classes"]
    assert plural(2, "picture") == "2 pictures"

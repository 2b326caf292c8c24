"""Tables stand straight, whatever is in their cells, and in HTML every cell is escaped."""

from tenfold.text_table import columns, html_table, percent


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

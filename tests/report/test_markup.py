"""Whatever is put into a page stays text, unless the page's own code made it."""

from __future__ import annotations

from tenfold.report.markup import Html, facts, name, table, tag, verbatim, with_commands


def test_text_and_attributes_are_escaped_and_html_is_not() -> None:
    assert tag("p", "a < b", tag("b", "so"), 7, class_="note") == '<p class="note">a &lt; b<b>so</b>7</p>'
    assert tag("p", title='"><script>') == '<p title="&quot;&gt;&lt;script&gt;"></p>'
    assert tag("b", Html("&amp;")) == "<b>&amp;</b>"


def test_attributes_are_named_as_in_html_and_can_be_left_out() -> None:
    assert tag("div", hidden=True, aria_label="x", id=None, open=False) == '<div hidden aria-label="x"></div>'
    assert tag("img", alt="") == '<img alt="">'


def test_characters_that_turn_a_line_around_are_made_visible() -> None:
    assert tag("p", "a\u202eb\x1b[31m\nc") == "<p>a\\u202eb\\x1b[31m\\nc</p>"
    assert name("שלום") == "<bdi>שלום</bdi>"


def test_a_long_name_can_be_cut_and_is_whole_when_it_is_pointed_at() -> None:
    assert name('a "long" name') == '<bdi title="a &quot;long&quot; name">a &quot;long&quot; name</bdi>'


def test_lines_stay_lines_where_they_are_meant_to() -> None:
    assert verbatim("a < b\nc\x00") == '<pre tabindex="0">a &lt; b\nc\\x00</pre>'


def test_a_table_has_a_caption_and_headers_for_columns_and_rows() -> None:
    assert table([["class", "n"], ["<a>", 3]], caption="Counts", right=[1]) == (
        '<div class="box" tabindex="0" role="region" aria-label="Counts"><table><caption>Counts</caption>'
        '<thead><tr><th scope="col">class</th><th scope="col" class="number">n</th></tr></thead>'
        '<tbody><tr><th scope="row">&lt;a&gt;</th><td class="number">3</td></tr></tbody></table></div>'
    )


def test_what_stands_in_backticks_is_to_be_typed() -> None:
    assert with_commands("type `tenfold train <x>` & go") == "type <code>tenfold train &lt;x&gt;</code> &amp; go"


def test_facts_are_a_list_of_terms() -> None:
    assert facts([("a", 1)]) == "<dl><div><dt>a</dt><dd>1</dd></div></dl>"

"""Cells as HTML."""

import json

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from tollbook.portal.cells import WIDGET, html_of, in_script, prose
from tollbook.show.widget import SNAPSHOT


def shown(kind="display_data", **options):
    return html_of(new_code_cell("x", outputs=[new_output(kind, **options)]), 3)


def test_prose_stands_in_the_page_with_its_tags():
    html = html_of(new_markdown_cell("## ASR\n\nof *all*", metadata={"tags": ["left"]}), 2)
    assert html.startswith('<div cell-index="2">')
    assert "celltag_left" in html
    assert "of <em>all</em>" in html
    assert "<h2" in html
    assert "anchor-link" not in prose("## ASR")


def test_code_and_cells_that_show_nothing_are_absent():
    assert html_of(new_code_cell("secret = 1"), 1) == ""


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"text/html": "<b>x</b>", "text/plain": "x"}, "<b>x</b>"),
        ({"image/png": "QUJD\n"}, 'src="data:image/png;base64,QUJD"'),
        ({"image/svg+xml": "<svg/>"}, "<svg/>"),
        ({"text/markdown": "*x*"}, "<em>x</em>"),
        ({"text/plain": "a<b"}, "<pre>a&lt;b</pre>"),
        (
            {"application/vnd.other+json": {"a": 1}, "text/plain": "x"},
            "application/vnd.voila.cell-output+json",
        ),
    ],
)
def test_an_output_is_shown_as_the_best_of_what_it_is(data, found):
    assert found in shown(data=data)


def test_what_is_printed_and_what_failed_are_text():
    assert "<pre>a&lt;b</pre>" in shown("stream", name="stdout", text="a<b")
    html = shown("error", ename="E", evalue="v", traceback=["The log of the server says why."])
    assert "stderr" in html
    assert "The log of the server says why." in html


def test_a_widget_comes_as_a_snapshot_and_for_voila_without_it():
    snapshot = {"key": "k", "module": "m", "state": {"a": "</script>"}}
    html = shown(data={WIDGET: {"model_id": "1"}, SNAPSHOT: snapshot})
    early, late = html.split('<script type="application/vnd.voila.cell-output+json">')
    told = early.split(f'<script type="{SNAPSHOT}">')[1].split("</script>")[0]
    assert json.loads(told) == snapshot
    assert "tollbookEarly.draw" in early
    assert SNAPSHOT not in late
    assert json.loads(late.split("</script>")[0])["data"] == {WIDGET: {"model_id": "1"}}


def test_no_value_ends_the_script_it_stands_in():
    assert "<" not in in_script({"a": "</script><script>"})
    assert json.loads(in_script({"a": "</script>"})) == {"a": "</script>"}

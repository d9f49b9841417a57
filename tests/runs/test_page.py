"""An executed notebook as a page of its own."""

import re

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tollbook.runs.page import html_page


def page(**data: str) -> str:
    shown = [new_output("execute_result", {name.replace("_", "/"): text for name, text in data.items()})]
    printed = [new_output("stream", text="printed")]
    cells = [
        new_markdown_cell("# For the reader", metadata={"tags": ["reader"]}),
        new_markdown_cell("## Amount"),
        new_code_cell("secret_code()", outputs=[*printed, *shown]),
        new_code_cell("more()", outputs=[new_output("display_data", {"text/html": "<b>more</b>"})]),
    ]
    return html_page(new_notebook(cells=cells), "Invoice <1>")


def test_page_has_words_and_displays_but_no_code() -> None:
    text = page(text_html="<table id='x'></table>", text_plain="Html()")
    assert "<h2>Amount</h2>" in re.sub(r"<h2[^>]*>", "<h2>", text)
    assert "<table" in text
    assert "<b>more</b>" in text
    for absent in ("secret_code", "printed", "Html()", "For the reader"):
        assert absent not in text


def test_page_needs_no_network_and_no_script() -> None:
    text = page(text_html="<i>x</i>")
    assert not re.search(r"(?i)<script|<link|@import|https?:|src=|url\(", text)


def test_text_is_escaped() -> None:
    text = page(text_plain="1 < 2")
    assert "1 &lt; 2" in text
    assert "<title>Invoice &lt;1&gt;</title>" in text

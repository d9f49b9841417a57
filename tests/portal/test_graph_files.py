"""A graph as a table, as files and on the clipboard, by its menu in a real browser."""

import re
from pathlib import Path

import pytest

from portal.axe import COLOURS, faults
from portal.graph_board import HOURS, LABELS, NAMES, SPAN, Board, drawing, points
from tollbook.show import charts

pytestmark = pytest.mark.browser


@pytest.fixture
def board(page):
    made = Board(page)
    yield made
    assert made.wrong == []


def test_a_graph_is_a_table_and_stays_one_when_figures_come(board):
    board.button("asr", "North").click()
    board.more("asr", "View as table")
    table = board.card("asr").get_by_role("table", name=re.compile("^ASR, "))
    heads = table.get_by_role("columnheader").all_inner_texts()
    assert heads == ["Time (Europe/Riga)", "Line", "ASR (%)", "Numerator", "Denominator"]
    first = table.locator("tbody tr").first
    assert first.locator("th, td").all_inner_texts() == ["2026-10-24 15:00", "North", "10.00 %", "1", "10"]
    assert table.locator("tbody tr").count() == HOURS * 4
    assert first.locator("td").nth(1).evaluate("cell => getComputedStyle(cell).textAlign") == "end"
    board.harness.push(lambda: board.asr.show(drawing(more=1)))
    board.page.wait_for_function(
        "document.querySelector('[data-name=asr] tbody td:nth-child(3)').textContent === '20.00 %'"
    )
    board.more("asr", "View as graph")
    assert board.plot("asr").is_visible()


def test_it_is_saved_as_csv_svg_and_png(board, tmp_path):
    board.button("asr", "North").click()
    saved = {}
    for ending in ("CSV", "SVG", "PNG"):
        with board.page.expect_download() as waited:
            board.more("asr", f"Save as {ending}")
        assert waited.value.suggested_filename == f"tollbook-asr-2026-10-24.{ending.lower()}"
        waited.value.save_as(tmp_path / ending)
        saved[ending] = Path(tmp_path / ending).read_bytes()
    assert saved["CSV"].startswith(
        b"Time (Europe/Riga),Line,ASR (%),Numerator,Denominator\n2026-10-24T15:00+03:00,Total,0.0,0,10\n"
    )
    assert saved["CSV"].count(b"\n") == 1 + len(NAMES) * HOURS * 4
    svg = saved["SVG"].decode()
    assert not re.search(r"var\(|currentColor|href|system-ui|url\(", svg)
    assert ">ASR</text>" in svg
    assert "Sat 24 Oct 2026 15:00" in svg
    assert ">North</text>" in svg
    assert ">Total</text>" not in svg
    assert saved["PNG"].startswith(b"\x89PNG")
    width = int(re.search(r'width="([\d.]+)"', svg)[1])
    assert int.from_bytes(saved["PNG"][16:20], "big") == 2 * width


def test_a_picture_has_a_key_for_the_dashed_line_of_the_span_before(board, tmp_path):
    with_before = charts.lines(points(), SPAN, unit="%", note="ASR", labels=LABELS, before=points(more=2))
    board.harness.push(lambda: board.asr.show(with_before))
    board.wait_for_lines("asr", len(NAMES) + 1)
    with board.page.expect_download() as waited:
        board.more("asr", "Save as SVG")
    waited.value.save_as(tmp_path / "asr.svg")
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", (tmp_path / "asr.svg").read_text(encoding="utf-8"))
    assert texts[-1] == "Before"


def test_figures_and_picture_are_copied(board):
    board.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    board.more("asr", "Copy data")
    voice = board.page.locator("#tollbook-voice")
    voice.get_by_text("Copied").wait_for()
    assert board.page.evaluate("navigator.clipboard.readText()").startswith("Time (Europe/Riga)\tLine\t")
    voice.evaluate("voice => { voice.textContent = ''; }")
    board.more("asr", "Copy picture")
    voice.get_by_text("Copied").wait_for()
    assert board.page.evaluate("navigator.clipboard.read().then(([item]) => item.types)") == ["image/png"]


def test_the_menu_works_by_keys(board):
    more = board.card("asr").get_by_role("button", name="More for ASR")
    more.focus()
    board.page.keyboard.press("ArrowDown")
    assert more.get_attribute("aria-expanded") == "true"
    board.page.keyboard.press("ArrowDown")
    assert board.page.evaluate("document.activeElement.textContent") == "Copy data"
    board.page.keyboard.press("Escape")
    assert more.get_attribute("aria-expanded") == "false"
    assert board.page.evaluate("document.activeElement.getAttribute('aria-label')") == "More for ASR"


def test_everybody_can_use_it(board):
    board.button("asr", "North").click()
    board.more("acd", "View as table")
    board.card("acd").get_by_role("table").wait_for()
    board.harness.push(lambda: board.dtmf.fail("The database does not answer."))
    board.card("dtmf").get_by_role("alert").first.wait_for()
    assert faults(board.page) == []
    board.page.emulate_media(color_scheme="dark")
    assert faults(board.page, rules=COLOURS) == []

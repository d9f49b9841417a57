"""Graphs in a real browser: the legend, the pointer, spans that are marked, and what stays when figures come."""

import re

import polars as pl
import pytest

from portal.graph_board import HOURS, LABELS, NAMES, SPAN, Board, drawing, points
from portal.harness import Harness
from tollbook.language import direction
from tollbook.params import Dashboard
from tollbook.show import charts
from tollbook.show.choices import Choices
from tollbook.show.graph import Graph
from tollbook.show.lineup import TOTAL

pytestmark = pytest.mark.browser
REDRAWN = """async (name) => {
  const hosts = [...document.querySelectorAll('.tollbook-chart')];
  const versions = hosts.map((host) => Number(host.dataset.version));
  document.querySelector(`[data-name=asr] button[data-name="${name}"]`).click();
  while (hosts.some((host, i) => Number(host.dataset.version) === versions[i])) await new Promise((done) => setTimeout(done));
  await new Promise((done) => setTimeout(done, 400));
  return hosts.map((host, i) => Number(host.dataset.version) - versions[i]);
}"""


@pytest.fixture
def board(page):
    made = Board(page)
    yield made
    assert made.wrong == []


def test_a_graph_is_a_named_part_with_a_described_picture(board):
    card = board.page.get_by_role("region", name="ASR")
    assert card.get_by_role("heading", level=2).inner_text() == "ASR"
    told = card.locator("[role=img]").get_attribute("aria-label")
    assert told.startswith("ASR, Sat 24 Oct 2026 15:00 to Sun 25 Oct 2026")
    assert re.search(r"Lines: Total, .*North.*\. Total: from .* % to .* %, last .* %\.$", told)
    assert board.lines("asr") == len(NAMES)


def test_a_click_isolates_in_every_graph_of_the_same_kind_and_again_brings_all_back(board):
    board.button("asr", "North").click()
    for graph in ("asr", "acd"):
        board.wait_for_lines(graph, 1)
        assert board.pressed(graph) == ["North"]
    assert board.lines("dtmf") == len(NAMES)
    assert board.address()["only"] == "carrier:north"
    assert board.choices.value.only == "carrier:north"
    board.button("acd", "North").click()
    for graph in ("asr", "acd"):
        board.wait_for_lines(graph, len(NAMES))
    assert "only" not in board.address()


def test_shift_adds_and_removes_by_mouse_and_by_key(board):
    board.button("asr", "Total").click()
    board.button("asr", "south, inc").click(modifiers=["Shift"])
    board.wait_for_lines("acd", 2)
    assert board.address()["only"] == 'carrier:*total,"carrier:south, inc"'
    board.button("asr", "Total").focus()
    board.page.keyboard.press("Shift+Enter")
    board.wait_for_lines("acd", 1)
    assert board.pressed("acd") == ["south, inc"]
    board.page.keyboard.press("Shift+Enter")
    board.wait_for_lines("acd", 2)
    board.page.keyboard.press("Enter")
    board.wait_for_lines("acd", 1)
    assert board.pressed("asr") == ["Total"]


def test_shift_with_all_shown_leaves_one_out(board):
    board.button("asr", "North").click(modifiers=["Shift"])
    board.wait_for_lines("asr", len(NAMES) - 1)
    assert "North" not in board.pressed("asr")


def test_graphs_of_other_kinds_keep_their_own_choice(board):
    board.button("asr", "North").click()
    board.button("dtmf", "Total").click()
    board.wait_for_lines("dtmf", 1)
    assert (board.pressed("asr"), board.pressed("dtmf")) == (["North"], ["Total"])
    assert board.address()["only"] == "carrier:north,customer:*total"


def test_the_axis_fits_the_lines_that_are_left(page):
    board = Board(page)
    low = pl.concat([points((TOTAL,)), points(("north",)).with_columns(pl.col("value") / 100)])
    board.harness.push(lambda: board.asr.show(charts.lines(low, SPAN, unit="%", note="ASR", labels=LABELS)))
    board.wait_for_lines("asr", 2)
    top = "document.querySelector('[data-name=asr] .tollbook-chart').tollbookView.scale('y').domain()[1]"
    assert page.evaluate(top) >= 90
    board.button("asr", "North").click()
    page.wait_for_function(f"{top} < 2")


def test_the_choice_comes_back_with_the_address(page):
    choice = Choices(Dashboard.of({"only": "carrier:north"}, "here"))
    graph = Graph("asr", "ASR", by="carrier")
    graph.show(drawing(), only=choice.value.only)
    Harness(page, [choice.widget, graph]).open("?only=carrier:north")
    page.locator("[data-drawn]").wait_for()
    assert page.locator(".mark-line path[d]").count() == 1


def test_four_graphs_follow_a_click_at_once(board):
    board.harness.push(lambda: board.dtmf.show(drawing(), by="carrier"))
    rows = charts.lines(points(), SPAN, unit="%", note="x", labels=LABELS)
    board.harness.push(lambda: board.cities.show(rows, by="carrier"))
    board.wait_for_lines("destinations", len(NAMES))
    # Each is drawn once for a click, not once for each thing that a click changes; the benchmark says how soon.
    assert [board.page.evaluate(REDRAWN, name) for name in (TOTAL, "north")] == [[1, 1, 1, 1]] * 2


def test_the_pointer_tells_every_line_with_its_parts(board):
    board.page.mouse.move(*board.at("asr", 0.5001))
    tip = board.page.locator(".tollbook-tip")
    # Half of 96 quarters: the 49th, midnight UTC, 03:00 summer time in Riga.
    assert tip.locator("p").inner_text() == "Sun, 25 Oct 2026, 03:00 · Europe/Riga"
    rows = [" ".join(row.locator("th, td").all_inner_texts()) for row in tip.locator("tr").all()]
    assert rows == [
        "Total 80.00 % 8 / 10",
        "North 90.00 % 9 / 10",
        "south, inc 0.00 % 0 / 10",
        "<b>east</b> 10.00 % 1 / 10",
    ]
    board.page.mouse.move(0, 0)
    tip.wait_for(state="hidden")


def test_arrows_move_the_pointer_and_screen_readers_hear_the_figures(board):
    board.button("asr", "North").click()
    plot = board.plot("asr")
    plot.focus()
    for key in ("ArrowRight", "ArrowRight", "PageDown", "ArrowLeft"):
        board.page.keyboard.press(key)
    assert plot.get_attribute("aria-valuenow") == "11"  # 1, 2, 12, 11
    assert plot.get_attribute("aria-valuetext").endswith("17:30 · Europe/Riga: North 10.00 % (1 / 10)")
    board.page.keyboard.press("End")
    assert plot.get_attribute("aria-valuenow") == plot.get_attribute("aria-valuemax") == "96"


def test_bars_are_told_too(board):
    board.plot("destinations").focus()
    board.page.keyboard.press("ArrowDown")
    board.page.keyboard.press("ArrowDown")
    assert board.plot("destinations").get_attribute("aria-valuetext") == "Germany: Destinations 4"


def test_a_marked_span_becomes_the_pages_across_the_change_of_the_clock(board):
    # From 22:00 UTC (10 of 24 hours) to 06:00 UTC (18 of 24): 01:00 summer time to 08:00 winter time in Riga.
    board.drag("asr", 10 / 24 + 0.002, 18 / 24 - 0.002)
    tip = board.page.locator(".tollbook-tip").inner_text()
    assert re.search("01:00.*–.*08:00", tip)
    board.page.mouse.up()
    assert board.address()["start"] == "2026-10-24T22:00:00Z"
    assert board.address()["end"] == "2026-10-25T06:00:00Z"
    assert board.choices.value.start == "2026-10-24T22:00:00Z"


def test_the_whole_range_comes_back_by_button_double_click_and_escape(board):
    back = board.card("acd").get_by_role("button", name="Whole range")
    assert back.is_hidden()
    for way in ("button", "double", "escape"):
        board.drag("asr", 0.2, 0.6)
        board.page.mouse.up()
        board.drag("acd", 0.3, 0.5)
        board.page.mouse.up()
        assert {"start", "end"} <= set(board.address())
        if way == "button":
            back.click()
        elif way == "double":
            board.page.mouse.dblclick(*board.at("asr", 0.5))
        else:
            board.plot("asr").focus()
            board.page.keyboard.press("Escape")
        assert not {"start", "end"} & set(board.address())
        assert back.is_hidden()


def test_escape_while_dragging_and_a_mere_click_choose_nothing(board):
    board.plot("asr").focus()
    board.drag("asr", 0.2, 0.6)
    board.page.keyboard.press("Escape")
    board.page.mouse.up()
    board.page.mouse.click(*board.at("asr", 0.5))
    assert not board.address()


def test_a_span_can_be_marked_by_keys(board):
    board.plot("asr").focus()
    for key in ("Home", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Enter"):
        board.page.keyboard.press(key)
    # The second to the fifth quarter.
    assert board.address()["start"] == "2026-10-24T12:15:00Z"
    assert board.address()["end"] == "2026-10-24T13:15:00Z"


def test_pieces_between_quarters_are_no_edges(board):
    frame = points(pieces=HOURS * 12)
    fine = charts.lines(frame, SPAN, unit="", note="Live channels", step=True)
    board.harness.push(lambda: board.asr.show(fine))
    board.page.wait_for_function(
        "document.querySelector('[data-name=asr] .tollbook-plot').ariaValueMax === '288'"
    )
    board.drag("asr", 0.1, 0.2)
    board.page.mouse.up()
    assert board.address()["start"] == "2026-10-24T14:30:00Z"  # 2.4 hours in
    assert board.address()["end"] == "2026-10-24T16:45:00Z"  # 4.8 hours in


def test_what_lines_are_of_is_chosen_for_one_graph(board):
    chosen = board.card("asr").get_by_role("combobox", name="Lines by, ASR")
    chosen.select_option("customer")
    assert board.address()["by"] == "carrier,asr:customer"
    chosen.select_option("carrier")
    assert "by" not in board.address()


def test_states_are_told_in_words_and_keep_the_height(board):
    card, asked = board.card("asr"), []
    board.asr.each_again(lambda: asked.append(1))
    high = card.bounding_box()["height"]
    board.harness.push(lambda: board.asr.fail("The database does not answer."))
    card.get_by_role("alert").get_by_text("The database does not answer.").wait_for()
    assert card.bounding_box()["height"] == pytest.approx(high, abs=2)
    card.get_by_role("button", name="Try again").click()
    board.page.wait_for_timeout(0)
    assert asked == [1]
    board.harness.push(board.asr.show_nothing)
    card.get_by_text("No calls in this span").wait_for()
    board.harness.push(lambda: board.asr.show(drawing()))
    board.plot("asr").wait_for()
    board.harness.push(board.asr.wait)
    assert card.get_attribute("aria-busy") == "true"
    assert card.locator("svg").is_visible()  # the old drawing stays until there is a new one


def test_new_rows_are_taken_in_without_drawing_anew(board):
    host = board.card("asr").locator(".tollbook-chart")
    host.evaluate("host => { window.before = host.tollbookView; }")
    board.button("asr", "North").click()
    board.wait_for_lines("asr", 1)
    version = int(host.get_attribute("data-version"))
    board.harness.push(lambda: board.asr.show(drawing(more=3)))
    board.page.wait_for_function(
        f"document.querySelector('[data-name=asr] .tollbook-chart').dataset.version > {version}"
    )
    assert host.evaluate("host => host.tollbookView === window.before")
    assert board.lines("asr") == 1
    board.page.mouse.move(*board.at("asr", 0.001))
    assert "40.00 %" in board.page.locator(".tollbook-tip").inner_text()  # 1 and 3 more of 10


def test_the_span_before_is_dashed_and_told_beside(board):
    with_before = charts.lines(points(), SPAN, unit="%", note="ASR", labels=LABELS, before=points(more=2))
    board.harness.push(lambda: board.asr.show(with_before))
    board.wait_for_lines("asr", len(NAMES) + 1)  # of the total, until the legend leaves others
    assert board.card("asr").locator(".mark-line path[stroke-dasharray]").count() == 1
    board.page.mouse.move(*board.at("asr", 0.001))
    rows = board.page.locator(".tollbook-tip tr").all_inner_texts()
    assert [cell.strip() for cell in rows[1].split("\t")] == ["Total", "0.00 %", "0 / 10", "20.00 %"]
    board.button("asr", "North").click()
    board.wait_for_lines("asr", 2)


def test_new_figures_take_the_old_ones_from_the_pointer(board):
    board.page.mouse.move(*board.at("asr", 0.001))
    tip = board.page.locator(".tollbook-tip")
    assert "0.00 %" in tip.inner_text()
    board.harness.push(lambda: board.asr.show(drawing(more=3)))
    tip.wait_for(state="hidden")
    board.page.mouse.move(*board.at("asr", 0.002))
    assert "30.00 %" in tip.inner_text()


def test_bars_have_a_key_for_what_was_before(board):
    rows = pl.DataFrame({"series": ["Latvia"], "value": [9.0], "words": ["9"]})
    before = rows.with_columns(value=pl.lit(4.0), words=pl.lit("4"))
    card = board.card("destinations")
    assert card.locator(".tollbook-legend").is_hidden()
    board.harness.push(lambda: board.cities.show(charts.bars(rows, unit="", note="", before=before)))
    card.locator(".tollbook-legend-before").wait_for()
    board.plot("destinations").focus()
    board.page.keyboard.press("ArrowDown")
    assert board.plot("destinations").get_attribute("aria-valuetext") == "Latvia: Destinations 9 Before 4"


def test_names_are_text_whatever_is_in_them(board):
    board.page.mouse.move(*board.at("asr", 0.5))
    assert board.button("asr", "<b>east</b>").count() == 1
    assert board.page.locator("main b, .tollbook-tip b").count() == 0


def test_it_follows_the_width_and_fits_a_narrow_page(board):
    board.page.set_viewport_size({"width": 390, "height": 800})
    board.page.wait_for_function("document.querySelector('[data-name=asr] svg').clientWidth < 360")
    board.page.wait_for_function("document.documentElement.scrollWidth <= 390")
    board.page.wait_for_function(
        "(() => { const plot = document.querySelector('[data-name=asr] .tollbook-plot').getBoundingClientRect(); const path = document.querySelector('[data-name=asr] path.background').getBoundingClientRect(); return Math.abs(plot.width - path.width) < 2; })()"
    )


def test_from_right_to_left_the_card_is_mirrored_and_time_is_not(page):
    board = Board(page, language="ar", direction=direction("ar"))
    title, more = (
        board.card("asr").locator("h2").bounding_box(),
        board.card("asr").locator(".tollbook-graph-more").bounding_box(),
    )
    assert more["x"] < title["x"]
    page.mouse.move(*board.at("asr", 0.001))
    assert "0 / 10" in page.locator(".tollbook-tip").inner_text()
    for figure in (
        ".tollbook-tip tr:first-child td:nth-child(2)",
        ".tollbook-tip tr:first-child td:nth-child(3)",
    ):
        assert first_and_last(page, figure)  # 0.00 % and 0 / 10, not the other way round
    assert first_and_last(page, "[data-name=dtmf] h2")
    assert first_and_last(page, "[data-name=asr] button[data-name='<b>east</b>'] .tollbook-legend-name")


def first_and_last(page, where):
    """Whether the first letter of an element's text stands left of its last one."""
    return page.locator(where).evaluate(
        """(one) => {
          let text = one;
          while (text.nodeType !== Node.TEXT_NODE) text = text.lastChild;
          const place = (at) => { const range = document.createRange(); range.setStart(text, at); range.setEnd(text, at + 1); return range.getBoundingClientRect().left; };
          return place(0) < place(text.length - 1);
        }"""
    )


def test_eighty_replacements_leave_nothing_behind(board):
    session = board.page.context.new_cdp_session(board.page)
    session.send("Performance.enable")

    def held():
        session.send("HeapProfiler.collectGarbage")
        found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        return found["JSHeapUsedSize"] / 1e6, found["JSEventListeners"]

    def replace(times):
        host = board.card("asr").locator(".tollbook-chart")
        for turn in range(times):
            version = host.get_attribute("data-version")
            board.harness.push(lambda more=turn + 1: board.asr.show(drawing(more=more)))
            board.page.wait_for_function(
                "(v) => document.querySelector('[data-name=asr] .tollbook-chart').dataset.version !== v",
                arg=version,
            )

    replace(40)
    heap_mb, listeners = held()
    replace(80)
    after_mb, now = held()
    assert after_mb < heap_mb + 20  # collectors take their time; what leaks takes 3 MB each, 240 in all
    assert now <= listeners


def test_figures_keep_their_order_in_a_text_from_right_to_left(page):
    board = Board(page, language="ar", direction="rtl")
    plot = board.page.locator("[data-name=asr] .tollbook-plot")
    plot.hover(position={"x": 200, "y": 100})
    tip = board.page.locator(".tollbook-tip")
    tip.wait_for()
    own = "(all) => all.map((one) => [one.textContent.trim(), getComputedStyle(one).direction])"
    told = dict(tip.locator("td bdi").evaluate_all(own))
    assert told
    assert {direction for words, direction in told.items() if words} == {"ltr"}


def test_what_the_pointer_told_is_gone_when_other_figures_come(board):
    board.page.locator("[data-name=asr] .tollbook-plot").hover(position={"x": 200, "y": 100})
    tip = board.page.locator(".tollbook-tip")
    tip.wait_for()
    board.harness.push(lambda: board.asr.show(drawing(more=1)))
    tip.wait_for(state="hidden")

"""The dashboard as its readers see it: the figures of the command line, whatever they choose, and the same by address."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest

from portal.conftest import served
from tollbook.account.database import Database
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake
from tollbook.show.lineup import TOTAL
from tollbook.tables import CALLS, conform
from tollbook.workspace import Workspace

pytestmark = pytest.mark.browser
ZONE = "Europe/Riga"
DAY = "start=2026-10-05T00:00Z&end=2026-10-06T00:00Z"
DRAWN = "n => document.querySelectorAll('.tollbook-graph .tollbook-chart[data-drawn]').length === n"
READY = "[...document.querySelectorAll('.tollbook-graph')].every((card) => card.dataset.state !== 'loading')"


class Board:
    """The page, and what a reader does on it."""

    def __init__(self, watched, graphs=4):
        self.watched, self.page = watched, watched.page
        self.page.wait_for_function(DRAWN, arg=graphs)
        self.page.wait_for_function("globalThis.tollbookChosen !== undefined")

    def card(self, name):
        return self.page.locator(f".tollbook-graph[data-name={name}]")

    def tile(self, name):
        return self.page.locator(f".tollbook-tile[data-metric={name}]")

    def wait_for_tile(self, name, value):
        self.page.wait_for_function(
            "([name, value]) => document.querySelector(`[data-metric=${name}] strong`)?.textContent === value",
            arg=[name, value],
        )

    def button(self, graph, name):
        return self.card(graph).locator(".tollbook-legend").get_by_role("button", name=name, exact=True)

    def lines(self, graph):
        return self.card(graph).locator(".mark-line path[d]").count()

    def wait_for_lines(self, graph, count):
        self.page.wait_for_function(
            "([name, n]) => document.querySelectorAll(`[data-name=${name}] .mark-line path[d]`).length === n",
            arg=[graph, count],
        )

    def points(self, graph, series):
        """The figures of a line that are known, in order; the point that only ends the last step is none of them."""
        rows = (
            self.card(graph).locator(".tollbook-chart").evaluate("(host) => host.tollbookView.data('lines')")
        )
        line = [row for row in rows if row["series"] == series]
        end = max(row["t"] for row in line) if graph == "channels" else float("inf")
        return [row["value"] for row in line if row["value"] is not None and row["t"] < end]

    def choose(self, **values):
        self.page.evaluate(
            "(values) => document.dispatchEvent(new CustomEvent('tollbook:choose', {detail: {values, replace: false}}))",
            values,
        )

    def address(self):
        return {name: told[0] for name, told in parse_qs(urlsplit(self.page.url).query).items()}

    def drag(self, graph, start, end):
        """Mark a part of a graph's width."""
        box = self.card(graph).locator(".tollbook-plot").bounding_box()
        places = [box["x"] + box["width"] * part for part in (start, (start + end) / 2, end)]
        height = box["y"] + box["height"] / 2
        self.page.mouse.move(places[0], height)
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(place, height)
        self.page.mouse.up()


@pytest.fixture
def show(opened, portal):
    """Opens the dashboard with choices in its address."""

    def made(query="", graphs=4):
        return Board(opened(f"{portal}dashboard?{query}"), graphs)

    return made


@pytest.fixture(scope="module")
def day(opened, portal):
    """The day of all calls, cut in Riga; for tests that change nothing."""
    return Board(opened(f"{portal}dashboard?{DAY}&zone={ZONE}"))


def values(said, metric, scale=1):
    """The figures of a line as the command line tells them."""
    return [row[metric]["value"] * scale for row in said if row[metric]["value"] is not None]


def test_four_graphs_have_their_titles_and_a_line_for_the_total_and_for_each_carrier(day):
    assert day.page.locator(".tollbook-graph h2").all_inner_texts() == [
        "Live Channels",
        "ASR",
        "ACD",
        "DTMF %",
    ]
    for name in ("channels", "asr", "acd", "dtmf"):
        assert day.card(name).locator(".tollbook-legend button").all_inner_texts() == [
            "Total",
            "north",
            "south",
        ]
        assert day.lines(name) == 3


def test_the_page_says_as_of_when_and_in_which_zone(day):
    # 01:00 UTC is 04:00 summer time in Riga.
    assert day.page.locator(".tollbook-as-of").inner_text() == "Data as of 6 Oct 2026, 04:00 Europe/Riga"


@pytest.mark.parametrize("metric", ["asr", "acd", "dtmf"])
@pytest.mark.parametrize("carrier", [None, "north", "south"])
def test_graphs_show_what_the_command_line_says(day, told, metric, carrier):
    scale = 1 if metric == "acd" else 100
    who = ["--carrier", carrier] if carrier else []
    said = values(told("metrics", metric, "--by", "hour", "--tz", ZONE, *who), metric, scale)
    assert day.points(metric, carrier or TOTAL) == pytest.approx(said, rel=1e-6)


def test_live_channels_are_those_of_the_command_line(day, told):
    said = told("channels", "--from", "2026-10-05T00:00Z", "--to", "2026-10-05T22:30Z")
    most = max(row["channels"] for row in said)
    assert max(day.points("channels", TOTAL)) == most
    assert day.tile("channels").locator("strong").inner_text() == str(most)


def test_tiles_show_the_whole_span_with_the_parts_of_ratios(day, told):
    asr = told("metrics", "asr")[0]["asr"]
    assert day.tile("asr").locator("strong").inner_text() == f"{100 * asr['value']:.2f} %" == "40.50 %"
    assert day.tile("asr").locator(".tollbook-tile-parts").inner_text() == "409 / 1,010"
    assert day.tile("charge").locator("strong").inner_text() == "€5.03"  # 409 x 0.0123 = 5.0307


def test_seven_tiles_stand_in_one_row_and_graphs_in_two_columns(day):
    tops = {round(tile.bounding_box()["y"]) for tile in day.page.locator(".tollbook-tile").all()}
    assert (day.page.locator(".tollbook-tile").count(), len(tops)) == (7, 1)
    lefts = {round(card.bounding_box()["x"]) for card in day.page.locator(".tollbook-graph").all()}
    assert len(lefts) == 2


@pytest.mark.parametrize(("width", "columns"), [(800, 1), (390, 1)])
def test_a_narrow_page_has_one_column_and_no_sideways_scrolling(show, width, columns):
    board = show(DAY)
    board.page.set_viewport_size({"width": width, "height": 900})
    lefts = {round(card.bounding_box()["x"]) for card in board.page.locator(".tollbook-graph").all()}
    assert len(lefts) == columns
    assert board.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_filter_holds_for_every_figure_and_stands_in_the_address(show, told):
    board = show(f"{DAY}&zone={ZONE}")
    board.choose(customer="beta", carrier="south")
    who = ["--customer", "beta", "--carrier", "south"]
    said = told("metrics", "asr", "attempts", *who)[0]
    board.wait_for_tile("attempts", str(said["attempts"]["value"]))
    assert board.tile("asr").locator("strong").inner_text() == f"{100 * said['asr']['value']:.2f} %"
    board.wait_for_lines("asr", 2)
    assert board.points("asr", "south") == pytest.approx(
        values(told("metrics", "asr", "--by", "hour", "--tz", ZONE, *who), "asr", 100)
    )
    assert {name: board.address()[name] for name in ("customer", "carrier")} == {
        "customer": "beta",
        "carrier": "south",
    }
    assert "seizures count in place of calls" in board.card("asr").inner_text()


def test_marking_a_span_in_one_graph_narrows_the_whole_page_and_back_and_forward_go_there(show, told):
    board = show(f"{DAY}&zone={ZONE}")
    board.drag("asr", 0.25, 0.5)
    board.page.wait_for_url(re.compile("start=2026-10-05T0[56]"))
    marked = board.address()
    ends = [datetime.fromisoformat(marked[name]) for name in ("start", "end")]
    assert all(at.timestamp() % 900 == 0 for at in ends)
    said = told("metrics", "attempts", "--from", marked["start"], "--to", marked["end"])[0]["attempts"][
        "value"
    ]
    assert 200 < said < 400
    board.wait_for_tile("attempts", str(said))
    board.page.wait_for_function(READY)
    quarters = values(
        told("metrics", "acd", "--by", "quarter", "--from", marked["start"], "--to", marked["end"]), "acd"
    )
    assert board.points("acd", TOTAL) == pytest.approx(quarters)
    board.page.go_back()
    board.wait_for_tile("attempts", "1,010")
    assert board.address()["start"] == "2026-10-05T00:00Z"
    board.page.go_forward()
    board.wait_for_tile("attempts", str(said))


def test_one_graph_is_set_apart_and_the_others_stay(show, told):
    board = show(f"{DAY}&zone={ZONE}")
    board.card("acd").locator(".tollbook-graph-by").select_option("customer")
    board.button("acd", "alpha").wait_for()
    assert board.address()["by"] == "carrier,acd:customer"
    said = told("metrics", "acd", "--by", "hour", "--tz", ZONE, "--customer", "alpha")
    assert board.points("acd", "alpha") == pytest.approx(values(said, "acd"))
    assert board.button("asr", "north").count() == 1


def test_lines_by_destination_leave_the_channels_total(show):
    board = show(f"{DAY}&by=destination")
    assert board.card("asr").locator(".tollbook-legend button").all_inner_texts() == ["Total", "Latvia"]
    assert board.card("channels").locator(".tollbook-graph-by").input_value() == "total"


def test_channels_of_a_destination_say_why_they_are_not_there(show):
    board = show(f"{DAY}&destination=Latvia", graphs=3)
    assert "Calls in progress are not counted by destination." in board.card("channels").inner_text()
    assert board.tile("channels").locator("strong").inner_text() == "–"


def test_more_graphs_open_and_close_at_a_click(show, told):
    board = show(f"{DAY}&zone={ZONE}")
    row = board.page.locator(".tollbook-more-graphs")
    row.get_by_role("button", name="SIP codes", exact=True).click()
    row.get_by_role("button", name="Attempts", exact=True).click()
    board.page.wait_for_function(DRAWN, arg=6)
    assert board.address()["graphs"] == "codes,attempts"
    pressed = row.locator("[aria-pressed=true]").all_inner_texts()
    assert sorted(pressed) == ["Attempts", "SIP codes"]
    codes = (
        board.card("codes").locator(".tollbook-chart").evaluate("(host) => host.tollbookView.data('lines')")
    )
    assert [(row["label"], row["words"]) for row in codes] == [
        ("486 Busy Here", "601, 59.50 %"),
        ("200 OK", "409, 40.50 %"),
    ]
    said = told("metrics", "attempts", "--by", "hour", "--tz", ZONE)
    assert board.points("attempts", TOTAL) == values(said, "attempts")
    row.get_by_role("button", name="SIP codes", exact=True).click()
    board.page.wait_for_function(DRAWN, arg=5)
    assert board.address()["graphs"] == "attempts"


def test_the_address_alone_shows_the_same(show):
    first = show(f"{DAY}&zone={ZONE}")
    first.choose(
        customer="alpha",
        by="customer,asr:carrier",
        compare="previous",
        graphs="minutes",
        start="2026-10-05T06:00Z",
    )
    first.page.wait_for_function(DRAWN, arg=5)
    first.page.wait_for_function(READY)
    first.button("asr", "north").click()
    first.wait_for_lines("asr", 2)  # north, and north before
    again = show(urlsplit(first.page.url).query, graphs=5)
    again.wait_for_lines("asr", 2)
    for name in ("channels", "asr", "acd", "dtmf", "minutes"):
        assert again.points(name, TOTAL) == first.points(name, TOTAL)
        shown = [
            board.card(name).locator(".tollbook-legend [aria-pressed=true]").all_inner_texts()
            for board in (first, again)
        ]
        assert shown[0] == shown[1]
    tiles = [board.page.locator(".tollbook-tiles").inner_text() for board in (first, again)]
    assert tiles[0] == tiles[1]


def test_a_choice_that_means_nothing_is_told_and_changes_nothing(show):
    board = show(DAY)
    board.choose(start="2026-10-05T00:07Z")
    alert = board.page.locator(".tollbook-alert:visible")
    alert.wait_for()
    assert alert.inner_text().endswith("is within a quarter of an hour: write minute 00, 15, 30 or 45")
    assert board.tile("attempts").locator("strong").inner_text() == "1,010"
    assert board.address()["start"] == "2026-10-05T00:00Z"


def test_an_address_that_means_nothing_is_told_in_one_line(opened, portal):
    watched = opened(f"{portal}dashboard?start=2026-10-05T00:07Z")
    alert = watched.page.locator(".tollbook-alert:visible")
    alert.wait_for()
    assert "is within a quarter of an hour: write minute 00, 15, 30 or 45" in alert.inner_text()


def test_a_span_without_calls_says_so(show):
    board = show("start=2026-10-01&end=2026-10-02", graphs=0)
    board.card("asr").get_by_text("No calls in this span").wait_for()


def test_the_page_has_its_landmarks_and_its_place_in_the_navigation(day):
    page = day.page
    assert page.locator("main, [role=main]").count() == 1
    assert page.locator("nav [aria-current=page]").first.inner_text() == "Dashboard"
    assert page.title() == "Dashboard · Tollbook"
    assert page.locator("html").get_attribute("lang")


@pytest.mark.slow
def test_newer_figures_come_by_themselves_and_leave_what_was_chosen(opened, tmp_path):
    home = Workspace(tmp_path / "home")
    home.create()
    Database.of(home).close()
    add(home, "10:07", "north", "south")
    with served(home.home) as address:
        board = Board(opened(f"{address}dashboard"), 3)  # nothing is known of digits
        board.button("channels", "north").click()
        board.wait_for_lines("channels", 1)
        add(home, "11:07", "north", "north")
        board.wait_for_tile("attempts", "4")
        assert board.lines("channels") == 1
        assert board.address() == {"only": "carrier:north"}
        assert board.watched.wrong == []


def add(home, at, *carriers):
    """A call on each of these carriers, rolled up."""
    started = datetime.fromisoformat(f"2026-10-05T{at}").replace(tzinfo=UTC)
    rows = [
        {"day": started.date(), "switch": "s", "call_id": f"{at}-{n}", "customer": "a", "carrier": carrier,
         "started_at": started, "answered_at": started, "ended_at": started, "talk_ms": 1000, "outcome": "answered"}
        for n, carrier in enumerate(carriers)
    ]  # fmt: skip
    lake = Lake(home)
    with lake.writing() as step:
        step.append(CALLS, conform(pl.LazyFrame(rows), CALLS))
        step.mark(changed=[started.date()])
    refresh(lake)


def test_nothing_went_wrong_and_nothing_was_asked_of_another_machine(day):
    assert day.watched.wrong == []

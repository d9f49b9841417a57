"""The dashboard without a browser: what a choice changes, and what it leaves."""

from dataclasses import replace

import pytest

from tollbook import metrics
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.errors import UsageError
from tollbook.show import board
from tollbook.show.lineup import TOTAL

STRIP = [metrics.ATTEMPTS, metrics.ASR]
FOUR = [metrics.CHANNELS, metrics.ASR, metrics.ACD, metrics.DTMF]


@pytest.fixture
def made(network, monkeypatch):
    """A dashboard of the known network, with all its parts."""
    monkeypatch.setenv("TOLLBOOK_HOME", str(network.home))
    return parts(board.read(start="-24h"))


def parts(page):
    page.controls()
    page.strip = page.tiles(STRIP)
    page.four = {metric.name: page.graph(metric) for metric in FOUR}
    page.buttons, page.box = page.more(), page.opened()
    return page


def choose(page, **values):
    page.choices.widget.values = {**page.choices.value.texts(), **values}
    return page.choices.widget.fault


def lines(graph):
    return [line["name"] for line in graph.legend]


def test_the_four_graphs_have_a_line_for_the_total_and_for_each_carrier(made):
    assert list(made.four) == ["channels", "asr", "acd", "dtmf"]
    assert all(lines(graph) == [TOTAL, "north", "south"] for graph in made.four.values())
    assert [graph.title for graph in made.four.values()] == ["Live Channels", "ASR", "ACD", "DTMF %"]


def test_one_graph_set_apart_leaves_the_others_as_they_are(made):
    before = {name: graph.tables for name, graph in made.four.items()}
    assert choose(made, by="carrier,asr:customer") == ""
    assert lines(made.four["asr"]) == [TOTAL, "alpha", "beta"]
    assert all(made.four[name].tables is before[name] for name in ("channels", "acd", "dtmf"))


def test_the_legends_choice_computes_nothing(made, monkeypatch):
    monkeypatch.setattr(board.Board, "_draw", None)
    monkeypatch.setattr(board.Board, "_read", None)
    assert choose(made, only="carrier:north") == ""


def test_a_narrower_span_changes_everything(made):
    choose(made, start="2026-10-05T22:00Z", end="2026-10-05T22:30Z")
    # Calls 990 to 1009.
    assert made.strip.tiles[0]["value"] == "20"
    assert made.four["asr"].tables["lines"]["t"][0] == 1000 * 1791237600


def test_a_filter_holds_for_all(made):
    choose(made, customer="beta")
    assert [tile["value"] for tile in made.strip.tiles] == ["10", "90.00 %"]
    choose(made, customer="alpha,beta", carrier="north")
    assert made.strip.tiles[0]["value"] == "505"
    assert "seizures count" in made.four["asr"].note


def test_channels_of_a_destination_say_why_they_are_not_there(made):
    choose(made, destination="Latvia")
    assert made.four["channels"].state == "empty"
    assert made.four["channels"].message == "Calls in progress are not counted by destination."
    assert made.four["asr"].state == "ready"
    choose(made, destination="")
    assert made.four["channels"].state == "ready"


def test_lines_by_destination_leave_the_channels_total(made):
    choose(made, by="destination")
    assert (made.four["channels"].by, lines(made.four["channels"])) == ("total", [TOTAL])
    assert lines(made.four["asr"]) == [TOTAL, "Latvia"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"start": "2026-10-05T00:07Z"}, "within a quarter of an hour"),
        ({"by": "carier"}, "did you mean 'carrier'"),
        ({"graphs": "code"}, "did you mean 'codes'"),
        ({"start": "2026-10-06", "end": "2026-10-05"}, "is not before end"),
    ],
)
def test_what_means_nothing_is_refused_and_all_stays(made, values, said):
    held, tiles = made.choices.value, made.strip.tiles
    assert said in choose(made, **values)
    assert made.choices.value == held
    assert made.choices.widget.values == held.texts()
    assert made.strip.tiles is tiles


def test_graphs_are_opened_in_the_order_of_opening_and_closed(made):
    assert made.box.children == ()
    choose(made, graphs="codes,attempts")
    assert [graph.name for graph in made.box.children] == ["codes", "attempts"]
    choose(made, graphs="attempts")
    assert [graph.name for graph in made.box.children] == ["attempts"]
    assert made.box.children[0].state == "ready"


def test_only_graphs_that_have_something_to_show_are_offered(made, charged, monkeypatch):
    names = [graph["name"] for graph in made.buttons.graphs]
    assert "asr" not in names
    assert not {"breaches", "limits"} & set(names)
    with Database.of(charged).session() as session:
        session.get(Customer, "acme").channels = 3
    monkeypatch.setenv("TOLLBOOK_HOME", str(charged.home))
    offered = [graph["name"] for graph in parts(board.read()).buttons.graphs]
    assert {"breaches", "limits"} <= set(offered)


def test_parameters_alone_make_the_same_page(made, network, monkeypatch):
    wanted = {
        "start": "2026-10-05T10:00Z",
        "end": "2026-10-05T20:00Z",
        "zone": "Asia/Kathmandu",
        "by": "customer",
    }
    wanted |= {"carrier": "south", "compare": "previous", "graphs": "codes"}
    choose(made, **wanted)
    again = parts(board.read(**wanted))
    for name, graph in made.four.items():
        assert again.four[name].tables == graph.tables
    assert again.strip.tiles == made.strip.tiles
    assert again.box.children[0].tables == made.box.children[0].tables


def test_newer_figures_are_taken_in_and_a_chosen_span_stays(workspace, keep, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    call = {"customer": "a", "carrier": "x", "talk_s": 60}
    keep([{"at": "2026-10-05T10:07", **call}])
    moving, fixed = (
        parts(board.read(start=start, end=end)) for start, end in (("-24h", ""), ("2026-10-05", "2026-10-06"))
    )
    held = moving.strip.tiles
    moving._look()
    assert moving.strip.tiles is held
    keep([{"at": "2026-10-06T09:07", "call_id": "late", **call}])
    moving._look()
    fixed._look()
    # The latest quarter ends at 09:15, so that -24h still has the call of the day before.
    assert moving.strip.tiles[0]["value"] == "2"
    assert moving.figures.span.end.hour == 9
    assert fixed.strip.tiles[0]["value"] == "1"


def test_a_graph_that_fails_says_so_and_is_tried_again(made, monkeypatch):
    def fails(asking):
        raise ZeroDivisionError

    monkeypatch.setitem(made.plans, "asr", replace(made.plans["asr"], draw=fails))
    choose(made, zone="Europe/Riga")
    assert made.four["asr"].state == "error"
    assert "Traceback" not in made.four["asr"].message
    assert made.four["acd"].state == "ready"


def test_a_parameter_that_means_nothing_stops_the_notebook(network, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(network.home))
    with pytest.raises(UsageError, match="did you mean 'codes'"):
        board.read(graphs="code")


def test_filters_offer_whom_the_data_know(made):
    fields = {field["name"]: field for field in made.choices.widget.fields}
    assert [option["value"] for option in fields["customer"]["options"]] == ["alpha", "beta"]
    assert [option["value"] for option in fields["destination"]["options"]] == ["Latvia"]


def test_an_empty_workspace_is_told(workspace, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    page = parts(board.read())
    assert {graph.state for graph in page.four.values()} == {"empty"}

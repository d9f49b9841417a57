"""The page of score cards: what is sent, what the choices leave, and when it is read anew."""

from datetime import UTC, datetime

import pytest

from tollbook.errors import UsageError
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake
from tollbook.show import carriers
from tollbook.show.assets import STATIC

MONDAY = "2026-10-05"


@pytest.fixture
def known(network, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(network.home))
    return carriers.read


def names(table):
    return [(row["carrier"], row["destination"]) for row in table.rows]


def tell(cards, **values):
    bar = cards.controls()
    bar.values = {**bar.values, **values}
    return bar.fault


def test_a_row_holds_figures_as_numbers_and_amounts_as_exact_text(known):
    # 204 of 505 even calls are answered at 0.0123 each; each costs half of that.
    row = next(row for row in known(start=MONDAY).destinations().rows if row["carrier"] == "north")
    assert (row["seizures"], row["answers"], row["asr"]) == (505, 204, 204 / 505)
    assert (row["charge"], row["cost"], row["margin"], row["currency"]) == (
        "2.5092",
        "1.2546",
        "1.2546",
        "EUR",
    )
    assert row["others"] == {
        "answers": 205,
        "seizures": 505,
        "asr": 205 / 505,
        "chance": 1.0,
        "verdict": "same",
    }
    assert row["before"]["verdict"] == "alone"
    assert row["at_stake"] is None
    assert row["codes"] == [(486, 301)]


def test_the_totals_have_no_other_carriers_but_how_many_destinations_differ(known):
    row = known(start=MONDAY).totals().rows[0]
    assert row["verdicts"] == {"same": 1}
    assert "others" not in row
    assert row["destination"] is None


def test_filters_leave_rows_and_not_what_they_are_compared_with(known):
    cards = known(start=MONDAY)
    assert tell(cards, carrier="north") == ""
    assert names(cards.destinations()) == [("north", "Latvia")]
    assert names(cards.totals()) == [("north", None)]
    assert cards.destinations().rows[0]["others"]["seizures"] == 505
    assert tell(cards, destination="Malta") == ""
    assert (cards.destinations().rows, cards.destinations().empty) == (
        [],
        "No seizures in this span with these filters.",
    )


def test_a_customer_is_other_calls(known):
    cards = known(start=MONDAY, customer="beta")
    assert [row["seizures"] for row in cards.totals().rows] == [5, 5]
    assert {row["others"]["verdict"] for row in cards.destinations().rows} == {"few"}


def test_the_minimum_decides_whether_anything_is_said(known):
    cards = known(start=MONDAY)
    tell(cards, minimum="506")
    assert {row["others"]["verdict"] for row in cards.destinations().rows} == {"few"}
    assert "at least 506 seizures" in cards.totals().note


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"sort": "profit"}, "sort"),
        ({"minimum": "0"}, "minimum"),
        ({"start": "2026-10-05T00:07"}, "within a quarter of an hour"),
        ({"start": "2027-01-01"}, "is not before end"),
    ],
)
def test_what_means_nothing_is_said_and_the_cards_stay(known, values, words):
    cards = known(start=MONDAY)
    before = cards.destinations().rows
    assert words in tell(cards, **values)
    assert cards.destinations().rows is before
    assert cards.controls().values["minimum"] == "100"


def test_sorting_computes_nothing_anew(known):
    cards = known(start=MONDAY)
    before = cards.destinations().rows
    tell(cards, sort="asr")
    assert cards.destinations().sort == "asr"
    assert cards.destinations().rows is before


def test_what_the_parameters_mistake_is_said():
    with pytest.raises(UsageError, match="unknown key 'carier', did you mean 'carrier'"):
        carriers.read(carier="north")


def test_a_tick_shows_newer_figures_and_otherwise_does_nothing(keep, monkeypatch):
    lake = keep([], [{"at": f"{MONDAY}T10:00", "call_id": "a", "seizure": 1, "carrier": "north"}])
    monkeypatch.setenv("TOLLBOOK_HOME", str(lake.workspace.home))
    cards = carriers.read()
    before = cards.totals().rows
    cards.controls()._handle_custom_msg({"kind": "tick"}, [])
    assert cards.totals().rows is before
    keep([], [{"at": f"{MONDAY}T10:05", "call_id": "b", "seizure": 1, "carrier": "north"}])
    refresh(Lake(lake.workspace), datetime(2026, 11, 2, tzinfo=UTC))
    cards.controls()._handle_custom_msg({"kind": "tick"}, [])
    assert [row["seizures"] for row in cards.totals().rows] == [2]
    assert cards.controls().as_of.startswith("2026-11-02")


def test_a_workspace_without_calls_says_what_to_do(workspace, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    cards = carriers.read()
    assert cards.totals().rows == []
    assert cards.destinations().empty == "No figures yet: import calls, then refresh."


def test_the_link_keeps_what_the_dashboard_can_show(known):
    cards = known(start="-24h", customer="alpha", zone="Asia/Kathmandu")
    assert cards.totals().rows[0]["link"] == "dashboard?start=-24h&zone=Asia%2FKathmandu&customer=alpha"


def test_every_column_has_its_cell():
    module = (STATIC / carriers.ScoreCards.module_file).read_text()
    drawn = module.partition("const cells = {")[2].partition("\n  };")[0]
    assert [c["name"] for c in carriers.columns(totals=False) if f"\n    {c['name']}: " not in drawn] == []

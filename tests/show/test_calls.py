"""The page of calls: what it sends, how it turns pages, what it refuses."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tollbook.calls.fields import FIELDS, OPERATORS
from tollbook.errors import UsageError
from tollbook.params import Calls
from tollbook.show import calls
from tollbook.tables import CALLS
from tollbook.workspace import Workspace

ALL = {"start": "2026-10-05", "end": "2026-10-06"}


@pytest.fixture
def listing(network: Workspace, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes the page of the known network with some parameters."""
    monkeypatch.setenv("TOLLBOOK_HOME", str(network.home))

    def made(**given: str) -> calls.Listing:
        texts = Calls(**{**ALL, **given}).texts()
        where = calls.conditions(*(texts[name] for name in (
            "number", "customer", "carrier", "outcome", "sip_code", "shortest", "longest", "where")))  # fmt: skip
        shown = [texts[name] for name in ("columns", "order", "place", "call")]
        return calls.read(texts["start"], texts["end"], texts["zone"], where, *shown, "")

    return made


def choose(page: calls.Listing, **values: str) -> None:
    """As the browser tells it."""
    page.controls().values = {**page.controls().values, **values}


def test_the_first_page_has_the_newest_calls_and_the_count(listing: Any) -> None:
    table = listing().table()
    assert len(table.rows) == len(table.places) == 100
    # Call 1009 starts at 1009 x 80 s = 22:25:20.
    assert table.rows[0][:2] == ["2026-10-05 22:25:20", "beta"]
    assert (table.count, table.before, bool(table.after)) == ("1,010 calls", "", True)


def test_pages_lead_through_all_calls_and_back(listing: Any) -> None:
    page = listing()
    table, seen = page.table(), []
    while True:
        seen += table.places
        if not table.after:
            break
        choose(page, place=table.after)
    assert len(seen) == len(set(seen)) == 1010
    while table.before:
        choose(page, place=table.before)
    assert table.places == seen[:100]


def test_times_follow_the_zone_and_the_zone_is_said(listing: Any) -> None:
    page = listing()
    choose(page, zone="Europe/Riga")
    # The day ends at 21:00 UTC now: its last call is number 944, at 944 x 80 s = 20:58:40 UTC.
    assert page.table().rows[0][0] == "2026-10-05 23:58:40"
    assert page.table().note.endswith("Europe/Riga")


def test_columns_are_those_chosen(listing: Any) -> None:
    page = listing()
    choose(page, columns="call_id,charge")
    assert [column["name"] for column in page.table().columns] == ["call_id", "charge"]
    assert page.table().rows[0] == ["c1009", "0.0123"]


def test_the_count_that_no_rollup_tells_is_counted_when_it_is_asked_for(listing: Any) -> None:
    page = listing(shortest="60")
    assert page.table().count == ""
    page.table()._handle_custom_msg({"kind": "count"}, [])
    assert page.table().count == "409 calls"


def test_what_is_wrong_is_said_and_changes_nothing(listing: Any) -> None:
    page = listing()
    before = page.table().places
    for wrong in ({"where": "{"}, {"columns": "nothing"}, {"place": "x"}, {"sip_code": "abc"}, {"call": "x"}):
        choose(page, **wrong)
        assert page.controls().fault
        assert page.table().places == before
        assert page.controls().values["customer"] == ""
    with pytest.raises(UsageError, match="no column"):
        listing(columns="nothing")


def test_a_call_is_opened_and_closed(listing: Any) -> None:
    page = listing()
    choose(page, call=page.table().places[0])
    assert page.table().opened["place"] == page.table().places[0]
    choose(page, call="")
    assert page.table().opened == {}


def test_a_link_to_a_call_that_is_not_there_says_so_beside_the_page(listing: Any) -> None:
    table = listing(call="2026-10-05T00:00:00Z,s1,nothing").table()
    assert "there is no call 'nothing'" in table.fault
    assert len(table.rows) == 100


def test_the_download_has_the_same_conditions_zone_and_columns(listing: Any) -> None:
    page = listing(zone="Europe/Riga", customer="beta", place="after,2026-10-05T12:00Z")
    link = urlsplit(page.table().download)
    assert link.path == "calls.csv"
    assert parse_qs(link.query) == {
        **{k: [v] for k, v in ALL.items()},
        "zone": ["Europe/Riga"],
        "customer": ["beta"],
    }


def test_a_search_whose_time_was_up_goes_on_until_the_page_is_full(
    listing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = listing().table().places
    page = listing()
    # As if the time had been up after 30 calls.
    found = page._found
    page._found = calls.Page(found.calls.head(30), calls.place_of(found.calls, 29), found.calls["day"][0])
    page._show()
    assert page.table().searched == "Searched to 2026-10-05…"
    page.table()._handle_custom_msg({"kind": "more"}, [])
    assert (page.table().places, page.table().searched) == (whole, "")


def test_conditions_are_offered_with_words() -> None:
    offered = calls.fields(CALLS.names)
    assert [field["name"] for field in offered] == list(FIELDS)
    assert {op for field in offered for op in field["operators"]} == set(OPERATORS)
    assert {"value": "no_answer", "label": "No answer"} in next(f for f in offered if f["name"] == "outcome")[
        "choices"
    ]


def test_nothing_imported_is_said(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    page = calls.read("-24h", "", "UTC", {}, "", "newest", "", "", "")
    assert page.table().empty == "No calls yet: import call records."

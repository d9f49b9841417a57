"""Pages of calls: none lost, none twice, only what the reader may see; and counts."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tollbook.calls.conditions import parse
from tollbook.calls.query import PIECE, Place, Query, count, page, page_before, pieces, place_of
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.workspace import Workspace

Keep = Callable[..., Lake]
FIRST = datetime(2026, 10, 4, 23, tzinfo=UTC)


def asked(*conditions: dict[str, Any], **more: Any) -> Query:
    return Query(conditions=parse(json.dumps({"all": list(conditions)}), ZoneInfo("UTC")), **more)


def crowd(keep: Keep) -> Lake:
    """250 calls over three days, always ten in one instant, of two switches."""
    return keep(
        [
            {"at": f"{FIRST + timedelta(hours=2 * (n // 10)):%Y-%m-%dT%H:%M}", "call_id": f"c{n % 5}",
             "switch": f"s{n % 10 // 5}", "customer": "acme" if n % 2 else "bolt"}
            for n in range(250)
        ]
    )  # fmt: skip


def walked(lake: Lake, query: Query, rows: int, **options: Any) -> list[tuple[Any, ...]]:
    """The places of all calls, page after page."""
    found: list[tuple[Any, ...]] = []
    after = None
    while True:
        one = page(lake, query, customers=None, after=after, rows=rows, **options)
        found += one.calls.select("started_at", "switch", "call_id").rows()
        after = one.next
        if after is None:
            return found


@pytest.mark.parametrize("rows", [1, 7, 10, 100, 249, 250, 251])
@pytest.mark.parametrize("newest_first", [True, False])
def test_no_call_is_lost_or_doubled_across_pages(keep: Keep, rows: int, *, newest_first: bool) -> None:
    found = walked(crowd(keep), Query(newest_first=newest_first), rows)
    assert len(found) == len(set(found)) == 250
    assert found == sorted(found, reverse=newest_first)


def test_a_page_that_is_cut_short_by_time_goes_on_where_it_stopped(keep: Keep) -> None:
    lake = crowd(keep)
    one = page(lake, Query(), customers=None, rows=200, within_s=0)
    assert one.searched_to == date(2026, 10, 6)
    assert one.calls.height == 12 * 10
    for newest_first in (True, False):
        found = walked(lake, Query(newest_first=newest_first), 200, within_s=0)
        assert len(found) == len(set(found)) == 250


def test_back_and_forth_leads_to_the_same_page(keep: Keep) -> None:
    lake = crowd(keep)
    first = page(lake, Query(), customers=None, rows=15)
    second = page(lake, Query(), customers=None, after=first.next, rows=15)
    again = page_before(lake, Query(), customers=None, before=place_of(second.calls, 0), rows=15)
    assert again.calls.equals(first.calls)
    assert again.next is None


def test_calls_that_come_later_do_not_shift_a_page(keep: Keep) -> None:
    lake = crowd(keep)
    first = page(lake, Query(), customers=None, rows=15)
    second = page(lake, Query(), customers=None, after=first.next, rows=15)
    keep([{"at": "2026-10-09T10:00", "call_id": "new"}])
    assert page(lake, Query(), customers=None, after=first.next, rows=15).calls.equals(second.calls)


def test_a_span_is_half_open(keep: Keep) -> None:
    lake = keep([{"at": f"2026-10-05T1{hour}:00"} for hour in range(4)])
    start, end = datetime(2026, 10, 5, 11, tzinfo=UTC), datetime(2026, 10, 5, 13, tzinfo=UTC)
    hours = page(lake, Query(start, end), customers=None).calls["started_at"].dt.hour().to_list()
    assert hours == [12, 11]
    assert count(lake, Query(start, end), customers=None) == 2


def test_only_customers_that_the_reader_may_see(keep: Keep) -> None:
    lake = keep([{"at": "2026-10-05T10:00", "customer": name} for name in ("acme", "bolt", None)])
    either = Query(
        conditions=parse('{"any": [{"field": "customer", "op": "is_not", "value": "x"}]}', ZoneInfo("UTC"))
    )
    for customers, seen in ((None, 3), ({"acme"}, 1), (["acme", "bolt"], 2), (set(), 0)):
        assert page(lake, either, customers=customers).calls.height == seen
        assert count(lake, either, customers=customers) == seen
        assert sum(p.height for p in pieces(lake, either, ["call_id"], customers=customers)) == seen


@pytest.mark.parametrize(
    ("query", "calls"),
    [
        (Query(), 1010),
        (asked({"field": "customer", "op": "is", "value": "beta"}), 10),
        (asked({"field": "carrier", "op": "is", "value": "north"}), 505),
        (asked({"field": "outcome", "op": "is", "value": "answered"}), 409),
        (asked({"field": "sip_code", "op": "is_not", "value": "200"}), 1010 - 409),
        (asked({"field": "answered", "op": "is", "value": "yes"}), 409),
        (asked({"field": "talk_s", "op": ">=", "value": "60"}), 409),
        (Query(start=datetime(2026, 10, 5, 0, 15, tzinfo=UTC)), 1010 - 12),
        (Query(end=datetime(2026, 10, 5, 0, 10, tzinfo=UTC)), 8),
    ],
)  # fmt: skip
def test_counts_agree_however_they_are_made(network: Workspace, query: Query, calls: int) -> None:
    lake = Lake(network)
    assert count(lake, query, customers=None) == calls
    assert sum(p.height for p in pieces(lake, query, ["call_id"], customers=None)) == calls


def test_a_rollup_that_is_behind_its_calls_is_not_asked(keep: Keep) -> None:
    lake = keep([{"at": "2026-10-05T10:00"}])
    keep([{"at": "2026-10-05T11:00", "call_id": "late"}], rolled=False)
    assert count(lake, Query(), customers=None) == 2


def test_a_large_day_comes_in_pieces_that_are_in_order(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = crowd(keep)
    monkeypatch.setattr("tollbook.calls.query.PIECE", 20)
    for newest_first in (True, False):
        parts = list(
            pieces(lake, Query(newest_first=newest_first), ["call_id", "started_at"], customers=None)
        )
        at = [row for part in parts for row in part["started_at"]]
        assert len(at) == 250
        assert at == sorted(at, reverse=newest_first)
        assert max(part.height for part in parts) <= 30 < PIECE
    assert parts[0].columns == ["call_id", "started_at"]


def test_nothing_is_an_empty_page(keep: Keep) -> None:
    one = page(keep(), Query(), customers=None)
    assert (one.calls.height, one.next, one.searched_to) == (0, None, None)
    assert count(keep(), Query(), customers=None) == 0


def test_a_place_is_a_text_and_back() -> None:
    place = Place(datetime(2026, 10, 5, 10, 0, 0, 1, tzinfo=UTC), "s,1", 'c"1')
    assert Place.read(place.text) == place
    assert place.text == '2026-10-05T10:00:00.000001Z,"s,1","c""1"'
    with pytest.raises(UsageError, match="is no place among calls"):
        Place.read("2026-10-05T10:00Z,s1")

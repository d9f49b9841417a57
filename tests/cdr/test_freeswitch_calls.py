"""FreeSWITCH's legs: which is a call and which a try of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tollbook.cdr.freeswitch_calls import assemble
from tollbook.cdr.freeswitch_legs import SCHEMA

NOON = datetime(2026, 11, 23, 12, 0, 0, 0, UTC)
Put = Callable[..., tuple[dict[str, dict[str, object]], pl.DataFrame]]


def leg(
    uuid: str, *, start: int = 0, end: int = 10, answered: bool = False, **other: object
) -> dict[str, object]:
    """A row of mod_cdr_csv that ends `end` seconds after noon."""
    return {
        "uuid": uuid,
        "unheard": False,
        "fine": False,
        "customer": "acme",
        "caller": "39",
        "called": "44",
        "started_at": NOON + timedelta(seconds=start),
        "answered_at": NOON + timedelta(seconds=start) if answered else None,
        "ended_at": NOON + timedelta(seconds=end),
        "talk_ms": (end - start) * 1000 if answered else 0,
        "sip_code": 200 if answered else 503,
    } | other


@pytest.fixture
def put() -> Put:
    def run(*legs: dict[str, object]) -> tuple[dict[str, dict[str, object]], pl.DataFrame]:
        records = pl.DataFrame(legs, schema=SCHEMA).with_row_index("record_no").cast({"record_no": pl.Int64})
        calls, seizures = assemble(records.lazy())
        rows = calls.collect().rows_by_key("call_id", named=True, unique=True)
        return rows, seizures.collect().sort("call_id", "seizure")

    return run


def test_with_a_legs_only_every_row_is_a_call(put: Put) -> None:
    calls, tries = put(leg("a", other="gone", answered=True), leg("b", unheard=True, called="45"))
    assert set(calls) == {"a", "b"}
    assert tries.height == 0


def test_the_row_that_another_names_as_its_inner_leg_is_a_try_of_it(put: Put) -> None:
    calls, tries = put(leg("b", answered=True), leg("a", other="b", answered=True))
    assert {call: row["records"] for call, row in calls.items()} == {"a": 2}
    assert tries["call_id"].to_list() == ["a"]


def test_a_row_that_names_one_begun_before_it_is_a_try_of_that(put: Put) -> None:
    calls, tries = put(leg("b", other="a", start=1, answered=True), leg("a", answered=True))
    assert {call: row["records"] for call, row in calls.items()} == {"a": 2}
    assert tries["call_id"].to_list() == ["a"]


def test_of_two_rows_that_name_each_other_the_later_is_the_try(put: Put) -> None:
    calls, _ = put(leg("b", other="a", start=1), leg("a", other="b"))
    assert set(calls) == {"a"}


def test_a_row_that_never_had_a_codec_is_a_try_of_the_row_that_covers_it(put: Put) -> None:
    calls, tries = put(leg("b1", unheard=True), leg("b2", unheard=True, start=2), leg("a"))
    assert set(calls) == {"a"}
    assert tries.select("call_id", "seizure", "carrier").rows() == [("a", 1, None), ("a", 2, None)]


@pytest.mark.parametrize("other", [{"called": "45"}, {"customer": "bolt"}, {"end": 11}])
def test_a_row_that_no_other_covers_is_a_call(put: Put, other: dict[str, object]) -> None:
    calls, _ = put(leg("b", unheard=True, **other), leg("a"))
    assert set(calls) == {"a", "b"}


def test_a_leg_that_came_in_is_a_call_and_one_that_went_out_for_it_a_try(put: Put) -> None:
    calls, tries = put(
        leg("a", side="a", answered=True),
        leg("b1", side="b", other="a", carrier="alpha"),
        leg("b2", side="b", other="a", carrier="bravo", start=1, answered=True),
    )
    assert calls["a"]["carrier"] == "bravo"
    assert tries.select("seizure", "carrier", "sip_code").rows() == [(1, "alpha", 503), (2, "bravo", 200)]


def test_a_failed_call_belongs_to_the_last_carrier_tried(put: Put) -> None:
    calls, _ = put(
        leg("a", side="a"),
        leg("b1", side="b", other="a", carrier="alpha"),
        leg("b2", side="b", other="a", carrier="bravo", start=1),
    )
    assert calls["a"]["carrier"] == "bravo"


def test_of_legs_that_began_in_one_tick_the_session_numbers_give_the_order(put: Put) -> None:
    calls, tries = put(
        leg("a", side="a", number=7),
        leg("b2", side="b", other="a", carrier="bravo", number=9),
        leg("b1", side="b", other="a", carrier="alpha", number=8),
    )
    assert calls["a"]["carrier"] == "bravo"
    assert tries["carrier"].to_list() == ["alpha", "bravo"]


def test_a_leg_that_went_out_for_nobody_is_a_call_and_its_try(put: Put) -> None:
    calls, tries = put(leg("d", side="b", carrier="alpha", answered=True))
    assert calls["d"]["talk_ms"] == 10_000
    assert tries.select("call_id", "carrier", "talk_ms").rows() == [("d", "alpha", 10_000)]


def test_a_leg_whose_caller_is_not_in_the_import_tells_no_call(put: Put) -> None:
    calls, tries = put(leg("b", side="b", other="elsewhere", carrier="alpha"))
    assert (len(calls), tries.height) == (0, 0)


def test_a_call_answered_by_the_switch_itself_has_no_try(put: Put) -> None:
    calls, tries = put(leg("a", side="a", answered=True))
    assert calls["a"]["outcome"] == "answered"
    assert tries.height == 0

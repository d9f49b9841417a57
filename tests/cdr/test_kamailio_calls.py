"""Kamailio's rows put together to calls and tries."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

FILES = Path(__file__).parent / "fixtures" / "kamailio"
ANSWERED, FAILOVER, BOTH_503, CANCELLED = (f"{n}-4154@127.0.0.1" for n in (1, 6, 4, 9))
BY_INFO, BY_RTP, NO_ROUTE = "45-4154@127.0.0.1", "9-4158@127.0.0.1", "5-4154@127.0.0.1"


@pytest.fixture
def told(read):
    return read("kamailio", FILES)


def tries(told, call_id: str) -> list[tuple[object, ...]]:
    return [(t["seizure"], t["carrier"], t["sip_code"], t["talk_ms"]) for t in told.tries(call_id)]


def test_a_call_that_moved_on_is_one_call_and_two_tries(told) -> None:
    assert told.call(FAILOVER)["carrier"] == "bravo"
    assert tries(told, FAILOVER) == [(1, "alpha", 503, 0), (2, "bravo", 200, 6037)]


def test_the_customer_hears_500_where_both_carriers_said_503(told) -> None:
    assert (told.call(BOTH_503)["sip_code"], told.call(BOTH_503)["outcome"]) == (500, "failed")
    assert tries(told, BOTH_503) == [(1, "bravo", 503, 0), (2, "alpha", 503, 0)]


def test_a_call_without_a_route_has_no_try(told) -> None:
    assert (told.call(NO_ROUTE)["sip_code"], told.call(NO_ROUTE)["carrier"]) == (404, None)
    assert tries(told, NO_ROUTE) == []


def test_a_cancelled_call_ends_when_its_caller_was_told_so(told) -> None:
    call = told.call(CANCELLED)
    assert call["outcome"] == "cancelled"
    assert call["ended_at"] == datetime(2026, 11, 23, 1, 34, 47, 290531, UTC)


def test_tries_follow_each_other_within_their_call(told) -> None:
    for call in told.calls.iter_rows(named=True):
        row = told.tries(call["call_id"])
        assert all(earlier["ended_at"] == later["started_at"] for earlier, later in pairwise(row))
        assert all(t["started_at"] >= call["started_at"] and t["ended_at"] <= call["ended_at"] for t in row)


def test_ringing_belongs_to_the_try_it_fell_in(told) -> None:
    call = told.call(FAILOVER)
    first, second = told.tries(FAILOVER)
    rang_at = call["started_at"] + timedelta(milliseconds=call["pdd_ms"])
    assert first["pdd_ms"] is None
    assert second["pdd_ms"] == (rang_at - second["started_at"]) // timedelta(milliseconds=1)


def test_digits_by_info_and_by_rtp_are_added(told) -> None:
    assert told.call(BY_INFO)["dtmf_digits"] == 3
    assert told.call(BY_RTP)["dtmf_digits"] == 3
    assert told.call(ANSWERED)["dtmf_digits"] == 0


def test_a_source_that_counts_no_digits_tells_none(read, tmp_path: Path) -> None:
    path = tmp_path / "acc_cdrs.csv"
    path.write_text("start_time,end_time,duration,callid\n1795397681,1795397691,10,a@b\n")
    assert read("kamailio", path, zone="UTC").call("a@b")["dtmf_digits"] is None


def test_events_tell_replies_and_branches_apart(read) -> None:
    by_events = read("kamailio", FILES / "cdr_events.jsonl", FILES / "acc_events.jsonl")
    by_tables = read("kamailio", FILES / "acc_cdrs.csv", FILES / "acc.csv", FILES / "missed_calls.csv")
    for call_id in by_tables.calls["call_id"]:
        assert tries(by_events, call_id) == tries(by_tables, call_id)
        assert by_events.call(call_id)["sip_code"] == by_tables.call(call_id)["sip_code"]


def test_rows_without_their_cdr_tell_no_call(read) -> None:
    told = read("kamailio", FILES / "missed_calls.csv", FILES / "acc.csv", FILES / "dtmf.jsonl")
    assert (told.calls.height, told.seizures.height) == (0, 0)


def test_more_records_make_a_fuller_telling(read, told) -> None:
    alone = read("kamailio", FILES / "acc_cdrs.csv")
    assert alone.call(FAILOVER)["records"] == 1
    assert told.call(FAILOVER)["records"] == 1 + 1 + 1


def test_a_cdr_started_by_the_invite_is_not_talk_from_there(read, tmp_path: Path) -> None:
    (tmp_path / "acc_cdrs.csv").write_text(
        "start_time,end_time,duration,callid,sip_code,invite_ts\n1795397681.5,1795397701.5,20,a@b,200,1795397681.5\n"
    )
    (tmp_path / "acc.csv").write_text(
        "method,from_tag,to_tag,callid,sip_code,sip_reason,time,time_s,time_us\nINVITE,f,t,a@b,200,OK,,1795397689,500000\n"
    )
    call = read("kamailio", tmp_path).call("a@b")
    assert call["talk_ms"] == 20_000 - 8_000
    assert call["answered_at"] == datetime(2026, 11, 23, 1, 34, 49, 500000, UTC)

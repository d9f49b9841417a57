"""Our own files of calls and seizures."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tollbook.errors import UsageError

NOON = datetime(2026, 11, 23, 12, 0, 0, 0, UTC)
HEADER = "call_id,customer,carrier,caller,called,started_at,answered_at,ended_at,talk_ms"
CALL = "c1,acme,alpha,+39041,44207,2026-11-23T12:00:00Z,2026-11-23T12:00:05Z,2026-11-23T12:00:15.250Z,10250"
TRIES = "call_id,seizure,carrier,started_at,answered_at,ended_at,sip_code"
FIRST = "c1,1,alpha,2026-11-23T12:00:00Z,,2026-11-23T12:00:01Z,503"
SECOND = "c1,2,bravo,2026-11-23T12:00:01Z,2026-11-23T12:00:05Z,2026-11-23T12:00:15.250Z,200"


@pytest.fixture
def csv(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: str, name: str = "calls.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n")
        return path

    return write


def test_a_row_is_a_call_as_written(read, csv) -> None:
    call = read("tollbook", csv(HEADER, CALL)).call("c1")
    assert call["started_at"] == NOON
    assert call["answered_at"] == NOON.replace(second=5)
    assert call["ended_at"] == NOON.replace(second=15, microsecond=250_000)
    assert (call["talk_ms"], call["outcome"], call["carrier"]) == (10_250, "answered", "alpha")
    assert (call["caller"], call["caller_raw"], call["called_raw"]) == ("39041", "+39041", None)


def test_a_call_that_names_a_carrier_is_one_try_on_it(read, csv) -> None:
    told = read("tollbook", csv(HEADER, CALL, CALL.replace("c1", "c2").replace("alpha", "")))
    assert told.seizures.select("call_id", "seizure", "carrier", "talk_ms").rows() == [
        ("c1", 1, "alpha", 10_250)
    ]


def test_seizures_of_their_own_file_take_the_place_of_that_one(read, csv) -> None:
    told = read(
        "tollbook", csv(HEADER, CALL.replace("alpha", "")), csv(TRIES, FIRST, SECOND, name="tries.csv")
    )
    assert [(t["carrier"], t["outcome"], t["talk_ms"], t["customer"]) for t in told.tries("c1")] == [
        ("alpha", "congestion", 0, "acme"),
        ("bravo", "answered", 10_250, "acme"),
    ]
    assert (told.call("c1")["carrier"], told.call("c1")["records"]) == ("bravo", 1 + 2)


def test_what_is_left_out_is_worked_out_or_null(read, csv) -> None:
    told = read("tollbook", csv("call_id,started_at,sip_code", "c1,2026-11-23T12:00:00Z,486"))
    call = told.call("c1")
    assert (call["ended_at"], call["talk_ms"], call["outcome"]) == (NOON, 0, "busy")
    assert [call[c] for c in ("customer", "called", "pdd_ms", "dtmf_digits", "codec", "mos")] == [None] * 6


def test_talk_is_answer_to_end_where_it_is_not_told(read, csv) -> None:
    row = "c1,2026-11-23T12:00:00Z,2026-11-23T12:00:05Z,2026-11-23T12:00:15.250Z"
    assert (
        read("tollbook", csv("call_id,started_at,answered_at,ended_at", row)).call("c1")["talk_ms"] == 10_250
    )


def test_times_without_a_zone_need_one_named(read, csv) -> None:
    path = csv("call_id,started_at", "c1,2026-11-23 13:00:00")
    with pytest.raises(UsageError, match="--tz"):
        read("tollbook", path)
    assert read("tollbook", path, zone="Europe/Berlin").call("c1")["started_at"] == NOON


def test_an_unknown_column_stops_the_import_and_names_the_nearest(read, csv) -> None:
    with pytest.raises(UsageError, match="unknown column 'talk_s', did you mean 'talk_ms'"):
        read("tollbook", csv(HEADER.replace("talk_ms", "talk_s"), CALL))


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [
        ("call_id", "", "no_call_id"),
        ("started_at", "", "no_time"),
        ("started_at", "2026-11-23 12:00:00", "bad_time"),
        ("answered_at", "1970-01-01T00:00:00Z", "bad_time"),
        ("answered_at", "2026-11-23T11:59:59Z", "end_before_start"),
        ("ended_at", "2026-11-23T12:00:04Z", "end_before_start"),
        ("talk_ms", "-1", "negative_duration"),
        ("talk_ms", "ten", "bad_number"),
        ("talk_ms", "10.5", "not_whole"),
        ("called", "4.42E+11", "scientific_notation"),
        ("outcome", "rung", "unknown_outcome"),
        ("outcome", "busy", "outcome_against_answer"),
        ("answered_at", "", "talk_without_answer"),
    ],
)
def test_a_bad_row_is_set_aside_under_the_rule_it_breaks(
    read, csv, column: str, cell: str, rule: str
) -> None:
    columns = [*HEADER.split(","), "outcome"]
    row = dict(zip(columns, [*CALL.split(","), ""], strict=True)) | {column: cell}
    told = read("tollbook", csv(",".join(columns), f"{CALL.replace('c1', 'c0')},", ",".join(row.values())))
    assert told.rejects == [(3, rule)]
    assert told.calls["call_id"].to_list() == ["c0"]


def test_parquet_says_the_same_as_csv(read, csv, tmp_path: Path) -> None:
    path = csv(HEADER, CALL)
    frame = pl.read_csv(path, try_parse_dates=True).with_columns(
        pl.col("started_at", "answered_at", "ended_at").cast(pl.Datetime("ms", "UTC")),
        pl.col("called").cast(pl.String),
        caller=pl.lit("+39041"),
    )
    frame.write_parquet(tmp_path / "calls.parquet")
    from_parquet = read("tollbook", tmp_path / "calls.parquet")
    assert from_parquet.calls.equals(read("tollbook", path).calls)


def test_parquet_times_without_a_zone_are_refused(read, tmp_path: Path) -> None:
    frame = pl.DataFrame({"call_id": ["c1", "c2"], "started_at": [NOON.replace(tzinfo=None)] * 2})
    frame.write_parquet(tmp_path / "calls.parquet")
    assert {rule for _, rule in read("tollbook", tmp_path / "calls.parquet").rejects} == {"bad_time"}


def test_a_call_told_again_counts_as_told_last(read, csv) -> None:
    again = CALL.replace("acme", "bolt")
    told = read("tollbook", csv(HEADER, CALL, again))
    assert told.calls["customer"].to_list() == ["bolt"]


def test_importing_it_twice_changes_nothing(stored, csv) -> None:
    files = csv(HEADER, CALL), csv(TRIES, FIRST, SECOND, name="tries.csv")
    first, again = stored(*files), stored(*files, csv(HEADER, CALL, name="copy.csv"))
    assert first[0].equals(again[0])
    assert first[1].equals(again[1])
    assert (first[0].height, first[1].height) == (1, 2)


def test_other_tables_are_not_ours(read, csv, tmp_path: Path) -> None:
    csv("id,name", "1,x", name="other.csv")
    csv(HEADER, CALL)
    assert read("tollbook", tmp_path).layouts == {"calls.csv": "csv"}

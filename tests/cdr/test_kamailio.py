"""Kamailio's files: how each is known and what its rows say."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile

import polars as pl
import pytest

from tollbook.errors import UsageError

FILES = Path(__file__).parent / "fixtures" / "kamailio"
ANSWERED, FAILOVER, BOTH_503, CANCELLED = (f"{n}-4154@127.0.0.1" for n in (1, 6, 4, 9))
BY_RTP, NO_ROUTE = "9-4158@127.0.0.1", "5-4154@127.0.0.1"

CDR = "start_time,end_time,duration,callid,src,dst,invite_ts,sip_code"


@pytest.fixture
def cdrs(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: str, name: str = "acc_cdrs.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n")
        return path

    return write


def test_each_file_is_known_by_its_content(read) -> None:
    assert read("kamailio", FILES).layouts == {
        "acc.csv": "acc",
        "acc_cdrs.csv": "acc_cdrs",
        "acc_events.jsonl": "acc-events",
        "cdr_events.jsonl": "cdr-events",
        "dtmf.jsonl": "rtpengine-dtmf",
        "missed_calls.csv": "missed_calls",
    }


def test_flatstore_files_are_known_without_a_header(read) -> None:
    layouts = read("kamailio", FILES / "flat").layouts
    assert set(layouts.values()) == {"acc-flat", "acc_cdrs-flat", "missed_calls-flat"}


def test_a_call_keeps_the_microseconds_of_its_invite_and_the_milliseconds_of_its_talk(read) -> None:
    call = read("kamailio", FILES).call(ANSWERED)
    assert call["started_at"] == datetime(2026, 11, 23, 1, 34, 41, 655951, UTC)
    assert call["answered_at"] == datetime(2026, 11, 23, 1, 34, 43, 402000, UTC)
    assert (call["talk_ms"], call["pdd_ms"], call["codec"]) == (1069, 760, "PCMA")
    assert call["ended_at"] == datetime(2026, 11, 23, 1, 34, 44, 402000 + 69000, UTC)


def test_the_invite_proves_the_zone_of_the_switch(read) -> None:
    told = read("kamailio", FILES / "newyork" / "acc_cdrs.csv")
    assert told.calls["started_at"].min() == datetime(2026, 11, 23, 1, 38, 37, 511103, UTC)


def test_a_zone_against_the_proof_of_the_rows_is_refused(read) -> None:
    with pytest.raises(UsageError, match="-300 min"):
        read("kamailio", FILES / "newyork" / "acc_cdrs.csv", zone="Europe/Berlin")


def test_without_an_epoch_in_the_rows_the_zone_has_to_be_named(read, cdrs) -> None:
    path = cdrs("start_time,end_time,duration,callid", "2026-11-23 01:00:00,2026-11-23 01:00:10,10,a@b")
    with pytest.raises(UsageError, match="--tz"):
        read("kamailio", path)
    call = read("kamailio", path, zone="Europe/Berlin").call("a@b")
    assert call["started_at"] == datetime(2026, 11, 23, 0, 0, 0, 0, UTC)
    assert (call["customer"], call["carrier"], call["talk_ms"], call["outcome"]) == (
        None,
        None,
        10_000,
        "answered",
    )


def test_a_carrier_503_is_told_as_500_where_no_reply_was_recorded(read) -> None:
    alone = read("kamailio", FILES / "acc_cdrs.csv")
    assert alone.call(BOTH_503)["sip_code"] == 500
    assert [t["sip_code"] for t in alone.tries(BOTH_503)] == [503]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("2026-11-23 01:00:00,2026-11-23 01:00:01,1,,39,44,,200", "no_call_id"),
        ("0000-00-00 00:00:00,2026-11-23 01:00:01,1,a@b,39,44,,200", "bad_time"),
        ("2026-11-23 01:00:05,2026-11-23 01:00:01,1,a@b,39,44,,200", "end_before_start"),
        ("2026-11-23 01:00:00,2026-11-23 01:00:01,-1,a@b,39,44,,200", "negative_duration"),
        ("2026-11-23 01:00:00,2026-11-23 01:00:01,one,a@b,39,44,,200", "bad_number"),
        ("2026-11-23 01:00:00,2026-11-23 01:00:01,1,a@b,39,4.42E+11,,200", "scientific_notation"),
        (",,1,a@b,39,44,,200", "no_time"),
    ],
)
def test_a_bad_row_is_set_aside_under_the_rule_it_breaks(read, cdrs, row: str, rule: str) -> None:
    good = "2026-11-23 01:00:00,2026-11-23 01:00:01,1,good@b,39,44,,200"
    told = read("kamailio", cdrs(CDR, good, row), zone="UTC")
    assert told.rejects == [(3, rule)]
    assert told.calls["call_id"].to_list() == ["good@b"]


def test_challenges_are_no_attempts(read, cdrs) -> None:
    rows = [f"1795397681,1795397681,0,a@b,39,44,1795397681.{n}00000,{c}" for n, c in enumerate((407, 486))]
    assert read("kamailio", cdrs(CDR, *rows)).calls["sip_code"].to_list() == [486]


def test_an_import_of_copies_changes_nothing(stored, tmp_path: Path) -> None:
    before = stored(FILES)
    for file in FILES.glob("*.*"):
        copyfile(
            file,
            tmp_path / f"{file.stem}_missed_copy{file.suffix}"
            if "missed" in file.stem
            else tmp_path / f"copy_{file.name}",
        )
    after = stored(
        FILES, tmp_path / "copy_acc_cdrs.csv", tmp_path / "copy_dtmf.jsonl", tmp_path / "copy_acc.csv"
    )
    assert before[0].equals(after[0])
    assert before[1].equals(after[1])


def test_the_same_calls_from_another_backend_are_the_same(stored) -> None:
    lines = stored(FILES / "cdr_events.jsonl", FILES / "acc_events.jsonl")
    tables = stored(FILES / "acc_cdrs.csv", FILES / "acc.csv", FILES / "missed_calls.csv")
    columns = ["call_id", "started_at", "talk_ms", "sip_code"]
    assert lines[0].select(columns).equals(tables[0].select(columns))
    assert (
        lines[1]
        .select("call_id", "seizure", "carrier")
        .equals(tables[1].select("call_id", "seizure", "carrier"))
    )


@pytest.mark.parametrize("sub", [".", "flat"])
def test_real_records_agree_with_the_other_side(samples: Path, read, agrees, sub: str) -> None:
    agrees(read("kamailio", samples / "kamailio" / sub), samples / "kamailio" / sub)


def test_real_records_from_new_york_agree_with_the_other_side(samples: Path, read, agrees) -> None:
    agrees(
        read("kamailio", samples / "kamailio" / "tz-newyork"),
        samples / "kamailio" / "tz-newyork",
        carriers=False,
    )


def test_digits_of_real_records(samples: Path, read) -> None:
    folder = samples / "kamailio"
    pressed = pl.col("answered_at").is_not_null() & (pl.col("dtmf_digits") > 0)
    with_rtp = read("kamailio", folder).calls
    without = read("kamailio", folder / "acc_cdrs.csv").calls
    assert (with_rtp.filter(pressed).height, with_rtp["answered_at"].count()) == (24 + 22, 269)
    assert without.filter(pressed).height == 24
    assert with_rtp["dtmf_digits"].sum() == 56 + 66


def test_talk_of_real_records_is_the_duration_of_the_record(samples: Path, read) -> None:
    file = samples / "kamailio" / "acc_cdrs.csv"
    written = pl.read_csv(file).select(
        call_id="callid", ms=(pl.col("duration") * 1000).round().cast(pl.Int64)
    )
    told = read("kamailio", samples / "kamailio").calls.select("call_id", "talk_ms")
    assert told.join(written, on="call_id").filter(pl.col("talk_ms") != pl.col("ms")).height == 0


def test_a_foreign_folder_is_left_alone_but_for_the_six_files(samples: Path, read) -> None:
    assert len(read("kamailio", samples / "kamailio").layouts) == 6

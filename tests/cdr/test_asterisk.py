"""Asterisk's rows: which columns a file has is told by content, and what the caller was told by the closing row."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tollbook.cdr.asterisk import FORMAT
from tollbook.cdr.format import Sample, Zone

BASE = (
    '"acme","390411","442011","wholesale","""A"" <390411>","SIP/acme-00000001","SIP/alpha-00000002","Dial",'
    '"SIP/alpha/442011,60","2026-11-18 11:06:40",,"2026-11-18 11:07:45",65,60,"ANSWERED","DOCUMENTATION"'
)
NEW = ',"","1795000000.1",7'
CUSTOM = (
    '"""A"" <390411>","390411","442011","wholesale","SIP/acme-00000001","SIP/alpha-00000002","Dial",'
    '"SIP/alpha/442011,60","2026-11-18 11:06:40","2026-11-18 11:06:45","2026-11-18 11:07:45","65","60","ANSWERED",'
    '"DOCUMENTATION","acme","1795000000.1","",7'
)
LINES = {
    "asterisk-16": BASE,
    "asterisk-17-uniqueid": BASE + ',"pbx-1795000000.1"',
    "asterisk-17-userfield": BASE + ',"a note"',
    "asterisk-18": BASE + ',"1795000000.1",""',
    "asterisk-19": BASE + NEW,
    "asterisk-20-uniqueid": BASE + ',"1795000000.1"' + NEW,
    "asterisk-20-userfield": BASE + ',"a note"' + NEW,
    "asterisk-21": BASE + ',"1795000000.1",""' + NEW,
    "asterisk-custom": CUSTOM,
}


@pytest.mark.parametrize("name", LINES)
def test_each_set_of_columns_is_known_by_its_content(name: str) -> None:
    sample = Sample("Master.csv", LINES[name], tuple(tuple(r) for r in csv.reader([LINES[name]])))
    assert [layout.name for layout in FORMAT.layouts if layout.recognise(sample)] == [name]


@pytest.mark.parametrize("name", LINES)
def test_each_set_of_columns_tells_the_same_call(name: str) -> None:
    layout = next(layout for layout in FORMAT.layouts if layout.name == name)
    (cells,) = csv.reader([LINES[name]])
    row = pl.LazyFrame([cells], schema=list(layout.columns or ()), orient="row").with_columns(
        pl.all().replace("", None)
    )
    record = row.select(e.alias(c) for c, e in layout.record(Zone(name="UTC")).items())
    typed = record.select(pl.col(c).cast(t) for c, t in FORMAT.schema.items())
    calls, seizures = FORMAT.assemble(typed.with_columns(record_no=pl.lit(0, pl.Int64)))
    call = calls.collect().row(0, named=True)
    assert (call["customer"], call["carrier"], call["caller"], call["called"]) == (
        "acme",
        "alpha",
        "390411",
        "442011",
    )
    assert (call["talk_ms"], call["sip_code"], call["outcome"]) == (60_000, 200, "answered")
    assert (call["answered_at"] - call["started_at"]).total_seconds() == 65 - 60
    assert (call["ended_at"] - call["started_at"]).total_seconds() == 65
    assert seizures.collect().select("carrier", "seizure", "talk_ms").rows() == [("alpha", 1, 60_000)]


ROW = {
    "call_id": "1", "customer": "acme", "caller": "39", "called": "44", "caller_raw": None, "called_raw": None, "carrier": "alpha",
    "started_at": datetime(2026, 11, 18, 11, tzinfo=UTC), "duration_s": 5, "talk_s": 0, "disposition": "NO ANSWER", "app": "Dial", "cause": None,
    "patience_s": 60, "sequence": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "sip_code", "outcome"),
    [
        ([{}], 487, "cancelled"),
        ([{"duration_s": 60}], 480, "no_answer"),
        ([{}, {"carrier": None, "app": "Hangup", "cause": 19}], 480, "no_answer"),
        ([{}, {"carrier": None, "app": "Hangup", "cause": 1}], 404, "unallocated"),
        ([{}, {"carrier": None, "app": "Hangup", "cause": 21}], 403, "rejected"),
        ([{}, {"carrier": None, "app": "Hangup", "cause": 34}], 503, "congestion"),
        ([{}, {"carrier": None, "app": "Hangup", "cause": 0}], 603, "rejected"),
        ([{}, {"carrier": None, "app": "Hangup"}], 480, "no_answer"),
        ([{"carrier": None, "app": "Busy", "disposition": "BUSY"}], 486, "busy"),
        ([{"carrier": None, "app": "Congestion", "disposition": "CONGESTION"}], 503, "congestion"),
        ([{"disposition": "BUSY"}], 486, "busy"),
        ([{"disposition": "CANCEL"}], 487, "cancelled"),
        ([{"disposition": "ANSWERED"}], 200, "answered"),
    ],
)
def test_the_closing_row_says_what_the_caller_was_told(
    rows: list[dict[str, object]], sip_code: int, outcome: str
) -> None:
    records = pl.LazyFrame([ROW | row for row in rows], schema=FORMAT.schema).with_row_index("record_no")
    calls, _ = FORMAT.assemble(records.cast({"record_no": pl.Int64}))
    assert calls.select("sip_code", "outcome").collect().rows() == [(sip_code, outcome)]


def test_a_leg_through_a_local_channel_is_no_try_and_adds_no_talk() -> None:
    local = {"carrier": None, "app": "Local", "disposition": "ANSWERED", "talk_s": 60}
    real = {"carrier": "alpha", "disposition": "ANSWERED", "talk_s": 60, "duration_s": 62}
    records = pl.LazyFrame([ROW | local, ROW | real], schema=FORMAT.schema).with_row_index("record_no")
    calls, seizures = FORMAT.assemble(records.cast({"record_no": pl.Int64}))
    assert calls.select("talk_ms", "carrier").collect().rows() == [(60_000, "alpha")]
    assert seizures.select("carrier").collect().rows() == [("alpha",)]


def test_a_file_of_something_else_is_not_taken(tmp_path: Path) -> None:
    del tmp_path
    sample = Sample("x.csv", "a,b\n1,2", (("a", "b"), ("1", "2")))
    assert not any(layout.recognise(sample) for layout in FORMAT.layouts)

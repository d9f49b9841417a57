"""Lines and calls as CSV."""

import csv
from decimal import Decimal
from io import StringIO

import polars as pl

from billing.documents.records import make_calls, make_record
from tollbook.billing.documents.document import Document
from tollbook.billing.documents.listing import calls_csv, lines_csv
from tollbook.billing.record import Line


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode())))


def test_lines_add_up_to_the_invoice_exactly() -> None:
    record = make_record()
    told = rows(lines_csv(Document(record)))
    assert sum(Decimal(row["net"]) for row in told) == record.net
    assert sum(Decimal(row["exact"]) for row in told) == record.exact_charge
    assert told[1] == {
        "line": "2", "day": "", "destination": "Latvia", "rate_per_min": "0.0311", "calls": "907",
        "billed_s": "131116", "exact": "67.961793", "net": "67.96", "adjusts": "", "currency": "EUR",
    }  # fmt: skip


def test_no_destination_is_taken_for_a_formula() -> None:
    line = Line(destination='=HYPERLINK("x")', calls=1, billed_s=1, exact=Decimal(1), net=Decimal(1))
    told = rows(lines_csv(Document(make_record(lines=(line,)))))
    assert told[0]["destination"] == '\'=HYPERLINK("x")'


def test_a_call_is_told_to_the_millisecond_and_to_the_last_digit() -> None:
    calls = make_calls(2).with_columns(caller=pl.Series([None, "=1+1"]))
    first, second = rows(calls_csv(calls))
    assert first == {
        "started_at": "2026-10-01T00:00:00Z", "caller": "", "called": "37167000000", "destination": "Latvia",
        "talk_s": "61.5", "billed_s": "66", "charge": "0.03421", "currency": "EUR",
    }  # fmt: skip
    assert (second["talk_s"], second["caller"]) == ("61.501", "'=1+1")


def test_no_calls_are_a_head() -> None:
    assert rows(calls_csv(make_calls(1).clear())) == []

"""Columns of calls, and calls as CSV."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tollbook.calls.query import Query
from tollbook.calls.table import COLUMNS, USUAL, chosen_columns, csv_pieces
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.spreadsheets import csv_text
from tollbook.tables import CALLS
from tollbook.workspace import Workspace

Keep = Callable[..., Lake]


def csv(lake: Lake, *columns: str, zone: str = "UTC", query: Query | None = None) -> list[str]:
    parts = csv_pieces(lake, query or Query(), chosen_columns(columns), ZoneInfo(zone), customers=None)
    return "".join(parts).splitlines()


def test_every_column_of_calls_but_the_partition_can_be_shown() -> None:
    assert {column.source for column in COLUMNS.values()} == set(CALLS.names) - {"day"}
    assert all(column.meaning for column in COLUMNS.values())


def test_columns_are_checked_and_taken_in_the_order_asked() -> None:
    assert [column.name for column in chosen_columns(["codec", "caller", "codec"])] == ["codec", "caller"]
    assert tuple(column.name for column in chosen_columns(())) == USUAL
    with pytest.raises(UsageError, match="no column 'calld', did you mean 'calle"):
        chosen_columns(["calld"])


def test_csv_names_the_zone_and_tells_a_doubled_hour_apart(keep: Keep) -> None:
    # In Riga the clock shows 03:30 twice on 2026-10-25: at 00:30 and at 01:30 UTC.
    lake = keep([{"at": "2026-10-25T00:30"}, {"at": "2026-10-25T01:30"}])
    assert csv(lake, "started_at", "answered_at", zone="Europe/Riga") == [
        "started_at (Europe/Riga),started_at (UTC),answered_at (Europe/Riga),answered_at (UTC)",
        "2026-10-25 03:30:00.000000,2026-10-25 01:30:00.000000,,",
        "2026-10-25 03:30:00.000000,2026-10-25 00:30:00.000000,,",
    ]
    assert csv(lake, "started_at")[0] == "started_at (UTC)"


def test_amounts_and_durations_are_exact_and_what_is_unknown_is_empty(keep: Keep) -> None:
    lake = keep(
        [
            {"at": "2026-10-05T10:00", "talk_ms": 60_500, "charge": Decimal("1234567890123.000000001")},
            {"at": "2026-10-05T11:00", "talk_ms": 1_200_007, "charge": Decimal(10)},
            {"at": "2026-10-05T12:00", "talk_ms": 0, "charge": None},
        ]
    )
    order = Query(newest_first=False)
    assert csv(lake, "talk_s", "charge", "sip_code", query=order) == [
        "talk_s,charge,sip_code", "60.5,1234567890123.000000001,", "1200.007,10,", "0,,",
    ]  # fmt: skip


def test_nothing_in_a_cell_is_taken_for_a_formula(keep: Keep) -> None:
    texts = ["=1+1", "+44", "-1", "@x", "\tx", "\rx", "\nx", "plain", 'quo"te', "a,b"]
    lake = keep([{"at": f"2026-10-05T10:{n:02}", "call_id": text} for n, text in enumerate(texts)])
    parts = csv_pieces(
        lake, Query(newest_first=False), chosen_columns(["call_id"]), ZoneInfo("UTC"), customers=None
    )
    told = csv_text(["call_id"], [[text] for text in texts])
    assert "".join(parts) == told.replace("\r", " ")  # a carriage return is written as a space


def test_csv_is_the_query(network: Workspace) -> None:
    lines = csv(Lake(network), query=Query(end=datetime(2026, 10, 5, 1, tzinfo=UTC)))
    assert len(lines) == 1 + 45  # one call every 80 s: 3600 / 80
    assert sum(Decimal(line.split(",")[-2]) for line in lines[1:]) == 18 * Decimal("0.0123")


def test_no_calls_are_a_head(keep: Keep) -> None:
    assert csv(keep(), "caller", "charge") == ["caller,charge"]

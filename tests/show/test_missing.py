"""Which rows of the Summary lack their invoice."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from tollbook.periods import parse_period
from tollbook.show.missing import missing

AT = datetime(2026, 10, 8, 12, tzinfo=UTC)


def row(
    period: str, customer: str | None = "acme", charge: str | None = "1", unrated: int = 0
) -> dict[str, object]:
    span = parse_period(period)
    amount = None if charge is None else Decimal(charge)
    return {"customer": customer, "start": span.start, "end": span.end, "charge": amount, "unrated": unrated}


def told(
    *rows: dict[str, object], invoiced: list[tuple[str, str]] | None = None, hours: int = 24
) -> list[bool]:
    schema = {"customer": pl.String(), "charge": pl.Decimal(38, 9)}
    return missing(pl.DataFrame(rows, schema_overrides=schema), invoiced or [], AT, hours).to_list()


def test_a_period_that_is_over_and_settled_lacks_its_invoice() -> None:
    assert told(row("2026-10-06"), row("2026-10-07"), row("2026-10-08")) == [True, False, False]
    assert told(row("2026-10-07"), hours=12) == [True]


@pytest.mark.parametrize("name", ["2026-10-06", "2026-W41", "2026-10"])
def test_one_that_an_invoice_covers_in_part_does_not(name: str) -> None:
    days = [row("2026-10-04"), row("2026-10-06")]
    assert told(*days, invoiced=[("acme", name)]) == [name != "2026-10", False]
    assert told(*days, invoiced=[("other", name)]) == [True, True]


def test_a_week_over_an_invoiced_day_cannot_have_one() -> None:
    assert told(row("2026-W40"), invoiced=[("acme", "2026-09-28"), ("acme", "2026-09-01")]) == [False]
    assert told(row("2026-W40"), invoiced=[("acme", "2026-09-27"), ("acme", "2026-10-05")]) == [True]


def test_nothing_is_lacking_where_nothing_is_charged_unless_calls_wait_for_a_charge() -> None:
    rows = [
        row("2026-10-05", charge="0"),
        row("2026-10-05", charge=None),
        row("2026-10-05", charge="0", unrated=2),
    ]
    assert told(*rows) == [False, False, True]


def test_calls_of_nobody_have_no_invoice() -> None:
    assert told(row("2026-10-05", customer=None)) == [False]


def test_many_rows_are_told_at_once() -> None:
    first = datetime(2020, 1, 1, tzinfo=UTC)
    days = [f"{first + timedelta(days=n):%Y-%m-%d}" for n in range(2000)]
    rows = [row(day) for day in days]
    assert told(*rows, invoiced=[("acme", day) for day in days[::2]]) == [False, True] * 1000

"""Late calls are billed once, on the next invoice, in lines that name the one they belong to."""

from collections.abc import Callable
from decimal import Decimal

import polars as pl
import pytest

from tollbook.account.database import Database
from tollbook.billing.invoices import customer_named, issue
from tollbook.billing.late import charged as summary_charge
from tollbook.billing.late import late
from tollbook.billing.record import Record
from tollbook.billing.settle import asked, settle
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake
from tollbook.periods import parse_period
from tollbook.tables import CALLS
from tollbook.workspace import Workspace

Called = Callable[..., None]
Bill = Callable[..., Record]
UK = "442071838750"


def test_a_late_call_is_an_adjustment_on_the_next_invoice(
    charged: Workspace, called: Called, bill: Bill
) -> None:
    first = bill("2026-10")
    called(("2026-10-07T10:00", UK, 60), ("2026-11-03T10:00", UK, 120))
    second = bill("2026-11")
    assert [(line.destination, line.calls, line.exact, line.net, line.adjusts) for line in second.lines] == [
        ("UK", 1, 2 * Decimal("0.010"), Decimal("0.02"), None),
        ("UK", 1, Decimal("0.010"), Decimal("0.01"), first.number),
    ]
    assert (second.exact_charge, second.adjustment) == (Decimal("0.020"), Decimal("0.010"))
    assert (second.net, second.rounding) == (Decimal("0.03"), 0)
    assert [(one.number, one.billed, one.exact) for one in second.adjusted] == [
        (first.number, first.exact_charge, Decimal("0.010"))
    ]
    published = Lake(charged).published
    assert summary_charge(Lake(charged), "acme", second.period, published) == second.exact_charge


def test_it_is_billed_once_and_what_comes_later_still_is_added(called: Called, bill: Bill) -> None:
    first = bill("2026-10")
    called(("2026-10-07T10:00", UK, 60), ("2026-11-03T10:00", UK, 60))
    bill("2026-11")
    called(("2026-10-08T10:00", "447700900123", 60), ("2026-12-03T10:00", UK, 60))
    third = bill("2026-12")
    assert [(line.destination, line.exact) for line in third.lines if line.adjusts] == [
        ("UK mobile", Decimal("0.028"))
    ]
    assert [(one.number, one.place) for one in third.adjusted] == [(first.number, 2)]


def test_a_customer_that_calls_no_longer_gets_an_invoice_of_what_came_late(
    called: Called, bill: Bill
) -> None:
    first = bill("2026-10")
    called(("2026-10-07T10:00", UK, 60))
    second = bill("2026-11")
    assert [(line.adjusts, line.net) for line in second.lines] == [(first.number, Decimal("0.01"))]
    assert (second.exact_charge, second.total) == (0, Decimal("0.01"))


def test_lines_of_days_are_adjusted_by_day(charged: Workspace, called: Called, bill: Bill) -> None:
    db = Database.of(charged)
    with db.session() as session:
        customer = customer_named(db, "acme")
        session.add(customer)
        customer.invoice_grouping = "day"
    bill("2026-10")
    called(("2026-10-05T12:00", UK, 60), ("2026-11-03T10:00", UK, 60))
    (line,) = (line for line in bill("2026-11").lines if line.adjusts)
    assert (str(line.day), line.calls, line.exact) == ("2026-10-05", 1, Decimal("0.010"))


def test_two_runs_at_once_can_not_both_bill_it(charged: Workspace, called: Called, bill: Bill) -> None:
    bill("2026-10")
    called(("2026-10-07T10:00", UK, 60), ("2026-11-03T10:00", UK, 60), ("2026-12-03T10:00", UK, 60))
    db, lake = Database.of(charged), Lake(charged)
    november, december = (
        settle(lake, asked(lake, db, customer_named(db, "acme"), parse_period(period), 24))
        for period in ("2026-11", "2026-12")
    )
    assert november
    assert december
    at = november.period.end
    assert issue(db, november.issued("INV-2026-000002", at))
    assert not issue(db, december.issued("INV-2026-000003", at))
    assert not bill("2026-12").adjusted


def test_without_an_invoice_or_a_change_there_is_nothing_late(charged: Workspace, bill: Bill) -> None:
    db, lake = Database.of(charged), Lake(charged)
    assert late(lake, db, "acme", "2026-11", lake.published) == ()
    bill("2026-10")
    assert late(lake, db, "acme", "2026-11", lake.published) == ()


def test_rollups_behind_the_calls_of_an_earlier_period_stop_it(
    charged: Workspace, called: Called, bill: Bill
) -> None:
    bill("2026-10")
    called(("2026-10-05T12:00", UK, 60))
    db, lake = Database.of(charged), Lake(charged)
    call = lake.scan(CALLS).head(1).with_columns(call_id=pl.lit("new"))
    with lake.writing() as step:
        step.append(CALLS, call)
        step.mark(changed=call.collect()["day"].to_list())
    with pytest.raises(TollbookError, match="behind its calls: run `tollbook refresh`"):
        late(lake, db, "acme", "2026-11", lake.published)

"""What is due is made once, by however many, and one that fails holds up no other."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from typing import Any

import polars as pl
from sqlalchemy import select

from tollbook.account.audit import Actor, events
from tollbook.account.database import Database
from tollbook.account.ledger import Round
from tollbook.billing import schedules
from tollbook.billing.credits import credit
from tollbook.billing.invoices import invoices
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake
from tollbook.params import Invoice
from tollbook.periods import parse_period
from tollbook.runs.due import is_due, run_due
from tollbook.runs.invoices import Bill, make_invoice
from tollbook.tables import CALLS
from tollbook.workspace import Workspace

BY = Actor(None, "test")


def clock(text: str) -> Callable[[], datetime]:
    return partial(datetime.fromisoformat, f"{text}+00:00")


def plan(workspace: Workspace, view: str, since: str, customer: str = "acme") -> None:
    with Database.of(workspace).session() as session:
        start = datetime.fromisoformat(since).replace(tzinfo=UTC)
        schedules.set_schedule(session, BY, customer, view, start, None)


def run(workspace: Workspace, at: str, **more: Any) -> dict[str, list[tuple[str, ...]]]:
    report = run_due(workspace, clock(at), Invoice(), BY, **more)
    return {
        what: [(row["customer"], row["period"], row.get("why") or row["number"]) for row in report[what]]
        for what in ("made", "skipped", "failed")
    }


def test_a_week_of_outage_is_caught_up_once(charged: Workspace) -> None:
    plan(charged, "daily", "2026-10-04")
    told: list[str] = []
    first = run(charged, "2026-10-09T00:00", tell=told.append)
    assert first["made"] == [
        ("acme", "2026-10-05", "INV-2026-000001"),
        ("acme", "2026-10-06", "INV-2026-000002"),
    ]
    assert [row[1:] for row in first["skipped"]] == [
        ("2026-10-04", "nothing was charged"),
        ("2026-10-07", "nothing was charged"),
    ]
    assert told[1] == "2 of 4: acme 2026-10-05: INV-2026-000001"
    assert run(charged, "2026-10-09T00:00") == {"made": [], "skipped": [], "failed": []}
    db = Database.of(charged)
    assert not is_due(db, clock("2026-10-09T23:59")(), Invoice())
    assert is_due(db, clock("2026-10-10T00:00")(), Invoice())
    with db.reading() as session:
        (kept,) = session.scalars(select(Round))
        (event,) = [event for event in events(session, None, None) if event["action"] == "run_due"]
    assert (kept.made, kept.skipped, kept.failed, kept.started_by) == (2, 2, 0, "test")
    assert kept.report["made"][0]["total"] == "0.20"
    assert event["after"] == {"made": 2, "skipped": 2, "failed": 0}


def test_two_at_once_make_each_once(charged: Workspace) -> None:
    plan(charged, "daily", "2026-10-05")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        work = [pool.submit(run_due, charged, clock("2026-10-08T00:00"), Invoice(), BY) for _ in range(2)]
        reports = [one.result() for one in work]
    made = sorted(row["number"] for report in reports for row in report["made"])
    assert made == sorted(row["number"] for row in invoices(Database.of(charged)))
    assert made == ["INV-2026-000001", "INV-2026-000002"]
    assert [row for report in reports for row in report["failed"]] == []


def test_one_that_fails_holds_up_no_other_and_is_made_once_it_can_be(charged: Workspace) -> None:
    lake = Lake(charged)
    quiet = lake.scan(CALLS).filter(pl.col("charge") > 0).with_columns(customer=pl.lit("quiet"))
    late = quiet.with_columns(unrated=pl.lit("no_deck"), charge=pl.lit(None, pl.Decimal(38, 9)))
    with lake.writing() as step:
        step.append(CALLS, late.collect().lazy())
        step.mark(changed=lake.days(CALLS))
    refresh(lake)
    plan(charged, "monthly", "2026-10-01")
    plan(charged, "monthly", "2026-10-01", "quiet")
    first = run(charged, "2026-11-02T00:00")
    assert [row[0] for row in first["made"]] == ["acme"]
    ((customer, _, why),) = first["failed"]
    assert (customer, why[:21]) == ("quiet", "5 calls are unrated (")
    assert run(charged, "2026-11-02T00:01", patient=True)["failed"] == []
    with lake.writing() as step:
        paid = step.scan(CALLS).with_columns(
            unrated=pl.lit(None, pl.String),
            charge=pl.col("charge").fill_null(pl.lit("0.01").cast(pl.Decimal(38, 9))),
        )
        step.replace_days(CALLS, lake.days(CALLS), paid.collect().lazy())
        step.mark(changed=lake.days(CALLS))
    refresh(lake)
    assert run(charged, "2026-11-02T00:15", patient=True)["made"] == [("quiet", "2026-10", "INV-2026-000002")]


def test_a_period_on_another_invoice_is_skipped_until_that_is_credited(charged: Workspace) -> None:
    at = clock("2026-11-03T00:00")()
    assert make_invoice(Bill(charged, "acme", parse_period("2026-10-05"), at, Invoice()))
    plan(charged, "monthly", "2026-10-01")
    first = run(charged, "2026-11-02T00:00")
    assert first["skipped"] == [
        ("acme", "2026-10", "invoice INV-2026-000001 of 'acme' for 2026-10-05 covers part of 2026-10")
    ]
    credit(Database.of(charged), "INV-2026-000001", "x", BY, at)
    assert run(charged, "2026-11-02T01:00")["made"] == [("acme", "2026-10", "INV-2026-000002")]


def test_one_that_was_made_by_hand_is_skipped_by_its_number(charged: Workspace) -> None:
    at = clock("2026-11-03T00:00")()
    assert make_invoice(Bill(charged, "acme", parse_period("2026-10"), at, Invoice()))
    plan(charged, "monthly", "2026-10-01")
    assert run(charged, "2026-11-02T00:00")["skipped"] == [("acme", "2026-10", "INV-2026-000001 was there")]


def test_calls_that_come_after_a_period_had_nothing_are_invoiced_for_it(charged: Workspace) -> None:
    plan(charged, "daily", "2026-10-07")
    assert [row[2] for row in run(charged, "2026-10-09T00:00")["skipped"]] == ["nothing was charged"]
    lake = Lake(charged)
    late = lake.scan(CALLS).filter(pl.col("charge") > 0).head(1)
    day = datetime(2026, 10, 7, 9, tzinfo=UTC)
    with lake.writing() as step:
        step.append(
            CALLS,
            late.with_columns(
                day=pl.lit(day.date()), started_at=pl.lit(day, late.collect_schema()["started_at"])
            )
            .collect()
            .lazy(),
        )
        step.mark(changed=[day.date()])
    refresh(lake)
    assert run(charged, "2026-10-09T00:00")["made"] == [("acme", "2026-10-07", "INV-2026-000001")]

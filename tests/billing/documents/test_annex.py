"""The calls of an invoice, as they were when it was settled."""

from decimal import Decimal

import polars as pl
import pytest

from tollbook.account.database import Database
from tollbook.billing.decks import decks_of
from tollbook.billing.documents.annex import calls_of
from tollbook.billing.invoices import customer_named
from tollbook.billing.record import Record
from tollbook.billing.settle import Asked, settle
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake
from tollbook.periods import parse_period
from tollbook.tables import CALLS
from tollbook.workspace import Workspace


@pytest.fixture
def record(charged: Workspace) -> Record:
    db = Database.of(charged)
    asked = Asked(customer_named(db, "acme"), decks_of(db, "customer", "acme"), parse_period("2026-10"), 24)
    db.close()
    settled = settle(Lake(charged), asked)
    assert settled is not None
    return settled


def test_they_are_those_billed_and_add_up_to_the_exact_charge(charged: Workspace, record: Record) -> None:
    calls = calls_of(Lake(charged), record)
    assert calls.height == 5
    assert calls["charge"].sum() == record.exact_charge == Decimal("0.188")
    assert calls["started_at"].is_sorted()


def test_calls_that_came_later_are_not_among_them(charged: Workspace, record: Record) -> None:
    late = (
        Lake(charged).scan(CALLS).filter(pl.col("billed_s") > 0).head(1).with_columns(call_id=pl.lit("late"))
    )
    with Lake(charged).writing() as step:
        step.append(CALLS, late)
    assert calls_of(Lake(charged), record).height == 5


def test_calls_that_are_not_the_records_are_refused(charged: Workspace, record: Record) -> None:
    other = record.model_copy(update={"exact_charge": Decimal("0.189")})
    with pytest.raises(TollbookError, match="is not what the invoice was made of"):
        calls_of(Lake(charged), other)


def test_a_version_that_is_gone_is_told(charged: Workspace, record: Record) -> None:
    source = record.source.model_copy(update={"tables": {"calls": 99}})
    with pytest.raises(TollbookError, match="the calls as they were then are gone"):
        calls_of(Lake(charged), record.model_copy(update={"source": source}))

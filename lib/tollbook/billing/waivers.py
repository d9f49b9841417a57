"""Calls without a charge: an invoice waits for them until they are rated, or somebody lets them go by name."""

from collections.abc import Collection, Sequence
from datetime import datetime

import polars as pl
from sqlalchemy import insert, select

from tollbook.account.audit import Actor, record
from tollbook.account.database import Database
from tollbook.account.ledger import Waiver
from tollbook.account.models import Customer
from tollbook.errors import UsageError, did_you_mean
from tollbook.lake.store import Lake, Published
from tollbook.periods import Period, iso_z
from tollbook.tables import CALLS

CALL = ("switch", "call_id", "started_at")
"""What a call is known by."""
Call = tuple[str, str, datetime]


def unrated(lake: Lake, customer: str, period: Period, published: Published | None = None) -> pl.DataFrame:
    """The customer's calls of a period that have no charge, with the reason, by their start."""
    days = pl.col("day").is_between(period.start.date(), period.end.date(), closed="left")
    chosen = days & (pl.col("customer") == customer) & pl.col("unrated").is_not_null()
    found = lake.scan(CALLS, published=published).filter(chosen)
    return found.select(*CALL, "called", "unrated").collect().sort("started_at", "switch", "call_id")


def waived(db: Database, customer: str) -> set[Call]:
    """The calls of a customer that were let go."""
    with db.reading() as session:
        rows = session.execute(
            select(Waiver.switch, Waiver.call_id, Waiver.started_at).where(Waiver.customer_id == customer)
        )
        return {(switch, call, at) for switch, call, at in rows}


def without(calls: pl.DataFrame, let_go: Collection[Call]) -> pl.DataFrame:
    """The calls that are none of those."""
    if not let_go:
        return calls
    schema = {name: calls.schema[name] for name in CALL}
    return calls.join(
        pl.DataFrame(list(let_go), schema=schema, orient="row"), on=CALL, how="anti", maintain_order="left"
    )


def waive(
    lake: Lake, db: Database, customer: str, period: Period, reason: str, by: Actor, only: Sequence[str] = ()
) -> list[dict[str, object]]:
    """Let calls of a period go that have no charge: all there are now, or `only` those of these ids.

    What comes later is not let go. A call that is rated after all is billed like one that came late.

    Raises:
        UsageError: there is none, no such customer, an id that is none of theirs, or no reason.
    """
    if not reason.strip():
        raise UsageError("say why the calls are let go: --reason")
    calls = without(unrated(lake, customer, period), waived(db, customer))
    known = calls["call_id"].to_list()
    for name in only:
        if name not in known:
            raise UsageError(
                f"no call '{name}' of '{customer}' in {period.name} waits{did_you_mean(name, known)}"
            )
    chosen = calls.filter(pl.col("call_id").is_in(list(only))) if only else calls
    if chosen.is_empty():
        raise UsageError(f"'{customer}' has no call without a charge in {period.name}")
    rows = chosen.select(CALL).to_dicts()
    with db.session() as session:
        if session.get(Customer, customer) is None:
            raise UsageError(f"no customer '{customer}': `tollbook customer add` enters one")
        more = {"customer_id": customer, "reason": reason}
        session.execute(insert(Waiver), [{**row, **more} for row in rows])
        named = [f"{row['switch']} {row['call_id']} {iso_z(row['started_at'])}" for row in rows]
        told = {"period": period.name, "reason": reason, "calls": named}
        record(session, by, "waive", f"customer {customer}", after=told)
    return chosen.to_dicts()

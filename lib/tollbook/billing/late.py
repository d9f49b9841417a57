"""What became otherwise in periods that have been invoiced: calls that came late, or are charged otherwise by now.

It is billed on the customer's next invoice, in lines that name the invoice of the period. What calls were charged
more or less because they were rated again has a note of its own (`notes.py`), and is no longer missing then.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from tollbook.account.database import Database
from tollbook.account.ledger import Adjustment
from tollbook.account.models import Invoice
from tollbook.billing.creditable import allows
from tollbook.billing.invoices import IN_FORCE, numbered
from tollbook.billing.record import Adjusted, Line, Record, Span, to_minor
from tollbook.billing.rows import rows_of
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake, Published
from tollbook.tables import CALLS, TRAFFIC

Key = tuple[date | None, str | None]
"""Day or destination, as the lines of the invoice are grouped."""
_Sums = tuple[int, int, Decimal]
_ZERO: Final[_Sums] = (0, 0, Decimal(0))


@dataclass(frozen=True)
class Late:
    """An invoice whose period is charged otherwise by now, and the lines that bill the difference."""

    adjusted: Adjusted
    lines: tuple[Line, ...]

    @property
    def net(self) -> Decimal:
        """What they add to what has been billed of it, without VAT."""
        return sum((line.net for line in self.lines), Decimal(0))


@dataclass(frozen=True)
class Billed:
    """An invoice in force, with the exact charge that has been billed of its period so far.

    `place` is that of its next adjustment.
    """

    id: int
    number: str
    period: Span
    exact: Decimal
    place: int


def late(lake: Lake, db: Database, customer: str, period: str, published: Published) -> tuple[Late, ...]:
    """For each other invoice in force of the customer what its period is charged more or less by now.

    One of which more would be taken off than notes have left of it is for a person, and not among them.

    Raises:
        TollbookError: the rollups of such a period are behind its calls.
    """
    with db.reading() as session:
        billed = [one for one in billed_of(session, customer) if one.period.name != period]
        if not billed:
            return ()
        charges = _charges(lake, customer, [one.period for one in billed], published)
        found = [(one, _charged(charges, one.period)) for one in billed]
        other = [(one, now) for one, now in found if now != one.exact]
        if not other:
            return ()
        records = _records(session, customer)
    _refuse_stale(published, [one for one, _ in other])
    made = [_late(lake, customer, one, now, records, published) for one, now in other]
    with db.reading() as session:
        return tuple(one for one in made if allows(session, numbered(session, one.adjusted.number), one.net))


def billed_of(session: Session, customer: str) -> list[Billed]:
    """The customer's invoices in force, the earliest period first."""
    columns = (Invoice.id, Invoice.number, Invoice.period_name, Invoice.period_start, Invoice.period_end)
    mine = (Invoice.customer_id == customer, *IN_FORCE)
    rows = session.execute(
        select(*columns, Invoice.exact_charge).where(*mine).order_by(Invoice.period_start)
    ).all()
    made = select(Adjustment.adjusts_id, Adjustment.exact, Invoice.status).join(
        Invoice, Invoice.id == Adjustment.invoice_id
    )
    added: defaultdict[int, Decimal] = defaultdict(Decimal)
    places: defaultdict[int, int] = defaultdict(int)
    for adjusts, exact, status in session.execute(made.where(Invoice.customer_id == customer)):
        places[adjusts] += 1
        added[adjusts] += exact if status != "credited" else 0
    return [
        Billed(key, number or "", Span(name=name, start=start, end=end), exact + added[key], places[key] + 1)
        for key, number, name, start, end, exact in rows
    ]


def charged(lake: Lake, customer: str, period: Span, published: Published) -> Decimal:
    """The Summary's charge of a period."""
    return _charged(_charges(lake, customer, [period], published), period)


def _charges(
    lake: Lake, customer: str, periods: Sequence[Span], published: Published
) -> Mapping[date, Decimal]:
    """The Summary's charge of each day of these periods."""
    start, end = min(one.start for one in periods), max(one.end for one in periods)
    rows = rows_of(lake, TRAFFIC, published, customer, start.date(), end.date())
    sums = rows.group_by("day").agg(pl.col("charge").sum()).collect()
    return {day: charge or Decimal(0) for day, charge in sums.rows()}


def _charged(charges: Mapping[date, Decimal], period: Span) -> Decimal:
    first, end = period.start.date(), period.end.date()
    return sum((charge for day, charge in charges.items() if first <= day < end), Decimal(0))


def _records(session: Session, customer: str) -> list[Record]:
    """The invoices in force, and the notes of differences."""
    noted = and_(Invoice.kind != "invoice", Invoice.status != "credited")
    chosen = select(Invoice.record).where(Invoice.customer_id == customer, or_(and_(*IN_FORCE), noted))
    records = map(Record.model_validate_json, session.scalars(chosen))
    return [record for record in records if record.kind == "invoice" or record.is_difference]


def _refuse_stale(published: Published, billed: Iterable[Billed]) -> None:
    for one in billed:
        first, end = one.period.start.date(), one.period.end.date()
        stale = next((day for day in published.stale_days() if first <= day < end), None)
        if stale:
            raise TollbookError(f"the figures of {stale} are behind its calls: run `tollbook refresh`")


def _late(
    lake: Lake, customer: str, one: Billed, charged: Decimal, records: Iterable[Record], published: Published
) -> Late:
    own = next(record for record in records if record.number == one.number)
    was = _lines_of(records, one.number)
    now = _lines_now(lake, customer, own, published)
    lines = []
    for key in sorted(set(was) | set(now), key=str):
        (calls, seconds, exact), (calls_was, seconds_was, exact_was) = (
            now.get(key, _ZERO),
            was.get(key, _ZERO),
        )
        if calls == calls_was and exact == exact_was:
            continue
        more = exact - exact_was
        line = Line(
            day=key[0],
            destination=key[1],
            calls=calls - calls_was,
            billed_s=seconds - seconds_was,
            exact=more,
            net=to_minor(more, own.currency),
            adjusts=one.number,
        )
        lines.append(line)
    told = Adjusted(
        number=one.number, period=one.period, place=one.place, billed=one.exact, exact=charged - one.exact
    )
    return Late(told, tuple(lines))


def _lines_of(records: Iterable[Record], number: str) -> dict[Key, _Sums]:
    """What has been billed of an invoice's period, by itself, by those that adjust it, and by notes."""
    sums: dict[Key, _Sums] = {}
    for record in records:
        for line in record.lines:
            if number == (line.adjusts or record.number):
                key = (line.day, line.destination)
                calls, seconds, exact = sums.get(key, _ZERO)
                sign = record.sign
                calls, seconds = calls + sign * line.calls, seconds + sign * line.billed_s
                sums[key] = (calls, seconds, exact + sign * line.exact)
    return sums


def _lines_now(lake: Lake, customer: str, own: Record, published: Published) -> dict[Key, _Sums]:
    period = own.period
    days = pl.col("day").is_between(period.start.date(), period.end.date(), closed="left")
    calls = lake.scan(CALLS, published=published).filter(
        days & (pl.col("customer") == customer) & (pl.col("billed_s") > 0)
    )
    sums = (pl.len().cast(pl.Int64), pl.col("billed_s").sum(), pl.col("charge").sum().alias("exact"))
    rows = calls.group_by(own.grouping).agg(*sums).collect().rows()
    by_day = own.grouping == "day"
    return {
        (key, None) if by_day else (None, key): (count, seconds, exact) for key, count, seconds, exact in rows
    }

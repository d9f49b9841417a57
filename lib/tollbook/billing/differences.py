"""What rating again made of calls that have been invoiced: the figures of one credit or debit note an invoice.

Only calls that had a charge are in it, and only what was replaced since the invoice's period was billed last, by the
invoice, by one that adjusts it, or by a note before. What came late is billed on the next invoice (`late.py`). Both go
by the same account of what has been billed, so that nothing is in neither and nothing in both.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tollbook import __version__
from tollbook.account.database import Database
from tollbook.account.ledger import Adjustment
from tollbook.account.models import Invoice
from tollbook.billing.decks import decks_of
from tollbook.billing.invoices import numbered
from tollbook.billing.late import Billed, billed_of
from tollbook.billing.record import Adjusted, Line, Record, Source, Usage, to_minor, totals
from tollbook.lake.store import Lake, Published
from tollbook.language import speaking, tr
from tollbook.tables import CHARGES

IDENTITY: Final = ("switch", "call_id", "started_at")
AFTER: Final = "rerated_after"
_LONGEST: Final = timedelta(days=31)
"""No period is longer."""
_HASHED: Final = (
    *(*IDENTITY, "run", "was_destination", "was_prefix", "was_billed_s", "was_charge"),
    *("destination", "prefix", "billed_s", "charge", "currency"),
)
_READ: Final = (*_HASHED, "day", "caller", "called", "talk_ms")


@dataclass(frozen=True)
class Again:
    """An invoice in force with calls that were rated again since its period was billed last."""

    customer: str
    number: str


def rated_again(
    lake: Lake,
    db: Database,
    customers: Collection[str] | None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> list[Again]:
    """Those invoices of the customers (null: of all) whose period touches the range, the earliest period first."""
    published = lake.published
    runs = _newest_runs(lake, published, customers, start, end)
    found: list[Again] = []
    for customer, days in sorted(runs.items()):
        with db.reading() as session:
            for one in billed_of(session, customer):
                period = one.period
                if (end and period.start >= end) or (start and period.end <= start):
                    continue
                first, last = period.start.date(), period.end.date()
                newest = max((run for day, run in days.items() if first <= day < last), default=0)
                if newest and newest > _billed_run(session, one):
                    found.append(Again(customer, one.number))
    return found


def _newest_runs(
    lake: Lake,
    published: Published,
    customers: Collection[str] | None,
    start: datetime | None,
    end: datetime | None,
) -> dict[str, dict[date, int]]:
    """By customer and day, of all that a period which touches the range can have, the newest re-rating that changed anything."""
    rows = _charges(lake, published)
    if start:
        rows = rows.filter(pl.col("day") >= (start - _LONGEST).date())
    if end:
        rows = rows.filter(pl.col("day") <= (end + _LONGEST).date())
    if customers is not None:
        rows = rows.filter(pl.col("customer").is_in(list(customers)))
    newest = rows.group_by("customer", "day").agg(pl.col("run").max()).collect(engine="streaming")
    runs: defaultdict[str, dict[date, int]] = defaultdict(dict)
    for customer, day, run in newest.iter_rows():
        runs[customer][day] = run
    return runs


def _charges(lake: Lake, published: Published) -> pl.LazyFrame:
    """Charges that were replaced by others. A call that had none was never billed: it is a late one."""
    return lake.scan(CHARGES, published=published).filter(pl.col("was_charge").is_not_null())


def _billed_run(session: Session, one: Billed) -> int:
    """The newest re-rating that is in what has been billed of the invoice's period."""
    adjusting = select(Adjustment.invoice_id).where(Adjustment.adjusts_id == one.id)
    chosen = select(Invoice.record).where(
        or_(Invoice.id == one.id, Invoice.id.in_(adjusting)), Invoice.status != "credited"
    )
    records = map(Record.model_validate_json, session.scalars(chosen))
    return max((record.source.rerated for record in records), default=0)


def draft(lake: Lake, db: Database, again: Again, reason: str = "") -> Record | None:
    """The note of the invoice as things are now; none where it is no longer in force, or nothing is left.

    `reason` stands on it; without one it says that calls were rated again, in the customer's language.
    """
    published = lake.published
    with db.reading() as session:
        billed = next((one for one in billed_of(session, again.customer) if one.number == again.number), None)
        if billed is None:
            return None
        own = Record.model_validate_json(numbered(session, again.number).record)
        after = _billed_run(session, billed)
    calls = changed_calls(lake, own, published, after, published.rerated)
    if calls.is_empty() or calls["charge"].sum() == calls["was_charge"].sum():
        return None
    with speaking(own.customer.language):
        told = reason or tr("Calls were rated again.")
    adjusted = Adjusted(
        number=own.number or "",
        period=own.period,
        place=billed.place,
        billed=billed.exact,
        exact=_more(calls),
    )
    decks = [deck.id for deck in decks_of(db, "customer", again.customer, prefixes=())]
    source = _source(calls, published, after, decks)
    return figures(own, calls, adjusted).model_copy(update={"reason": told, "source": source})


def changed_calls(lake: Lake, own: Record, published: Published, after: int, until: int) -> pl.DataFrame:
    """The charges replaced in the invoice's period by re-ratings after one until another, in the order of their calls."""
    days = pl.col("day").is_between(own.period.start.date(), own.period.end.date(), closed="left")
    runs = (pl.col("run") > after) & (pl.col("run") <= until)
    mine = _charges(lake, published).filter(days & runs & (pl.col("customer") == own.customer.id))
    return mine.select(_READ).collect().sort("started_at", "switch", "call_id", "run")


def _more(calls: pl.DataFrame) -> Decimal:
    more = calls.select(pl.col("charge").sum() - pl.col("was_charge").sum()).item()
    return more if isinstance(more, Decimal) else Decimal(0)


def _source(calls: pl.DataFrame, published: Published, after: int, decks: list[int]) -> Source:
    return Source(
        program=f"tollbook {__version__}",
        tables=dict(published.versions),
        decks=decks,
        calls=calls.n_unique(IDENTITY),
        calls_sha256=calls_sha256(calls),
        unrated=0,
        parameters={AFTER: after},
        rerated=published.rerated,
    )


def calls_sha256(calls: pl.DataFrame) -> str:
    """Hash of what was replaced and by what."""
    return hashlib.sha256(calls.select(_HASHED).write_csv().encode()).hexdigest()


def figures(own: Record, calls: pl.DataFrame, adjusted: Adjusted) -> Record:
    """The note of these changed calls: a line a destination or day, as the invoice has them, that add up to the exact difference.

    All its numbers are above zero where it goes the way of the note: to the customer on a credit note.
    """
    key = "day" if own.grouping == "day" else "destination"
    rows = list(_differences(calls, key))
    net = sum((to_minor(row["exact"], own.currency) for row in rows), Decimal(0))
    sign = 1 if (net or adjusted.exact) > 0 else -1
    lines = tuple(
        Line(**signed, net=to_minor(signed["exact"], own.currency), adjusts=own.number)
        for signed in (_signed(row, sign) for row in rows)
    )
    usage = [
        {**row, "calls": row["rerated"], "charge": row["exact"]}
        for row in (_signed(row, sign) for row in _differences(calls, "day"))
    ]
    sums = totals(
        (),
        (line.net for line in lines),
        own.tax_rate,
        own.currency,
        sum((line.exact for line in lines), Decimal(0)),
    )
    return own.model_copy(
        update={
            "kind": "debit_note" if sign > 0 else "credit_note",
            "status": "draft",
            "number": None,
            "issued_at": None,
            "corrects": own.reference,
            "lines": lines,
            "usage": tuple(Usage(**{name: row[name] for name in Usage.model_fields}) for row in usage),
            "adjusted": (adjusted,),
            **sums,
        }
    )


def _signed(row: dict[str, Any], sign: int) -> dict[str, Any]:
    return {**row, **{name: sign * row[name] for name in ("calls", "billed_s", "exact")}}


def _differences(calls: pl.DataFrame, key: str) -> Iterator[dict[str, Any]]:
    """By day or destination: by how much calls billed, seconds and charge grew, and how many calls were rated again."""
    was = calls.select(
        *IDENTITY,
        key=pl.col("day" if key == "day" else f"was_{key}"),
        billed_s="was_billed_s",
        charge="was_charge",
    )
    now = calls.select(*IDENTITY, "billed_s", "charge", key=pl.col(key))
    both = pl.concat([was.with_columns(way=pl.lit(-1)), now.select(was.columns).with_columns(way=pl.lit(1))])
    sums = (
        both.filter(pl.col("billed_s") > 0)
        .group_by("key")
        .agg(
            calls=pl.col("way").sum().cast(pl.Int64),
            billed_s=(pl.col("billed_s") * pl.col("way")).sum(),
            exact=pl.when(pl.col("way") > 0).then("charge").otherwise(-pl.col("charge")).sum(),
            rerated=pl.struct(IDENTITY).n_unique().cast(pl.Int64),
        )
    )
    for row in sums.sort("key", nulls_last=True).to_dicts():
        if row["exact"] or row["calls"]:
            yield {key: row.pop("key"), **row}

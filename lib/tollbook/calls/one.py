"""One call opened: its row in full, its tries in order, how each was rated, and the invoice that it is on."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlalchemy import select

from tollbook.account import number_rules
from tollbook.account.database import Database
from tollbook.account.models import Invoice
from tollbook.billing.decks import Deck, Side, as_rules_are_and_were, decks_of, rules_of
from tollbook.billing.explain import Explanation, explain
from tollbook.billing.prefixes import DIGITS
from tollbook.calls.history import Replaced, replaced
from tollbook.calls.query import Place
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.tables import CALLS, CHARGES, SEIZURES, UNRATED

Row = Mapping[str, Any]
_DAY: Final = timedelta(days=1)
_MS: Final = 1000
_MOST_BEFORE: Final = 1000


@dataclass(frozen=True)
class Rating:
    """How a charge or cost came about.

    `deck` is the deck by which `steps` tell it, none where there is none. `is_newest` is false where a newer one is
    in force by now. `agrees` is false where no deck gives what is stored: then the steps are the newest deck's.
    `before` is what re-ratings have replaced, the newest first.
    """

    steps: tuple[str, ...]
    deck: int | None = None
    is_newest: bool = True
    agrees: bool = True
    before: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Billed:
    """The invoice over a call's start: a draft has no number."""

    period: str
    status: str
    number: str | None


@dataclass(frozen=True)
class Opened:
    """A call, its seizures in order, each with how it was rated, and the invoice that it is on.

    `columns` are those of seizures that its reader has: without any there are no seizures, without `cost` none of
    them has a rating.
    """

    call: Row
    rating: Rating
    seizures: tuple[tuple[Row, Rating | None], ...]
    invoice: Billed | None
    columns: tuple[str, ...] = SEIZURES.names


def open_call(lake: Lake, db: Database, place: Place, *, customers: Collection[str] | None) -> Opened:
    """The call at a place, if it is one of `customers` (None: of all).

    Raises:
        UsageError: there is no such call that the reader may see.
    """
    calls = _same(lake.scan(CALLS), place, place.at, place.at)
    if customers is not None:
        calls = calls.filter(pl.col("customer").is_in(sorted(customers)))
    found = calls.filter(pl.col("started_at") == place.at).collect().to_dicts()
    if not found:
        raise UsageError(
            f"there is no call '{place.call_id}' of {place.switch} at {place.at:%Y-%m-%d %H:%M:%S}"
        )
    (call,) = found
    columns = lake.columns(SEIZURES)
    tries = _tries(lake, place, call) if columns else []
    before = _replaced(lake, call)
    return Opened(
        call=call,
        rating=replace(rating(db, call, "customer"), before=before.get(None, ())),
        seizures=tuple((each, _cost(db, each, before) if "cost" in columns else None) for each in tries),
        invoice=_invoice(db, call),
        columns=columns,
    )


def _prefixes(number: str, rules: str) -> Iterator[str]:
    """Those of a number as it is, and as its customer's rules write it."""
    rule = number_rules.fitting(number_rules.parse(rules), number)
    for text in (number, *([rule.applied(number)] if rule else [])):
        yield from (text[:length] for length in range(1, min(len(text), DIGITS) + 1))


def rating(db: Database, record: Row, side: Side) -> Rating:
    """How the record (of calls: side customer, of seizures: carrier) was rated, by the deck that did it."""
    owner = record[side]
    if owner is None:
        return Rating((UNRATED[f"no_{side}"],))
    with db.reading() as session:
        rules = rules_of(session, side, owner)
    prefixes = [*_prefixes(str(record["called"] or ""), rules)]
    try:
        decks = decks_of(db, side, owner, prefixes=prefixes)
    except UsageError:  # nobody entered this customer or carrier yet
        decks = []
    if not decks:
        return Rating((UNRATED["no_deck"],), agrees=record["currency"] is None)
    told = [(deck, _explained(deck, record)) for each in decks for deck in as_rules_are_and_were(each)]
    by = next(((deck, how) for deck, how in told if _is_stored(how, record, side)), None)
    deck, how = by or told[0]
    return Rating(how.steps, deck.id, is_newest=deck.id == decks[0].id, agrees=by is not None)


def _cost(db: Database, seizure: Row, before: Mapping[int | None, tuple[Row, ...]]) -> Rating:
    return replace(rating(db, seizure, "carrier"), before=before.get(seizure["seizure"], ()))


def _replaced(lake: Lake, call: Row) -> Mapping[int | None, tuple[Row, ...]]:
    """What re-ratings replaced, by seizure, of the call itself under null; nothing for a reader who has no such table."""
    if not lake.columns(CHARGES):
        return {}
    end = max(call["ended_at"] or call["started_at"], call["started_at"]) + _DAY
    asked = Replaced(call["call_id"], call["switch"], start=call["started_at"], end=end)
    found: defaultdict[int | None, list[Row]] = defaultdict(list)
    for row in replaced(lake, asked, _MOST_BEFORE):
        if row["seizure"] or row["started_at"] == call["started_at"]:
            found[row["seizure"]].append(row)
    return {key: tuple(reversed(rows)) for key, rows in found.items()}


def _explained(deck: Deck, record: Row) -> Explanation:
    talk_ms = record["talk_ms"] if record["answered_at"] is not None else 0
    talk_s = Decimal(max(talk_ms or 0, 0)) / _MS
    return explain(deck, record["called"] or "", talk_s, record["started_at"])


def _is_stored(how: Explanation, record: Row, side: Side) -> bool:
    price = record["charge" if side == "customer" else "cost"]
    stored = (record["prefix"], record["billed_s"], price, record["currency"], record["unrated"])
    return stored == (how.prefix, how.billed_s, how.charge, how.currency, how.unrated)


def _tries(lake: Lake, place: Place, call: Row) -> list[Row]:
    """The call's seizures; of calls that share an identity each has those from its start to the next one's."""
    until = max(call["ended_at"] or place.at, place.at)
    named = _same(lake.scan(CALLS), place, place.at, until).select("started_at").collect()["started_at"]
    tries = _same(lake.scan(SEIZURES), place, place.at, until).sort("started_at", "seizure").collect()
    starts = sorted(named)
    here = starts.index(place.at)
    since = starts[here] if here else datetime.min.replace(tzinfo=UTC)
    after = starts[here + 1] if here + 1 < len(starts) else datetime.max.replace(tzinfo=UTC)
    mine = [row for row in tries.to_dicts() if since <= row["started_at"] < after]
    return sorted(mine, key=lambda row: row["seizure"])


def _same(rows: pl.LazyFrame, place: Place, since: datetime, until: datetime) -> pl.LazyFrame:
    """Rows of the call's identity, a day around it: a try may start just before or long after its call."""
    days = pl.col("day").is_between((since - _DAY).date(), (until + _DAY).date())
    return rows.filter(days, pl.col("switch") == place.switch, pl.col("call_id") == place.call_id)


def _invoice(db: Database, call: Row) -> Billed | None:
    """The one in force over the call's start; a draft only where nothing is issued."""
    at = call["started_at"]
    covering = select(Invoice.period_name, Invoice.status, Invoice.number).where(
        Invoice.customer_id == call["customer"],
        Invoice.kind == "invoice",
        Invoice.status != "credited",
        Invoice.period_start <= at,
        Invoice.period_end > at,
    )
    with db.reading() as session:
        found = session.execute(covering.order_by(Invoice.number.is_(None), Invoice.id)).first()
    return Billed(*found) if found else None

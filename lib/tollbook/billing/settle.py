"""The figures of one customer's period: from its calls, checked against the Summary to the last digit."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from tollbook import __version__
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.billing.decks import Deck, as_rules_are_and_were, decks_of
from tollbook.billing.late import Late, late
from tollbook.billing.parties import buyer, seller
from tollbook.billing.rating import rate_calls
from tollbook.billing.record import Line, Record, Source, Span, Usage, to_minor, totals
from tollbook.billing.rows import rows_of
from tollbook.billing.waivers import Call, waived, without
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake, Published
from tollbook.money import MONEY, plain
from tollbook.periods import Period
from tollbook.tables import CALLS, TRAFFIC, Table

_HASHED: Final = (
    *("switch", "call_id", "started_at", "called", "talk_ms"),
    *("destination", "prefix", "billed_s", "charge", "currency"),
)
_NAMED: Final = 3
"""Unrated calls that a message names."""
_GROUPS: Final = {"destination": ("destination", "rate_per_min"), "day": ("day",)}


@dataclass(frozen=True)
class Asked:
    """One customer, the decks it ever had (the newest first), one period.

    `waived` are calls that nobody waits for, `late` what other invoices of the customer lack by now, and `published`
    the state of the tables that both were found in; without it the newest.
    """

    customer: Customer
    decks: list[Deck]
    period: Period
    settle_hours: int
    waived: frozenset[Call] = frozenset()
    late: tuple[Late, ...] = ()
    published: Published | None = None


def asked(lake: Lake, db: Database, customer: Customer, period: Period, settle_hours: int) -> Asked:
    """What settling a customer's period needs from the database, and from the tables of one moment.

    Raises:
        TollbookError: rollups of an earlier period are behind its calls.
    """
    published = lake.published
    return Asked(
        customer,
        decks_of(db, "customer", customer.id),
        period,
        settle_hours,
        waived=frozenset(waived(db, customer.id)),
        late=late(lake, db, customer.id, period.name, published),
        published=published,
    )


def settle(lake: Lake, asked: Asked) -> Record | None:
    """The draft of the invoice; None where there is nothing to charge the customer for.

    Raises:
        TollbookError: no currency, unrated calls, rollups behind their calls, or charges that disagree.
    """
    published = asked.published or lake.published
    calls = _calls(lake, asked, published)
    owed = sum((one.adjusted.exact for one in asked.late), Decimal(0))
    if calls.is_empty() and owed <= 0:
        return None
    currency = asked.customer.currency
    if not currency:
        raise TollbookError(f"'{asked.customer.id}' has no currency: `tollbook customer set` gives it one")
    waits = without(calls.filter(pl.col("unrated").is_not_null()), asked.waived)
    _refuse_unrated(waits)
    _refuse_stale(published, asked.period)
    _refuse_other_than_summary(calls, lake, asked, published)
    billed = calls.filter(pl.col("billed_s") > 0)
    return None if billed.is_empty() and owed <= 0 else _record(calls, billed, asked, published, currency)


def _rows(lake: Lake, table: Table, asked: Asked, published: Published) -> pl.LazyFrame:
    first, end = asked.period.start.date(), asked.period.end.date()
    return rows_of(lake, table, published, asked.customer.id, first, end)


def _of_period(asked: Asked, started_at: str) -> pl.Expr:
    return pl.col(started_at).is_between(asked.period.start, asked.period.end, closed="left")


def _calls(lake: Lake, asked: Asked, published: Published) -> pl.DataFrame:
    found = _rows(lake, CALLS, asked, published).filter(_of_period(asked, "started_at"))
    return found.select("day", "customer", "answered_at", "unrated", *_HASHED).collect().sort(*_HASHED[:3])


def _refuse_unrated(calls: pl.DataFrame) -> None:
    reasons = calls["unrated"].value_counts(sort=True)
    if not reasons.height:
        return
    words = ", ".join(f"{reason} {count}" for reason, count in reasons.rows())
    one = calls.height == 1
    counted = "1 call is" if one else f"{calls.height} calls are"
    named = ", ".join(
        f"{call} to {called}" for call, called in calls.head(_NAMED).select("call_id", "called").rows()
    )
    more = ", …" if calls.height > _NAMED else ""
    raise TollbookError(
        f"{counted} unrated ({words}): {named}{more}: import a deck that has {'it' if one else 'them'} and run "
        "`tollbook refresh`, or let go with `tollbook invoice waive`"
    )


def _refuse_stale(published: Published, period: Period) -> None:
    stale = [day for day in published.stale_days() if period.start.date() <= day < period.end.date()]
    if stale:
        raise TollbookError(f"the figures of {stale[0]} are behind its calls: run `tollbook refresh`")


def _refuse_other_than_summary(calls: pl.DataFrame, lake: Lake, asked: Asked, published: Published) -> None:
    """The Customer Summary is the one source of what is charged."""
    rows = _rows(lake, TRAFFIC, asked, published).filter(_of_period(asked, "quarter_at"))
    summary = _sum(rows.select("charge").collect()["charge"])
    exact = _sum(calls["charge"])
    if exact != summary:
        raise TollbookError(
            f"the calls are charged {plain(exact)}, the Summary says {plain(summary)}: run `tollbook refresh`"
        )
    others = set(calls["currency"].drop_nulls()) - {asked.customer.currency}
    if others:
        raise TollbookError(
            f"calls are charged in {', '.join(sorted(others))}, not in {asked.customer.currency}"
        )


def _sum(amounts: pl.Series) -> Decimal:
    total = amounts.cast(MONEY).sum()
    return total if isinstance(total, Decimal) else Decimal(0)


def _record(
    calls: pl.DataFrame, billed: pl.DataFrame, asked: Asked, published: Published, currency: str
) -> Record:
    customer, period = asked.customer, asked.period
    own = _lines(billed, asked, currency)
    lines = (*own, *(line for one in asked.late for line in one.lines))
    adjusted = tuple(one.adjusted for one in asked.late)
    sums = totals(
        (line.exact for line in own),
        (line.net for line in lines),
        customer.tax_rate,
        currency,
        sum((one.exact for one in adjusted), Decimal(0)),
    )
    source = Source(
        program=f"tollbook {__version__}",
        tables=dict(published.versions),
        decks=[deck.id for deck in asked.decks],
        calls=calls.height,
        calls_sha256=hashlib.sha256(calls.select(_HASHED).write_csv().encode()).hexdigest(),
        unrated=calls["unrated"].count(),
        parameters={"settle_hours": asked.settle_hours},
        rerated=published.rerated,
        number_rules=next((deck.number_rules for deck in asked.decks), ""),
    )
    return Record(
        seller=seller(),
        customer=buyer(customer),
        period=Span(name=period.name, start=period.start, end=period.end),
        currency=currency,
        due_days=customer.due_days,
        grouping=customer.invoice_grouping,
        lines=lines,
        adjusted=adjusted,
        usage=tuple(Usage(**row) for row in _grouped(billed, ("day",), "charge")),
        tax_rate=customer.tax_rate,
        source=source,
        **sums,
    )


def _lines(billed: pl.DataFrame, asked: Asked, currency: str) -> tuple[Line, ...]:
    grouping = asked.customer.invoice_grouping
    rows = with_rates(billed, asked.decks) if grouping == "destination" else billed
    groups = _grouped(rows, _GROUPS[grouping], "exact")
    return tuple(Line(**row, net=to_minor(row["exact"], currency)) for row in groups)


def _grouped(calls: pl.DataFrame, keys: tuple[str, ...], amount: str) -> list[dict[str, Any]]:
    sums = calls.group_by(keys).agg(
        calls=pl.len().cast(pl.Int64), billed_s=pl.col("billed_s").sum(), charge=pl.col("charge").sum()
    )
    return sums.sort(keys).rename({"charge": amount}).to_dicts()


def with_rates(billed: pl.DataFrame, decks: list[Deck]) -> pl.DataFrame:
    """The calls with `rate_per_min` of the newest deck that gives each its charge; null where none does."""
    done: list[pl.DataFrame] = []
    for deck in (each for one in decks for each in as_rules_are_and_were(one)):
        if billed.is_empty():
            break
        again = rate_calls(billed.lazy(), {deck.owner: deck}).select("prefix", "charge").collect()
        same = (again["prefix"] == billed["prefix"]) & (again["charge"] == billed["charge"])
        done.append(_with_rates_of(deck, billed.filter(same.fill_null(value=False))))
        billed = billed.filter(~same.fill_null(value=False))
    return pl.concat([*done, billed.with_columns(rate_per_min=pl.lit(None, MONEY))])


def _with_rates_of(deck: Deck, billed: pl.DataFrame) -> pl.DataFrame:
    """The rate in force at each call's start; its prefix is one of the deck's."""
    always = pl.lit(0).cast(deck.rates.schema["effective_from"])
    rows = deck.rates.select("prefix", "rate_per_min", since=pl.col("effective_from").fill_null(always))
    return (
        billed.sort("started_at")
        .join_asof(
            rows.sort("since"),
            left_on="started_at",
            right_on="since",
            by="prefix",
            check_sortedness=False,  # both are sorted, which Polars cannot see within prefixes
        )
        .drop("since", strict=False)
    )

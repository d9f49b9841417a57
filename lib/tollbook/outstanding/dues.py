"""Invoices whose last day to pay has passed: how many, and how much in each currency."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency, format_decimal

from tollbook.account.database import Database
from tollbook.billing.listed import OVERDUE, listed
from tollbook.language import current, tr, trn
from tollbook.outstanding.item import Item


def overdue(db: Database, at: datetime, customers: Collection[str] | None) -> Iterator[Item]:
    """Overdue invoices of these customers, whose own they are, or of all."""
    whose = None if customers is None else tuple(sorted(customers))
    count, sums = _sums(db, db.committed(), at.astimezone(UTC).date(), whose)
    if not count:
        return
    if customers is None:
        words = trn("{count} invoice is overdue: {sums}", "{count} invoices are overdue: {sums}", count)
    else:
        words = trn(
            "{count} of your invoices is overdue: {sums}",
            "{count} of your invoices are overdue: {sums}",
            count,
        )
    told = ", ".join(format_currency(amount, currency, locale=current()) for currency, amount in sums)
    number = format_decimal(count, locale=current())
    own = customers is not None
    remedy = tr("Pay them: each says how") if own else tr("Remind who owes them, or book what was paid")
    yield Item("overdue", words.format(count=number, sums=told), remedy, "invoices", {"state": OVERDUE})


@lru_cache(maxsize=64)
def _sums(
    db: Database,
    committed: str,  # noqa: ARG001 - in the key
    day: date,
    customers: tuple[str, ...] | None,
) -> tuple[int, tuple[tuple[str, Decimal], ...]]:
    """How many are overdue on a day, and what is open of them by currency."""
    sums: dict[str, Decimal] = {}
    with db.reading() as session:
        at = datetime.combine(day, time(), UTC)
        late = [one for one in listed(session, at, customers, unpaid=True) if one.overdue_days]
    for one in late:
        sums[one.currency] = sums.get(one.currency, Decimal(0)) + one.open
    return len(late), tuple(sorted(sums.items()))

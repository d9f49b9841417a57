"""Invoices and credit notes as a list has them: what is open of each, when it is due, and whether that day has passed.

A credit note stands with its amounts below zero, so that what is listed adds up to what was charged.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, aliased

from tollbook.account.models import Customer, Invoice
from tollbook.billing.allocation import NOTHING, credited_of, paid_of
from tollbook.language import later, tr

OVERDUE: Final = "overdue"
PART_CREDITED: Final = "part_credited"
STATES: Final[Mapping[str, str]] = {
    "draft": later("Draft"),
    "issued": later("Issued"),
    "part_paid": later("Part-paid"),
    "paid": later("Paid"),
    OVERDUE: later("Overdue"),
    PART_CREDITED: later("Part-credited"),
    "credited": later("Credited"),
}
"""What a list can be narrowed to, and its label. One that is overdue or part-credited is issued, part-paid or paid besides."""
_CREDITED: Final = {
    "issued": later("Part-credited"),
    "part_paid": later("Part-paid, part-credited"),
    "paid": later("Paid, part-credited"),
}
"""What an invoice is called of which a part is credited."""
_OPEN: Final = frozenset({"issued", "part_paid"})


@dataclass(frozen=True)
class Listed:
    """One invoice, note or draft. `corrects` is the invoice that a note takes back or corrects."""

    number: str | None
    kind: str
    customer: str
    name: str
    period: str
    start: datetime
    end: datetime
    status: str
    issued_at: datetime | None
    due_on: date | None
    """Null of a draft and of a credit note."""
    net: Decimal
    tax: Decimal
    total: Decimal
    paid: Decimal
    open: Decimal
    currency: str
    corrects: str | None
    overdue_days: int
    """Whole days since it was due, where something is open; else 0."""
    credited: Decimal = NOTHING
    """What credit notes of parts and of differences take off an invoice that is in force."""

    @property
    def states(self) -> frozenset[str]:
        """The words of `STATES` that hold of it."""
        more = ((OVERDUE, self.overdue_days), (PART_CREDITED, self.credited))
        return frozenset({self.status, *(name for name, holds in more if holds)})

    @property
    def told(self) -> str:
        """Its state in words, in the language in use."""
        if self.overdue_days and self.status == "part_paid":
            return tr("Part-paid, overdue")
        if self.credited and not self.overdue_days:
            return tr(_CREDITED.get(self.status, STATES[self.status]))
        return tr(STATES[OVERDUE if self.overdue_days else self.status])

    @property
    def tone(self) -> str | None:
        """How that is shown: what is wrong, good, or of no concern any more."""
        if self.overdue_days:
            return "wrong"
        return {"paid": "good", "draft": "quiet", "credited": "quiet"}.get(self.status)


def listed(
    session: Session, at: datetime, customers: Collection[str] | None = None, *, unpaid: bool = False
) -> list[Listed]:
    """All invoices and credit notes, the latest period first; of these customers, or, where null, of all with drafts.

    With `unpaid` only those that are issued and not wholly paid.

    Who has only some customers' is one of theirs, and drafts are not for them.
    """
    other = aliased(Invoice)
    chosen = (
        select(
            *_columns(),
            Customer.name,
            other.number.label("corrects"),
            (other.status != "credited").label("stands"),
            _due_days(session),
        )
        .join(Customer, Customer.id == Invoice.customer_id)
        .outerjoin(other, other.id == Invoice.corrects_id)
        .order_by(Invoice.period_start.desc(), Invoice.customer_id, Invoice.id.desc())
    )
    if unpaid:
        chosen = chosen.where(Invoice.status.in_(_OPEN))
    rows = session.execute(_whose(chosen, customers)).mappings().all()
    paid, less = paid_of(session), credited_of(session, customers)
    credited = _credited(rows)

    def one(row: Mapping[Any, Any]) -> Listed:
        paid_, less_, credited_ = (each.get(row["id"], NOTHING) for each in (paid, less, credited))
        return _listed(row, paid_, less_, credited_, at)

    return [one(row) for row in rows]


def _credited(rows: Iterable[Mapping[Any, Any]]) -> Mapping[int, Decimal]:
    """What credit notes that stand take off each document that is in force itself."""
    sums: defaultdict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row["kind"] == "credit_note" and row["status"] != "credited" and row["stands"]:
            sums[row["corrects_id"]] += row["total"]
    return sums


def open_of(invoices: Collection[Listed]) -> list[Listed]:
    """Those of which something is open, the longest due first."""
    left = [one for one in invoices if one.open]
    return sorted(left, key=lambda one: (one.due_on or date.max, one.number or ""))


def listed_one(session: Session, number: str, at: datetime) -> Listed | None:
    """The invoice or credit note of that number."""
    customer = session.scalar(select(Invoice.customer_id).where(Invoice.number == number))
    mine = listed(session, at, [customer]) if customer else []
    return next((one for one in mine if one.number == number), None)


def _columns() -> tuple[Any, ...]:
    return (
        *(Invoice.id, Invoice.number, Invoice.kind, Invoice.customer_id, Invoice.period_name),
        *(Invoice.period_start, Invoice.period_end, Invoice.status, Invoice.issued_at, Invoice.currency),
        *(Invoice.net, Invoice.tax, Invoice.total, Invoice.corrects_id),
    )


def _whose(chosen: Select[Any], customers: Collection[str] | None) -> Select[Any]:
    if customers is None:
        return chosen
    return chosen.where(Invoice.customer_id.in_(customers), Invoice.number.is_not(None))


def _due_days(session: Session) -> ColumnElement[int]:
    """What the record says, which alone tells: its customer's may have changed since."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(cast(Invoice.record, JSONB)["due_days"].astext, Integer).label("due_days")
    return func.json_extract(Invoice.record, "$.due_days", type_=Integer).label("due_days")


def _listed(row: Mapping[Any, Any], paid: Decimal, less: Decimal, credited: Decimal, at: datetime) -> Listed:
    is_note = row["kind"] == "credit_note"
    sign, issued_at = -1 if is_note else 1, row["issued_at"]
    due_on = None if is_note or not issued_at else issued_at.date() + timedelta(days=row["due_days"])
    left = row["total"] - less - paid if row["status"] in _OPEN and not is_note else NOTHING
    late = (at.date() - due_on).days if due_on and left > 0 else 0
    return Listed(
        number=row["number"],
        kind=row["kind"],
        customer=row["customer_id"],
        name=row["name"],
        period=row["period_name"],
        start=row["period_start"],
        end=row["period_end"],
        status=row["status"],
        issued_at=issued_at,
        due_on=due_on,
        net=sign * row["net"],
        tax=sign * row["tax"],
        total=sign * row["total"],
        paid=paid,
        credited=credited,
        open=left,
        currency=row["currency"],
        corrects=row["corrects"],
        overdue_days=max(late, 0),
    )

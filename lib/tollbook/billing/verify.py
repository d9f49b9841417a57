"""An invoice computed again: from the data as it was when it was made, and as it is now. Equal, or what changed by how much."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal

import polars as pl
from deltalake.exceptions import DeltaError, TableNotFoundError
from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook import __version__
from tollbook.account.database import Database
from tollbook.account.ledger import Adjustment
from tollbook.account.models import Customer, Invoice
from tollbook.billing.decks import decks_of
from tollbook.billing.differences import AFTER, IDENTITY, calls_sha256, changed_calls, figures
from tollbook.billing.invoices import columns_of, numbered
from tollbook.billing.late import Late, billed_of, charged
from tollbook.billing.parts import tax_of
from tollbook.billing.record import Record, to_minor, totals
from tollbook.billing.settle import Asked, settle
from tollbook.billing.waivers import waived
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake, Published
from tollbook.money import plain
from tollbook.periods import Period

Verdict = Literal["equal", "changed", "gone"]
Change = dict[str, Any]


def verify(lake: Lake, db: Database, number: str) -> dict[str, Any]:
    """What becomes of an invoice that is computed again.

    `record`: whether it is in itself as it was issued; `as_made`: from the versions of the tables that it names;
    `now`: from today's. Of a note of a part the last two are of its invoice. Each is equal or changed (`gone` where the versions are no longer kept), and `changes` has
    what differs. `corrected_by` names what has billed such changes since, and `open` is the exact charge that nothing
    has billed yet; null of what is no invoice in force.

    Raises:
        UsageError: there is no such invoice.
    """
    with db.reading() as session:
        row = numbered(session, number)
        record = Record.model_validate_json(row.record)
        inside = [*_of_row(row, record), *_of_itself(record)]
        billed = next((one for one in billed_of(session, record.customer.id) if one.id == row.id), None)
        by = _corrected_by(session, row)
        target = _target(session, record)
    subject = target if record.is_part else record  # a part is of what its invoice is made of
    then, published = Published(versions=record.source.tables, rerated=record.source.rerated), lake.published
    made, changes_then = _again(lake, db, subject, target, then)
    now, changes_now = _again(lake, db, subject, target, published)
    left = charged(lake, record.customer.id, record.period, published) - billed.exact if billed else None
    return {
        "number": number,
        "record": "changed" if inside else "equal",
        "as_made": made,
        "now": now,
        "corrected_by": by,
        "open": left,
        "program": {"then": record.source.program, "now": f"tollbook {__version__}"},
        "changes": [
            *({"in": "record", **change} for change in inside),
            *({"in": "as_made", **change} for change in changes_then),
            *({"in": "now", **change} for change in changes_now),
        ],
    }


def _target(session: Session, record: Record) -> Record:
    """What is computed again: of a note that takes another document back that one."""
    while record.corrects and not record.is_difference:
        record = Record.model_validate_json(numbered(session, record.corrects.number).record)
    return record


def _corrected_by(session: Session, row: Invoice) -> list[str]:
    """The invoices and notes that bill what became otherwise in the invoice's period."""
    adjusting = select(Invoice.number).join(Adjustment, Adjustment.invoice_id == Invoice.id)
    standing = adjusting.where(Adjustment.adjusts_id == row.id, Invoice.status != "credited")
    return [number for number in session.scalars(standing.order_by(Adjustment.place)) if number]


def _difference(lake: Lake, db: Database, record: Record, published: Published) -> Record:
    """A note of a difference, from the charges that were replaced."""
    assert record.corrects  # noqa: S101 - it is one
    with db.reading() as session:
        own = Record.model_validate_json(numbered(session, record.corrects.number).record)
    source = record.source
    calls = changed_calls(lake, own, published, source.parameters[AFTER], source.rerated)
    told = {"calls": calls.n_unique(IDENTITY), "calls_sha256": calls_sha256(calls)}
    made = figures(own, calls, record.adjusted[0])
    return made.model_copy(update={"source": source.model_copy(update=told)})


def _again(
    lake: Lake, db: Database, record: Record, target: Record, published: Published
) -> tuple[Verdict, list[Change]]:
    try:
        if target.is_difference:
            made: Record | None = _difference(lake, db, target, published)
            changes = list(_differences(_figures(record), _figures(made) if made else {}))
            return "changed" if changes else "equal", changes
        made = settle(lake, _asked(db, record, published))
        late = {
            one.number: charged(lake, record.customer.id, one.period, published) for one in record.adjusted
        }
    except (DeltaError, TableNotFoundError, FileNotFoundError, pl.exceptions.ComputeError):
        return "gone", []
    except TollbookError as error:
        return "changed", [{"what": "it can not be settled", "why": str(error)}]
    changes = list(_differences(_figures(record), _figures(made) if made else {}))
    found = {one.number: late[one.number] - one.billed for one in record.adjusted}
    changes += [
        _change(f"adjustment of {one.number}", one.exact, found[one.number])
        for one in record.adjusted
        if found[one.number] != one.exact
    ]
    return "changed" if changes else "equal", changes


def _asked(db: Database, record: Record, published: Published) -> Asked:
    """The question that the invoice answered, by the terms in its record."""
    buyer = record.customer
    customer = Customer(
        id=buyer.id,
        name=buyer.name,
        address=buyer.address,
        currency=record.currency,
        due_days=record.due_days,
        tax_rate=record.tax_rate,
        invoice_grouping=record.grouping,
    )
    period = Period(record.period.start, record.period.end, record.period.name)
    decks = [deck for deck in decks_of(db, "customer", buyer.id) if deck.id in record.source.decks]
    if (rules := record.source.number_rules) is not None:
        decks = [replace(deck, number_rules=rules) for deck in decks]
    hours = record.source.parameters["settle_hours"]
    late = tuple(
        Late(one, tuple(line for line in record.lines if line.adjusts == one.number))
        for one in record.adjusted
    )
    return Asked(customer, decks, period, hours, frozenset(waived(db, buyer.id)), late, published)


def _figures(record: Record) -> dict[str, Any]:
    """The figures, each by a name."""
    figures: dict[str, Any] = {"calls": record.source.calls, "calls_sha256": record.source.calls_sha256}
    for line in record.lines:
        rate = None if line.rate_per_min is None else plain(line.rate_per_min)
        name = " ".join(str(word) for word in (line.day, line.destination, rate, line.adjusts) if word)
        for part in ("calls", "billed_s", "exact", "net"):
            figures[f"line {name}: {part}"] = getattr(line, part)
    for day in record.usage:
        figures[f"day {day.day}: charge"] = day.charge
    sums = ("exact_charge", "adjustment", "net", "rounding", "tax", "total")
    return {**figures, **{name: getattr(record, name) for name in sums}}


def _differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    for name in dict.fromkeys([*then, *now]):
        if then.get(name) != now.get(name):
            yield _change(name, then.get(name), now.get(name))


def _change(what: str, then: object, now: object) -> Change:
    change: Change = {"what": what, "then": then, "now": now}
    if isinstance(then, Decimal | int | None) and isinstance(now, Decimal | int | None):
        change["difference"] = Decimal(now or 0) - Decimal(then or 0)
    return change


def _of_row(row: Invoice, record: Record) -> Iterator[Change]:
    """What the columns of the database say otherwise than the record."""
    for name, told in columns_of(record).items():
        if name not in {"status", "record"} and getattr(row, name) != told:
            yield _change(name, told, getattr(row, name))


def _of_itself(record: Record) -> Iterator[Change]:
    """What in the record does not add up."""
    for line in record.lines:
        if line.net != (net := to_minor(line.exact, record.currency)):
            yield _change(f"net of {line.destination or line.day}", line.net, net)
    own = (line.exact for line in record.lines if not line.adjusts)
    late = sum((line.exact for line in record.lines if line.adjusts), Decimal(0))
    sums = dict(totals(own, (line.net for line in record.lines), record.tax_rate, record.currency, late))
    if record.before is not None:
        sums["tax"] = tax_of(record, record.before, record.net)
        sums["total"] = sums["net"] + sums["tax"]
    for name, amount in sums.items():
        if getattr(record, name) != amount:
            yield _change(name, getattr(record, name), amount)

"""Rating again from the calls to the notes: new charges, rollups, and one credit or debit note an invoice.

What has to be noted follows from what stands in the tables and in the database, not from this run: one that was
stopped is finished by the next, and running it again gives nothing new.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

from tollbook.account.audit import Actor, record
from tollbook.account.database import Database
from tollbook.alerts.refreshed import after_refresh
from tollbook.billing.decks import DeckBook, deck_book
from tollbook.billing.differences import Again, draft, rated_again
from tollbook.billing.filed import RECORD, aside, report_folder
from tollbook.billing.invoices import invoice
from tollbook.billing.late import Billed, billed_of
from tollbook.billing.notes import differences
from tollbook.billing.record import Record
from tollbook.errors import TollbookError, UsageError, did_you_mean
from tollbook.lake.rerate import Asked, Rerated, Sums, difference
from tollbook.lake.rerate import rerate as rate_again
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake
from tollbook.params import Invoice
from tollbook.periods import Period, iso_z
from tollbook.runs.invoices import Bill, make_difference, make_note
from tollbook.workspace import Workspace

NOTHING: Final = Decimal(0)


@dataclass(frozen=True)
class Wanted:
    """What to rate again: from an instant until before another, of these customers and carriers (both empty: all)."""

    start: datetime | None = None
    end: datetime | None = None
    customers: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()

    def book(self, every: DeckBook) -> DeckBook:
        """The decks of those.

        Raises:
            UsageError: one of them has none.
        """
        if not (self.customers or self.carriers):
            return every
        for word, names, decks in (
            ("customer", self.customers, every.customers),
            ("carrier", self.carriers, every.carriers),
        ):
            for name in names:
                if name not in decks:
                    hint = did_you_mean(name, decks)
                    raise UsageError(f"no {word} '{name}' with a deck to rate by{hint}")
        return DeckBook(
            {name: every.customers[name] for name in self.customers},
            {name: every.carriers[name] for name in self.carriers},
        )

    @property
    def noted(self) -> tuple[str, ...] | None:
        """The customers whose invoices may get a note; null: all."""
        return self.customers if self.customers or self.carriers else None


def rerate(
    workspace: Workspace, wanted: Wanted, at: datetime, terms: Invoice, by: Actor, reason: str = ""
) -> dict[str, Any]:
    """Rate again, bring the rollups up to date, issue the notes; what became of it.

    Raises:
        UsageError: a customer or carrier has no deck.
        TollbookError: another process is writing.
    """
    db, lake = Database.of(workspace), Lake(workspace)
    try:
        asked = Asked(wanted.book(deck_book(db)), wanted.start, wanted.end)
        done = rate_again(lake, asked, at)
        if done.run is not None:
            _audit(db, done, wanted, by, at)
        refresh(lake, at)
        after_refresh(workspace)
        notes = [
            *_made_again(workspace, db, wanted, at, terms),
            *_notes(workspace, db, wanted, at, terms, by, reason),
        ]
        return {**_told(done), "notes": notes}
    finally:
        db.close()


def dry_run(workspace: Workspace, wanted: Wanted) -> dict[str, Any]:
    """What `rerate` would change; nothing is written. Its notes have no numbers, and the exact difference alone.

    Raises:
        UsageError: a customer or carrier has no deck.
    """
    db, lake = Database.of(workspace), Lake(workspace)
    try:
        done = difference(lake, Asked(wanted.book(deck_book(db)), wanted.start, wanted.end))
        return {**_told(done), "notes": list(_expected(lake, db, wanted, done.calls))}
    finally:
        db.close()


def _told(done: Rerated) -> dict[str, Any]:
    charges, costs = _rows(done.calls, "customer", "calls"), _rows(done.seizures, "carrier", "seizures")
    return {
        "run": done.run,
        "calls": done.calls.seen,
        "changed": done.calls.changed,
        "difference": _sum(charges),
        "seizures": done.seizures.seen,
        "seizures_changed": done.seizures.changed,
        "cost_difference": _sum(costs),
        "customers": charges,
        "carriers": costs,
        "without_price": [
            {word: owner, "destination": destination, "records": count}
            for word, sums in (("customer", done.calls), ("carrier", done.seizures))
            for (owner, destination), count in sorted(sums.kept_by.items())
        ],
    }


def _rows(sums: Sums, owner: str, counted: str) -> list[dict[str, Any]]:
    return [
        {
            owner: key[0],
            "destination": key[1],
            "currency": key[2],
            counted: one.records,
            "was": one.was,
            "now": one.now,
            "difference": one.now - one.was,
        }
        for key, one in sorted(sums.by.items())
    ]


def _sum(rows: list[dict[str, Any]]) -> Decimal | None:
    """Of all of them; null where they are in more than one currency."""
    if len({row["currency"] for row in rows}) > 1:
        return None
    return sum((row["difference"] for row in rows), NOTHING)


def _audit(db: Database, done: Rerated, wanted: Wanted, by: Actor, at: datetime) -> None:
    told = {
        "run": done.run,
        "calls": done.calls.changed,
        "seizures": done.seizures.changed,
        "from": iso_z(wanted.start) if wanted.start else None,
        "to": iso_z(wanted.end) if wanted.end else None,
        "customers": wanted.customers,
        "carriers": wanted.carriers,
    }
    with db.session() as session:
        record(session, by, "rerate", "calls", after=told, at=at)


def _notes(
    workspace: Workspace, db: Database, wanted: Wanted, at: datetime, terms: Invoice, by: Actor, reason: str
) -> Iterator[dict[str, Any]]:
    """The note of each invoice, issued; one that fails does not hold up the rest."""
    lake = Lake(workspace)
    for again in rated_again(lake, db, wanted.noted, wanted.start, wanted.end):
        told = draft(lake, db, again, reason)
        if told is None:
            continue
        row = {"kind": told.kind, "customer": again.customer, "corrects": again.number, **_exact(told)}
        if not told.net:
            why = "it is less than the currency can tell: the next invoice adjusts it"
            yield {"number": None, **row, "status": "left", "why": why}
            continue
        try:
            made = make_difference(
                _bill(workspace, told, at, terms),
                db,
                told,
                partial(_anything, lake, db, again, reason),
                by,
            )
        except (TollbookError, OSError) as error:
            yield {"number": None, **row, "status": "failed", "why": str(error)}
            continue
        if made:
            yield {**row, **made}


def _exact(told: Record) -> dict[str, Any]:
    return {"exact": told.adjusted[0].exact, "currency": told.currency}


def _anything(lake: Lake, db: Database, again: Again, reason: str) -> Record | None:
    """The draft anew, where the note is worth one."""
    told = draft(lake, db, again, reason)
    return told if told and told.net else None


def _bill(workspace: Workspace, told: Record, at: datetime, terms: Invoice) -> Bill:
    period = Period(told.period.start, told.period.end, told.period.name)
    return Bill(workspace, told.customer.id, period, at, terms)


def _made_again(
    workspace: Workspace, db: Database, wanted: Wanted, at: datetime, terms: Invoice
) -> Iterator[dict[str, Any]]:
    """Notes whose files are not there: whoever issued them was stopped."""
    for customer, period, number in differences(db, wanted.noted):
        if not (aside(report_folder(workspace, customer, period), number) / RECORD).is_file():
            told = invoice(db, number)
            corrects = told.corrects.number if told.corrects else None
            row = {"kind": told.kind, "customer": customer, "corrects": corrects, **_exact(told)}
            # It was put into the outbox when it was issued: nobody who has been added since gets it.
            bill = replace(_bill(workspace, told, at, terms), is_sent=False)
            try:
                yield {**row, **make_note(bill, told)}
            except (TollbookError, OSError) as error:
                yield {"number": number, **row, "status": "failed", "why": str(error)}


def _expected(lake: Lake, db: Database, wanted: Wanted, sums: Sums) -> Iterator[dict[str, Any]]:
    """The notes that there would be, with what an earlier run left to be noted."""
    waiting = rated_again(lake, db, wanted.noted, wanted.start, wanted.end)
    left = {again.number: told.adjusted[0].exact for again in waiting if (told := draft(lake, db, again))}
    for customer in sorted({owner for owner, _ in sums.more} | {again.customer for again in waiting}):
        with db.reading() as session:
            billed = billed_of(session, customer)
        for one in billed:
            exact = left.get(one.number, NOTHING) + _more(sums, customer, one)
            if exact:
                kind = "debit_note" if exact > 0 else "credit_note"
                row = {"number": None, "kind": kind, "customer": customer, "corrects": one.number}
                yield {**row, "exact": exact, "currency": invoice(db, one.number).currency}


def _more(sums: Sums, customer: str, one: Billed) -> Decimal:
    first, end = one.period.start.date(), one.period.end.date()
    days = (more for (owner, day), more in sums.more.items() if owner == customer and first <= day < end)
    return sum(days, NOTHING)

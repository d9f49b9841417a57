"""Invoices as they were filed, for a reader to see, print and keep.

An address names an invoice by its number, or a draft by customer and period. Both are looked up among the
invoices there are; no part of an address ever becomes part of a path unseen.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from mimetypes import guess_type
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from jupyter_server.utils import url_path_join
from sqlalchemy.orm import Session
from tornado import web

from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.account.people.bearer import storable
from tollbook.account.post import outbox
from tollbook.account.scope import Scope
from tollbook.billing.creditable import standing as notes_against
from tollbook.billing.credits import note_of
from tollbook.billing.documents.einvoice import FACTURX, PEPPOL, XRECHNUNG
from tollbook.billing.documents.make import CALLS, LINES, PAGE
from tollbook.billing.documents.written import Written
from tollbook.billing.invoices import drafts, numbers_in_force
from tollbook.billing.invoices import numbered as numbered_in
from tollbook.billing.listed import Listed, listed_one
from tollbook.billing.mails import deliveries
from tollbook.billing.notes import WORDS
from tollbook.billing.papers import NotFiledError, Paper, filed, numbered, shown_to
from tollbook.billing.parts import before_of, left_of
from tollbook.billing.payments import METHODS, Row, of_invoice
from tollbook.billing.record import Line, Record
from tollbook.language import current, later, tr
from tollbook.money import plain
from tollbook.params import Site, read
from tollbook.portal.access import asks
from tollbook.portal.forms import Form
from tollbook.portal.paying import ways_of
from tollbook.workspace import Workspace, open_workspace

SEALED: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
"""Content-Security-Policy of a filed page: it runs nothing, loads nothing, and is of no origin."""

_TEMPLATE: Final = "invoice.html.j2"
DONE: Final = {
    "paid": later("The payment is booked."),
    "credited": later("This credit note takes the invoice back. Its period can be invoiced again."),
    "credited_part": later("This credit note takes a part of the invoice back."),
    "sent": later("It is on its way. What becomes of it stands beside the address."),
    "unsent": later("Everybody has got it already, so nothing was sent."),
    "unfiled": later(
        "The invoice is credited. The documents of the note could not be made: the log says why."
    ),
}
"""What a page says after something was done, by the word that stands in its address."""

_NAMES: Final = {
    "invoice": later("Invoice {number}"),
    "credit_note": later("Credit note {number}"),
    "debit_note": later("Debit note {number}"),
}
"""What each kind of document is called, with its number."""
WENT: Final = {
    "waiting": later("On its way"),
    "handing_over": later("On its way"),
    "sent": later("Sent"),
    "refused": later("Refused"),
    "expired": later("Given up"),
    "unsure": later("Not sure"),
    "impossible": later("Cannot be sent"),
}
"""What becomes of a mail, by the state of its message."""
CREDIT_PART: Final = "credit-part"
"""Part of the page, by which its form for a part opens."""

_LABELS: Final = {
    FACTURX.file: "CII",
    PEPPOL.file: "Peppol",
    XRECHNUNG.file: "XRechnung",
    LINES: later("Lines"),
    CALLS: later("Calls"),
}
"""What a file is called beside others of its kind."""


def _label(name: str) -> str:
    """What a file is called on the page: its kind, `PDF`, or what is in it."""
    return tr(_LABELS[name]) if name in _LABELS else name.rpartition(".")[2].upper()


def label_of(paper: Paper) -> str:
    """What an invoice, a note or a draft is called."""
    if paper.record.number:
        return tr(_NAMES[paper.record.kind]).format(number=paper.record.number)
    named = {"customer": paper.record.customer.id, "period": paper.record.period.name}
    return tr("Draft for {customer}, {period}").format(**named)


def _audited(paper: Paper) -> str:
    """The same as the audit has it, in whatever language it is read."""
    record = paper.record
    if record.number:
        return f"{WORDS.get(record.kind, record.kind)} {record.number}"
    return f"invoice draft of {record.customer.id} {record.period.name}"


def draft(workspace: Workspace, db: Database, customer: str, period: str) -> Paper:
    """The draft of a customer's period, or the invoice that it has become.

    Raises:
        NotFiledError: there is none, or its files are not there.
    """
    number = numbers_in_force(db).get((customer, period))
    if not number and (customer, period) not in drafts(db):
        told = tr("There is no draft of {customer} for {period}.")
        raise NotFiledError(told.format(customer=customer, period=period))
    return filed(workspace, customer, period, number)


class Papers(Form):
    """What `/invoices/` has: the page around a filed invoice, and its files."""

    async def paper(self, name: str, period: str = "") -> Paper:
        """The invoice of a number, or the draft of a customer's period, if this reader may see it."""
        workspace, scope = open_workspace(), self.signed.scope
        where = workspace, self.database, storable(name)
        look = (draft, *where, storable(period)) if period else (numbered, *where)
        try:
            found = shown_to(scope, await asyncio.to_thread(*look))
        except NotFiledError:
            if scope.customers is None:
                raise
            found = None
        if found is None:  # in the same words, whether it is another's or there is none
            raise NotFiledError(tr("There is no such invoice."))
        return found

    def write_error(self, status_code: int, **failure: object) -> None:
        """As any plain page; what is not there is a 404."""
        error = (failure.get("exc_info") or (None, None))[1]  # type: ignore[index]
        if isinstance(error, NotFiledError):
            self.set_status(404)
            self.show(tr("This invoice cannot be shown"), message=str(error))
        else:
            super().write_error(status_code, **failure)

    def address(self, paper: Paper, file: str = "") -> str:
        """Where an invoice, a draft or one of its files is shown."""
        record = paper.record
        words = [record.number] if record.number else ["draft", record.customer.id, record.period.name]
        parts = [quote(word, safe="") for word in (*words, *filter(None, [file]))]
        return str(url_path_join(self.base_url, "invoices", *parts))


@dataclass(frozen=True)
class Standing:
    """What has become of an invoice since it was filed.

    Its row of the list, what pays it, the note that takes it back, those that take a part of it off, what is left to
    credit without VAT of it and of each of its lines, what has been credited so, and to whom it was sent.
    """

    row: Listed
    payments: list[Row]
    credited_by: str | None
    notes: list[str | None]
    left: Decimal
    lines: list[tuple[str, Decimal]]
    credited: Decimal
    mail: list[Row]


def standing(session: Session, number: str, at: datetime, scope: Scope) -> Standing | None:
    """As of now; null where there is no such invoice. To whom it was sent contacts are not told."""
    row = listed_one(session, number, at)
    if row is None:
        return None
    stored = numbered_in(session, number)
    own, notes = Record.model_validate_json(stored.record), notes_against(session, stored)
    net = before_of(notes).net
    return Standing(
        row,
        of_invoice(session, number),
        note_of(session, number),
        [note.number for note in notes] if row.status != "credited" else [],
        own.net - net,
        [(_what(line), left) for line, left in zip(own.lines, left_of(own, notes), strict=True)],
        net,
        deliveries(session, number) if scope.customers is None else [],
    )


def _what(line: Line) -> str:
    """What a line is for, in a form."""
    named = line.destination or (line.day.isoformat() if line.day else "–")
    return f"{named} ({line.adjusts})" if line.adjusts else named


class Shown(Papers):
    """An invoice's page: what has become of it, for those who may what can be done with it, and the filed page."""

    async def page(self, found: Paper, *, wrong: str = "", opened: str = "", **typed: str) -> None:
        """Answer with the page; `wrong` says what was not done, of which the form is `opened` with what was typed."""
        number = found.record.number
        at = now()
        scope = self.signed.scope
        now_so = await self.reading(lambda session: standing(session, number, at, scope)) if number else None
        kept = [(_label(name), self.address(found, name)) for name in found.files if name != PAGE]
        filed = self.address(found, PAGE) if PAGE in found.files else ""
        write = Written(current(), found.record.currency)
        done = tr(DONE.get(self.get_query_argument("done", ""), "")) if not wrong else ""
        pay = await asyncio.to_thread(ways_of, self.database, number)
        self.set_status(400 if wrong else 200)
        told: dict[str, Any] = {
            "standing": now_so,
            "methods": METHODS,
            "money": write.money,
            "day": write.short_day,
        }
        told |= {
            "today": at.date().isoformat(),
            "typed": typed,
            "opened": opened,
            "wrong": wrong,
            "done": done,
            "sends": bool(number) and outbox.ready(read("site", Site), "mail"),
            "went": WENT,
            "plain": plain,
        }
        self.show(
            label_of(found), page="invoices", template=_TEMPLATE, filed=filed, kept=kept, pay=pay, **told
        )


class InvoicePage(Shown):
    """`/invoices/<number>`, `/invoices/draft/<customer>/<period>`: the filed page in a frame that runs nothing."""

    @asks("see", "invoices")
    async def get(self, name: str, period: str = "") -> None:
        """The page; a draft that has become an invoice is shown as that."""
        found = await self.paper(name, period)
        if period and found.record.number:
            self.redirect(self.address(found))
            return
        await self.page(found)


class InvoiceFile(Papers):
    """One file of an invoice: its page sealed, the others to keep."""

    @asks("export", "invoices")
    async def get(self, name: str, *rest: str) -> None:
        """Send the file, if the invoice has one of that name."""
        *period, file = rest
        found = await self.paper(name, *period)
        if file not in found.files:
            raise web.HTTPError(404)
        path = found.files[file]
        self.set_header("Content-Type", guess_type(file)[0] or "application/octet-stream")
        self.set_header("Cache-Control", "no-store")
        if file == PAGE:
            self.set_header("Content-Type", "text/html; charset=UTF-8")
            self.set_header("Content-Security-Policy", SEALED)
        else:
            await self.note_export(f"{_audited(found)}: {file}")
            self.set_header(
                "Content-Disposition", f"attachment; filename*=UTF-8''{quote(self._name(found, path))}"
            )
        self.finish(await asyncio.to_thread(path.read_bytes))

    def _name(self, paper: Paper, path: Path) -> str:
        record = paper.record
        return f"{record.number or f'draft-{record.customer.id}-{record.period.name}'}-{path.name}"


ROUTES: Final = (
    (r"/invoices/draft/([^/]+)/([^/]+)", InvoicePage),
    (r"/invoices/draft/([^/]+)/([^/]+)/([^/]+)", InvoiceFile),
    (r"/invoices/([^/]+)", InvoicePage),
    (r"/invoices/([^/]+)/([^/]+)", InvoiceFile),
)

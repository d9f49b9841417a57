"""Invoices and notes by mail: put into the outbox for each of the customer's addresses, once.

What is put in the transaction that issues is sent if, and only if, the invoice is there. Nothing is put where
`mail` of params/invoice.yml is off, where params/site.yml names no server, or for a customer without addresses.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor
from tollbook.account.audit import record as note
from tollbook.account.ledger import InvoiceMail
from tollbook.account.models import Customer
from tollbook.account.post import outbox
from tollbook.account.post.message import Attachment, Message, html_of
from tollbook.account.post.models import Outgoing
from tollbook.account.secret import Secret, workspace_secret
from tollbook.billing.documents.document import Document, preceding_of
from tollbook.billing.documents.einvoice import FACTURX, PEPPOL, XRECHNUNG
from tollbook.billing.documents.make import PDF
from tollbook.billing.documents.written import Written
from tollbook.billing.invoices import numbered
from tollbook.billing.record import Record
from tollbook.errors import TollbookError, UsageError
from tollbook.language import current, speaking, tr
from tollbook.params import Invoice, Site, read
from tollbook.workspace import Workspace

PURPOSE: Final = "invoice"
_XML: Final = (XRECHNUNG.file, FACTURX.file, PEPPOL.file)
"""The e-invoice that goes with the mail: the first of these that there is."""
_LOST: Final = ("refused", "expired")
"""States in which nobody has got it: to send it once more doubles nothing."""


@dataclass(frozen=True)
class Mailing:
    """Who sends: the site whose mail server it is, and the workspace's secret, with which what waits is sealed."""

    site: Site
    secret: Secret

    def put(self, session: Session, record: Record, folder: Path) -> list[int]:
        """Put an invoice, of which the files are in `folder`, for the customer's addresses that it was not yet put for.

        Returns the numbers of the messages.
        """
        at = record.issued_at
        if at is None or not record.number:
            raise TollbookError("a draft is not sent")
        session.get(Customer, record.customer.id, with_for_update=True)  # one at a time puts what is missing
        row = numbered(session, record.number)
        known = set(session.scalars(select(InvoiceMail.address).where(InvoiceMail.invoice_id == row.id)))
        wanted = [address for address in addresses_of(session, record.customer.id) if address not in known]
        return [
            number
            for address in wanted
            if (number := self._try(session, record, folder, row.id, address, at))
        ]

    def _try(
        self, session: Session, record: Record, folder: Path, invoice_id: int, address: str, at: datetime
    ) -> int | None:
        """As `_put`; of what no mail can be made the row says so, and the invoice is issued all the same."""
        try:
            return self._put(session, record, folder, invoice_id, address, 1, at)
        except UsageError:
            session.add(InvoiceMail(invoice_id=invoice_id, address=address, place=1, put_at=at))
            session.flush()
            return None

    def again(
        self,
        session: Session,
        record: Record,
        folder: Path,
        to: Iterable[str],
        by: Actor,
        at: datetime,
        *,
        twice: bool,
    ) -> list[int]:
        """Put it for these addresses (none: the customer's), where nobody got it there yet; with `twice` in any case.

        Raises:
            TollbookError: the customer has no address, and none is named.
        """
        row = numbered(session, record.number or "")
        session.get(Customer, row.customer_id, with_for_update=True)
        addresses = list(dict.fromkeys(to)) or addresses_of(session, record.customer.id)
        if not addresses:
            who = record.customer.id
            raise TollbookError(
                f"'{who}' has no address for invoices: name one with --to, or `tollbook customer set {who} --invoice-mail`"
            )
        put = {
            address: number
            for address in addresses
            if (number := self._once_more(session, record, folder, row.id, address, by, at, twice=twice))
        }
        if put:
            note(session, by, "send", f"invoice {record.number}", after={"to": list(put)}, at=at)
        return list(put.values())

    def _once_more(
        self,
        session: Session,
        record: Record,
        folder: Path,
        invoice_id: int,
        address: str,
        by: Actor,
        at: datetime,
        *,
        twice: bool,
    ) -> int | None:
        mine = (InvoiceMail.invoice_id == invoice_id, InvoiceMail.address == address)
        last = session.scalars(select(InvoiceMail).where(*mine).order_by(InvoiceMail.place.desc())).first()
        if last is None:
            return self._put(session, record, folder, invoice_id, address, 1, at)
        sent = session.get(Outgoing, last.outgoing_id) if last.outgoing_id else None
        lost = sent is None or sent.state in _LOST
        if not twice and lost and sent and sent.content is not None:
            outbox.again(session, [sent.id], by, at)
            return sent.id
        if twice or lost:
            return self._put(session, record, folder, invoice_id, address, last.place + 1, at)
        return None

    def _put(
        self,
        session: Session,
        record: Record,
        folder: Path,
        invoice_id: int,
        address: str,
        place: int,
        at: datetime,
    ) -> int:
        number = outbox.put(session, self.secret, letter(self.site, record, folder, address), PURPOSE, at)
        told = {"invoice_id": invoice_id, "address": address, "place": place}
        session.add(InvoiceMail(**told, outgoing_id=number, put_at=at))
        session.flush()
        return number


def mailing(workspace: Workspace, terms: Invoice) -> Mailing | None:
    """Who sends invoices by themselves; null where nothing is to be sent.

    Raises:
        TollbookError: params/site.yml is wrong.
    """
    return sender(workspace) if terms.mail else None


def sender(workspace: Workspace) -> Mailing | None:
    """Who sends at all; null where params/site.yml names no mail server."""
    site = read("site", Site)
    return Mailing(site, workspace_secret(workspace)) if outbox.ready(site, "mail") else None


def addresses_of(session: Session, customer: str) -> list[str]:
    """Where a customer wants its invoices."""
    owner = session.get(Customer, customer)
    return owner.invoice_mail.split() if owner else []


def letter(site: Site, record: Record, folder: Path, address: str) -> Message:
    """The mail with the PDF, and the e-invoice where there is one, in the customer's language."""
    language = record.customer.language or site.language
    with speaking(language):
        document = Document(record, preceding_of(record))
        write = Written(language, record.currency)
        told = {
            "number": record.number or "",
            "company": document.seller.name,
            "total": write.money(record.total),
            "period": write.days(record.period.start.date(), document.last_day),
            "day": write.day(document.due_on) if document.due_on else "",
            "corrects": record.corrects.number if record.corrects else "",
        }
        subject, words = _words(record)
        paragraphs = [
            tr("Hello {name},").format(name=record.customer.name),
            words.format(**told),
            tr("It is attached to this mail.")
            if len(_attached(record, folder)) == 1
            else tr("It is attached to this mail as a PDF, and as an electronic invoice for programs."),
            document.seller.name,
        ]
        return Message(
            address,
            "\n\n".join(paragraphs) + "\n",
            subject=subject.format(**told),
            html=html_of(paragraphs, current()),
            language=current(),
            attachments=tuple(_attached(record, folder)),
        )


def _words(record: Record) -> tuple[str, str]:
    """Subject and sentence of each kind."""
    if record.kind == "credit_note":
        return (
            tr("Credit note {number} of {company}"),
            tr("with credit note {number} we credit you {total}. It corrects {corrects}."),
        )
    if record.kind == "debit_note":
        return (
            tr("Debit note {number} of {company}"),
            tr("debit note {number} corrects {corrects} by {total}. Please pay by {day}."),
        )
    return (
        tr("Invoice {number} of {company}"),
        tr("invoice {number} for {period} comes to {total}. Please pay by {day}."),
    )


def _attached(record: Record, folder: Path) -> list[Attachment]:
    xml = next((folder / name for name in _XML if (folder / name).is_file()), None)
    files = [Attachment(f"{record.number}.pdf", "application/pdf", (folder / PDF).read_bytes())]
    if xml:
        files.append(Attachment(f"{record.number}.xml", "application/xml", xml.read_bytes()))
    return files


def deliveries(session: Session, number: str) -> list[dict[str, Any]]:
    """To whom an invoice was put into the outbox, and what became of each message: `state`, when, and what the server said."""
    row = numbered(session, number)
    sent = (
        select(InvoiceMail.address, InvoiceMail.put_at, Outgoing)
        .outerjoin(Outgoing, Outgoing.id == InvoiceMail.outgoing_id)
        .where(InvoiceMail.invoice_id == row.id)
        .order_by(InvoiceMail.id)
    )
    return [
        {
            "to": address,
            "message": one.id if one else None,
            "state": one.state if one else "impossible",
            "put_at": put_at,
            "sent_at": one.tried_at if one and one.state == "sent" else None,
            "answer": one.answer if one else "",
        }
        for address, put_at, one in session.execute(sent)
    ]

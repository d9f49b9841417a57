"""`invoices`: the list, each one's figures, and its files. A contact's token has its customer's, once they are issued."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import Field
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from tollbook.account.models import Invoice as Stored
from tollbook.account.scope import Scope
from tollbook.api.asked import Asked
from tollbook.api.cursors import Key
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.problems import ProblemError
from tollbook.api.types import Amount, Instant, Listed, Moment, Page, Part, Text, example
from tollbook.billing.credits import taken_off
from tollbook.billing.papers import NotFiledError, numbered, shown_to
from tollbook.billing.record import Record, Source
from tollbook.periods import iso_z

Status = Literal["draft", "issued", "part_paid", "paid", "credited"]
Kind = Literal["invoice", "credit_note", "debit_note"]
PERIOD: Final = r"^[0-9]{4}-([0-9]{2}(-[0-9]{2})?|W[0-9]{2})$"
Name = Annotated[str, Field(pattern=PERIOD)]
Number = Annotated[str, "Its number, such as INV-2026-000001."]

FILES: Final = {
    "pdf": "application/pdf",
    "xml": "application/xml",
    "csv": "text/csv; charset=UTF-8",
    "html": "text/html; charset=UTF-8",
}
"""Media types of an invoice's files, by how its address ends."""


_EXAMPLE: Final = {
    "number": "INV-2026-000001",
    "kind": "invoice",
    "customer": "acme",
    "period": "2026-10",
    "status": "issued",
    "currency": "EUR",
    "net": "262.81",
    "tax": "49.93",
    "total": "312.74",
    "credited": "0",
    "exact_charge": "262.8075",
    "rounding": "0.0025",
    "issued_at": "2026-11-02T06:00:00Z",
    "created_at": "2026-11-02T06:00:00Z",
}


class Invoice(Part):
    """A row of the list of invoices and credit notes. A draft has neither number nor date."""

    model_config = example(_EXAMPLE)

    number: str | None
    kind: Annotated[
        Kind,
        Field(description="A credit note takes an invoice back, or a part of it; a debit note adds to it."),
    ]
    customer: str
    period: Annotated[str, Field(description="2026-10-05, 2026-W41 or 2026-10.")]
    status: Status
    currency: str
    net: Amount
    tax: Amount
    total: Amount
    credited: Annotated[Amount, Field(description="What credit notes take off it, with VAT.")]
    exact_charge: Annotated[Amount, Field(description="The Summary's charge to the last digit.")]
    rounding: Annotated[
        Amount, Field(description="`net` less `exact_charge` and what adjusts earlier invoices.")
    ]
    issued_at: Instant | None
    created_at: Instant


class InvoiceRecord(Record):
    """Every figure of an invoice. A contact is not told what it was computed with, `source`."""

    source: Source = Field(default=None)  # type: ignore[assignment]  # absent for a contact, never null


class Invoices(Page[Invoice]):
    """A page of the list of invoices."""


class InvoicesAsked(Listed):
    """Which invoices to list."""

    customer: Annotated[list[Text] | None, Field(description="Only of these; may be repeated.")] = None
    status: Annotated[list[Status] | None, Field(description="Only such; may be repeated.")] = None
    period: Annotated[Name | None, Field(description="2026-10-05, 2026-W41 or 2026-10.")] = None
    issued_since: Annotated[
        Moment | None, Field(description="Only those issued at this instant or later.")
    ] = None


@operation("GET", f"{ROOT}/invoices", "see", "invoices")
def list_invoices(asked: Asked, session: Session, query: InvoicesAsked) -> Invoices:
    """List invoices and drafts, the newest period first."""
    chosen = _chosen(query, _of(asked.scope), asked.after(query)).limit(query.limit + 1)
    rows, more, following = asked.page(query, session.scalars(chosen).all(), _key)
    less = taken_off(session, [row.id for row in rows])
    data = [_shown(row, less.get(row.id, Decimal(0))) for row in rows]
    return Invoices(data=data, has_more=more, next=following)


@operation("GET", f"{ROOT}/invoices/{{number}}", "see", "invoices", problems=(404,))
def show_invoice(asked: Asked, session: Session, number: Number) -> InvoiceRecord:
    """Show an invoice: every figure, as it was settled."""
    row = session.scalars(_of(asked.scope).where(Stored.number == number)).one_or_none()
    if row is None:
        raise ProblemError(404)
    told = Record.model_validate_json(row.record).model_dump()
    if asked.scope.customers is not None:
        told.pop("source")
    return InvoiceRecord.model_validate({**told, "status": row.status})


def _file_of(ending: str, media: str) -> Operation:
    @operation(
        "GET", f"{ROOT}/invoices/{{number}}.{ending}", "export", "invoices", media=media, problems=(404,)
    )
    def download(asked: Asked, number: Number) -> bytes:
        try:
            paper = shown_to(asked.scope, numbered(asked.workspace, asked.db, number))
        except NotFiledError:
            paper = None
        path = next(
            (path for path in (paper.files.values() if paper else ()) if path.suffix == f".{ending}"), None
        )
        if path is None:
            raise ProblemError(
                404, f"There is no invoice of this number for this token, or it has no {ending.upper()}."
            )
        asked.told["Content-Disposition"] = f'attachment; filename="{number}.{ending}"'
        return path.read_bytes()

    download.work.__doc__ = f"Download an invoice as {ending.upper()}; it is noted in the audit."
    return download


def _of(scope: Scope) -> Select[Stored]:
    """The invoices that a scope has."""
    chosen = select(Stored)
    if scope.customers is not None:
        chosen = chosen.where(Stored.customer_id.in_(scope.customers), Stored.number.is_not(None))
    return chosen


def _chosen(query: InvoicesAsked, chosen: Select[Stored], after: Key | None) -> Select[Stored]:
    if query.customer is not None:
        chosen = chosen.where(Stored.customer_id.in_(query.customer))
    if query.status is not None:
        chosen = chosen.where(Stored.status.in_(query.status))
    if query.period is not None:
        chosen = chosen.where(Stored.period_name == query.period)
    if query.issued_since is not None:
        chosen = chosen.where(Stored.issued_at >= query.issued_since)
    if after is not None:
        start, customer, row = datetime.fromisoformat(str(after[0])), after[1], after[2]
        later = and_(Stored.customer_id == customer, Stored.id > row)
        same = and_(Stored.period_start == start, or_(Stored.customer_id > customer, later))
        chosen = chosen.where(or_(Stored.period_start < start, same))
    return chosen.order_by(Stored.period_start.desc(), Stored.customer_id, Stored.id)


def _key(row: Stored) -> Key:
    return [iso_z(row.period_start), row.customer_id, row.id]


def _shown(row: Stored, credited: Decimal) -> Invoice:
    same = (
        "number",
        "kind",
        "status",
        "currency",
        "net",
        "tax",
        "total",
        "exact_charge",
        "rounding",
        "issued_at",
        "created_at",
    )
    told: dict[str, Any] = {name: getattr(row, name) for name in same}
    named = {"customer": row.customer_id, "period": row.period_name, "credited": credited}
    return Invoice.model_validate({**named, **told})


OPERATIONS: Final[tuple[Operation, ...]] = (
    list_invoices,
    *(_file_of(ending, media) for ending, media in FILES.items()),
    show_invoice,
)
"""Those of files come first: their addresses are longer."""

"""`runs`: invoices that the server was asked to make, which takes longer than an answer; crediting one, and sending one."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.models import Customer, Invoice
from tollbook.account.online import InvoiceRun
from tollbook.api.asked import Asked
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.problems import ProblemError
from tollbook.api.resources.invoices import InvoiceRecord, Number
from tollbook.api.texts import ID, LINE, PERIOD, POSITIVE
from tollbook.api.types import WHOLE, Amount, Instant, Part, example
from tollbook.billing.credits import credit_in
from tollbook.billing.mails import deliveries
from tollbook.billing.parts import Part as Credited
from tollbook.billing.parts import parse_net
from tollbook.errors import TollbookError, UsageError, did_you_mean
from tollbook.periods import parse_period
from tollbook.runs import orders, post

State = Literal["waiting", "running", "done", "failed"]
Became = Literal["issued", "draft", "refused", "nothing"]
Customer_ = Annotated[str, Field(pattern=ID, max_length=50)]
Id = Annotated[str, "Its number, such as 17."]
_LARGEST: Final = 2**31 - 1
_DIGITS: Final = 10
"""Those of it: what has more is no number of ours, and costs nothing to look at."""
_EXAMPLE: Final = {
    "id": 17,
    "state": "done",
    "period": "2026-10",
    "customers": ["acme"],
    "total": 1,
    "done": 1,
    "results": [
        {
            "customer": "acme",
            "period": "2026-10",
            "status": "issued",
            "number": "INV-2026-000001",
            "total": "312.74",
            "currency": "EUR",
            "settles_at": None,
            "why": None,
        }
    ],
    "why": "",
    "created_at": "2026-11-02T06:00:00Z",
    "ended_at": "2026-11-02T06:00:04Z",
}


class Result(Part):
    """What became of one customer."""

    customer: str
    period: str
    status: Annotated[Became, Field(description="`nothing`: nothing was charged; `refused`: `why` tells.")]
    number: str | None
    total: Amount | None
    currency: str | None
    settles_at: Annotated[Instant | None, Field(description="When a draft can become an invoice.")]
    why: str | None


class Run(Part):
    """Invoices of a period that are made, one after the other. The server goes on with it after a restart."""

    model_config = example(_EXAMPLE)

    id: int
    state: State
    period: str
    customers: Annotated[list[str] | None, Field(description="Null: all whom calls of the period name.")]
    total: Annotated[int | None, Field(description="How many there are to make; null until that is known.")]
    done: int
    results: list[Result]
    why: Annotated[str, Field(description="Why a failed one has failed.")]
    created_at: Instant
    ended_at: Instant | None


class NewRun(Part):
    """Which invoices are to be made. A period that is not over for long enough gets a draft."""

    model_config = example({"view": "monthly", "period": "2026-09"})

    period: Annotated[str, Field(pattern=PERIOD, description="2026-10-05, 2026-W41 or 2026-10.")]
    view: Annotated[
        Literal["daily", "weekly", "monthly"] | None,
        Field(description="Which Summary has the period as a row; the period's name tells it too."),
    ] = None
    customers: Annotated[
        list[Customer_] | None,
        Field(min_length=1, max_length=orders.MOST, description="Only of these; all where it is not told."),
    ] = None


class CreditedLine(Part):
    """A line of the invoice, or an amount of it."""

    line: Annotated[
        int, Field(ge=1, le=_LARGEST, description="Its number on the invoice, counted from 1."), WHOLE
    ]
    amount: Annotated[
        str | None,
        Field(
            pattern=POSITIVE, description="Without VAT; all that is left of the line where it is not told."
        ),
    ] = None


class Reason(Part):
    """Why an invoice is taken back, and which parts of it; all of it where none is told."""

    model_config = example({"reason": "wrong rate", "lines": [{"line": 2, "amount": "12.50"}]})

    reason: Annotated[str, Field(pattern=LINE, max_length=500)]
    lines: Annotated[
        list[CreditedLine] | None, Field(min_length=1, max_length=orders.MOST, description="Only of these.")
    ] = None
    amount: Annotated[
        str | None, Field(pattern=POSITIVE, description="Without VAT, of no line in particular.")
    ] = None

    @property
    def parts(self) -> list[Credited]:
        """What it asks for."""
        lines = [
            Credited(one.line, parse_net(one.amount) if one.amount else None) for one in self.lines or ()
        ]
        return [*lines, *([Credited(amount=parse_net(self.amount))] if self.amount else [])]


@operation("POST", f"{ROOT}/invoices", "change", "invoices", status=202)
def make_invoices(asked: Asked, session: Session, body: NewRun) -> Run:
    """Have the invoices of a period made; how far that is, the run at `Location` tells."""
    try:
        period = parse_period(body.period)
    except UsageError as error:
        raise ProblemError(422, str(error)) from None
    if body.view not in {None, period.view}:
        raise ProblemError(
            409, f"period {period.name} is a row of the {period.view} view, not of {body.view}"
        )
    _refuse_unknown(session, body.customers or ())
    row = orders.put(session, period, body.customers, asked.actor, asked.at)
    asked.told["Location"] = f"runs/{row.id}"
    return _shown(row)


@operation("GET", f"{ROOT}/runs/{{id}}", "see", "invoices", problems=(404,))
def show_run(asked: Asked, session: Session, id: Id) -> Run:  # noqa: A002 - the name in the address
    """Show how far a run is, and what became of each customer. Contacts have none."""
    known = len(id) <= _DIGITS and id.isascii() and id.isdecimal() and int(id) <= _LARGEST
    sure = known and asked.scope.customers is None
    row = session.get(InvoiceRun, int(id)) if sure else None
    if row is None or row.kind != "invoices":
        raise ProblemError(404)
    return _shown(row)


@operation("POST", f"{ROOT}/invoices/{{number}}/credit", "change", "invoices", status=201, problems=(404,))
def credit_invoice(asked: Asked, session: Session, number: Number, body: Reason) -> InvoiceRecord:
    """Take an issued invoice back, in full or in part: its credit note, whose files follow."""
    if not asked.scope.may("change", "credits"):
        raise ProblemError(403)
    if session.scalar(select(Invoice.id).where(Invoice.number == number)) is None:
        raise ProblemError(404)
    try:
        made = credit_in(session, number, body.reason, asked.actor, asked.at, body.parts)
    except TollbookError as error:
        raise ProblemError(409, str(error)) from None
    orders.put_note(session, made, asked.actor, asked.at)
    asked.told["Location"] = f"../{made.number}"
    return InvoiceRecord.model_validate(made.model_dump())


class SendAsked(Part):
    """To whom an invoice is to be sent."""

    model_config = example({"to": ["bills@acme.example"]})

    to: Annotated[
        list[Annotated[str, Field(pattern=LINE, max_length=254)]] | None,
        Field(min_length=1, max_length=20, description="Instead of the customer's own addresses."),
    ] = None
    again: Annotated[bool, Field(description="Also to whom it was sent already.")] = False


class Delivery(Part):
    """An invoice that was put into the outbox for an address, and what became of it."""

    to: str
    state: str
    put_at: Instant
    sent_at: Instant | None


class Sent(Part):
    """To whom an invoice goes."""

    model_config = example(
        {
            "number": "INV-2026-000001",
            "put": 1,
            "mail": [
                {
                    "to": "bills@acme.example",
                    "state": "waiting",
                    "put_at": "2026-11-02T06:00:00Z",
                    "sent_at": None,
                }
            ],
        }
    )

    number: str
    put: Annotated[int, Field(description="Messages that go out now; 0 where everybody has got it.")]
    mail: Annotated[list[Delivery], Field(description="All that there are of it, the oldest first.")]


@operation("POST", f"{ROOT}/invoices/{{number}}/send", "change", "invoices", status=202, problems=(404,))
def send_invoice(asked: Asked, session: Session, number: Number, body: SendAsked) -> Sent:
    """Send an invoice or a note by mail; who has got it does not get it once more, unless `again` says so."""
    if session.scalar(select(Invoice.id).where(Invoice.number == number)) is None:
        raise ProblemError(404)
    told = (asked.workspace, session, number, body.to or (), asked.actor, asked.at)
    try:
        put = post.put_again(*told, twice=body.again)
    except TollbookError as error:
        raise ProblemError(409, str(error)) from None
    rows = [
        {name: row[name] for name in ("to", "state", "put_at", "sent_at")}
        for row in deliveries(session, number)
    ]
    return Sent.model_validate({"number": number, "put": len(put), "mail": rows})


def _refuse_unknown(session: Session, customers: Sequence[str]) -> None:
    known = session.scalars(select(Customer.id)).all()
    for name in customers:
        if name not in known:
            raise ProblemError(409, f"no customer '{name}'{did_you_mean(name, known)}")


def _shown(row: InvoiceRun) -> Run:
    results = list(row.results["rows"])
    return Run.model_validate(
        {
            "id": row.id,
            "state": row.state,
            "period": row.asked["period"],
            "customers": row.asked["customers"],
            "total": row.total,
            "done": len(results),
            "results": results,
            "why": row.why,
            "created_at": row.created_at,
            "ended_at": row.ended_at,
        }
    )


OPERATIONS: Final[tuple[Operation, ...]] = (make_invoices, credit_invoice, send_invoice, show_run)

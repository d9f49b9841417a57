"""A customer's `balance` and `statement` of account. A contact's token has its own customer's."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import Field
from sqlalchemy.orm import Session

from tollbook.account.models import Customer as Stored
from tollbook.api.asked import Asked
from tollbook.api.cursors import Key
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.problems import ProblemError
from tollbook.api.resources.customers import Id
from tollbook.api.types import Amount, Instant, Listed, Moment, Page, Part, example
from tollbook.billing import balance as accounts
from tollbook.lake.store import Lake

_EXAMPLE: Final = {
    "customer": "acme",
    "currency": "EUR",
    "payments": "500",
    "refunded": "20",
    "invoiced": "312.74",
    "uninvoiced": "25.118",
    "balance": "162.142",
    "debit_limit": "0",
    "available": "162.142",
    "exceeded": False,
}


class Balance(Part):
    """What a customer has left, and the parts that it is made of."""

    model_config = example(_EXAMPLE)

    customer: str
    currency: str | None
    payments: Annotated[Amount, Field(description="Completed payments less what went back of them.")]
    refunded: Annotated[Amount, Field(description="What went back of payments.")]
    invoiced: Annotated[Amount, Field(description="Invoices less credit notes, with tax.")]
    uninvoiced: Annotated[
        Amount, Field(description="Calls that no invoice bills yet, exact and without tax.")
    ]
    balance: Annotated[Amount, Field(description="`payments` less `invoiced` less `uninvoiced`.")]
    debit_limit: Annotated[Amount, Field(description="0 prepaid, positive credit, negative reserve.")]
    available: Annotated[Amount, Field(description="`balance` with the debit limit.")]
    exceeded: Annotated[bool, Field(description="Whether `available` is below zero.")]


class StatementRow(Part):
    """What was charged or paid, and the balance after it: of payments and invoices, without usage."""

    at: Instant
    what: Annotated[
        str,
        Field(
            description="invoice, credit note, debit note, payment (method), refund of payment 17 (method), balance before, balance."
        ),
    ]
    reference: str
    charged: Amount
    paid: Amount
    balance: Amount
    currency: str | None


class Statement(Page[StatementRow]):
    """A page of a statement of account."""


class StatementAsked(Listed):
    """Of which time the statement is."""

    since: Annotated[Moment | None, Field(alias="from", description="First instant.")] = None
    until: Annotated[Moment | None, Field(alias="to", description="First instant that no longer counts.")] = (
        None
    )


@operation("GET", f"{ROOT}/customers/{{id}}/balance", "see", "payments", problems=(404,))
def show_balance(asked: Asked, session: Session, id: Id) -> Balance:  # noqa: A002 - the name in the address
    """Show a customer's balance: payments less invoices less usage not yet invoiced."""
    _refuse_others(asked, session, id)
    return Balance.model_validate(accounts.balance(Lake(asked.workspace), session, id))


@operation("GET", f"{ROOT}/customers/{{id}}/statement", "see", "payments", problems=(404,))
def list_statement(asked: Asked, session: Session, id: Id, query: StatementAsked) -> Statement:  # noqa: A002 - as above
    """List a customer's invoices, credit notes and payments with the balance after each, the oldest first."""
    _refuse_others(asked, session, id)
    rows = accounts.statement(session, id, query.since, query.until)
    if after := asked.after(query):
        rows = rows[_first_after(rows, after) :]
    shown, more, following = asked.page(query, rows[: query.limit + 1], _key)
    data = [StatementRow.model_validate(row) for row in shown]
    return Statement(data=data, has_more=more, next=following)


def _refuse_others(asked: Asked, session: Session, customer: str) -> None:
    """Nothing, if the token has this customer.

    Raises:
        ProblemError: there is none, or it is another's: in the same words.
    """
    mine = asked.scope.customers is None or customer in asked.scope.customers
    if not mine or session.get(Stored, customer) is None:
        raise ProblemError(404)


def _first_after(rows: Sequence[Mapping[str, Any]], after: Key) -> int:
    """Where the page begins: behind the same row, or where that one is gone behind its instant."""
    keys = [_key(row) for row in rows]
    if after in keys:
        return keys.index(after) + 1
    return next((place for place, key in enumerate(keys) if str(key[0]) > str(after[0])), len(keys))


def _key(row: Mapping[str, Any]) -> Key:
    return [row["at"].isoformat(timespec="microseconds"), row["what"], row["reference"]]


OPERATIONS: Final[tuple[Operation, ...]] = (show_balance, list_statement)

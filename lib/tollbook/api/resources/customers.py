"""`customers`: whom the account sells to, as they are entered. A contact's token has its own customer."""

from typing import Annotated, Final, Literal

from babel.numbers import list_currencies
from pydantic import Field, WithJsonSchema
from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account import parties
from tollbook.account.fields import MOST_CHANNELS, MOST_DUE_DAYS
from tollbook.account.models import TAX_CATEGORIES
from tollbook.account.models import Customer as Stored
from tollbook.api import party
from tollbook.api.asked import Asked
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.problems import ProblemError
from tollbook.api.texts import AMOUNT, ID, LINE, LINES, MAILS, PERCENT
from tollbook.api.types import WHOLE, Amount, Instant, Listed, Page, Part, Text, example
from tollbook.language import LANGUAGES
from tollbook.periods import zone_names

Shown = Literal["aliases", "names", "no"]
Grouping = Literal["destination", "day"]
Currency = Annotated[str, WithJsonSchema({"type": "string", "enum": sorted(list_currencies())})]
Zone = Annotated[str, WithJsonSchema({"type": "string", "enum": sorted(zone_names())})]
Name = Annotated[str, Field(pattern=LINE, max_length=200)]
Address = Annotated[str, Field(pattern=LINES, max_length=1000)]
Told = Annotated[str, Field(pattern=f"^$|{LINE}", max_length=200)]
Country = Annotated[str, Field(pattern="^([A-Z]{2})?$", description="For e-invoices, two letters.")]
Endpoint = Annotated[
    str,
    Field(pattern=r"^([0-9A-Z]{2,4}:[!-~]+)?$", max_length=200, description="scheme:value of the EAS list."),
]
Spoken = Annotated[str, WithJsonSchema({"type": "string", "enum": ["", *LANGUAGES]})]
Category = Annotated[str, WithJsonSchema({"type": "string", "enum": list(TAX_CATEGORIES)})]
Scheduled = Annotated[
    Literal["", "daily", "weekly", "monthly"],
    Field(description="How often it is invoiced by itself, from the present period on; empty: not."),
]
Rules = Annotated[
    str,
    Field(
        pattern=r"^([0-9*#]{1,20}>[0-9]{0,20}( [0-9*#]{1,20}>[0-9]{0,20}){0,19})?$",
        description="How numbers that it calls are written for rating: the longest that fits holds.",
    ),
]
Mails = Annotated[
    str,
    Field(
        pattern=MAILS, max_length=500, description="Where its invoices are sent; a space between addresses."
    ),
]
Channels = Annotated[int, Field(ge=0, le=MOST_CHANNELS, description="Calls at once that were agreed."), WHOLE]
DueDays = Annotated[int, Field(ge=0, le=MOST_DUE_DAYS), WHOLE]
Limit = Annotated[str, Field(pattern=AMOUNT, description="0 prepaid, positive credit, negative reserve.")]
Percent = Annotated[str, Field(pattern=PERCENT, description="VAT on its invoices, in percent.")]

CUSTOMER: Final = f"{ROOT}/customers/{{id}}"
Id = Annotated[str, "What call records call it."]


_ENTERED: Final = {
    "name": "ACME Ltd",
    "currency": "EUR",
    "channels": 30,
    "debit_limit": "0",
    "zone": "Europe/Berlin",
    "due_days": 14,
    "tax_rate": "19",
}


class Customer(Part):
    """A customer as it was entered."""

    model_config = example(
        {
            "id": "acme",
            "confirmed": True,
            **_ENTERED,
            "carriers_shown": "aliases",
            "invoice_grouping": "destination",
            "schedule": "monthly",
            "address": "1 High Street",
            "country": "DE",
            "postcode": "10115",
            "city": "Berlin",
            "tax_id": "",
            "endpoint": "",
            "language": "de",
            "reference": "",
            "tax_category": "",
            "tax_note": "",
            "invoice_mail": "billing@acme.example",
            "number_rules": "00> 0>49",
            "created_at": "2026-10-01T08:00:00Z",
        }
    )

    id: str
    confirmed: Annotated[bool, Field(description="Somebody entered it; true of all that this lists.")]
    name: str
    currency: str | None
    channels: int | None
    debit_limit: Amount
    zone: str
    carriers_shown: Shown
    due_days: int
    tax_rate: Amount | None
    invoice_grouping: Grouping
    schedule: Annotated[str, Field(description="How often it is invoiced by itself; empty: not.")]
    address: str
    country: str
    postcode: str
    city: str
    tax_id: str
    endpoint: str
    language: str
    reference: str
    tax_category: str
    tax_note: str
    invoice_mail: str
    number_rules: str
    created_at: Instant


class Customers(Page[Customer]):
    """A page of the list of customers."""


class CustomerChange(Part):
    """The fields that are to be changed, and no other; null empties one that may be empty."""

    model_config = example({"due_days": 30})

    name: Name = ""
    currency: Currency | None = None
    channels: Channels | None = None
    debit_limit: Limit = "0"
    zone: Zone = "UTC"
    carriers_shown: Shown = "aliases"
    due_days: DueDays = 14
    tax_rate: Percent | None = None
    invoice_grouping: Grouping = "destination"
    schedule: Scheduled = ""
    address: Address = ""
    country: Country = ""
    postcode: Told = ""
    city: Told = ""
    tax_id: Told = ""
    endpoint: Endpoint = ""
    language: Spoken = ""
    reference: Told = ""
    tax_category: Category = ""
    tax_note: Told = ""
    invoice_mail: Mails = ""
    number_rules: Rules = ""


class NewCustomer(CustomerChange):
    """A customer to be entered; what is not told has its default, the name that of `id`."""

    model_config = example({"id": "acme", "name": "ACME Ltd", "currency": "EUR"})

    id: Annotated[str, Field(pattern=ID, max_length=50)]


class CustomersAsked(Listed):
    """Which customers to list."""

    id: Annotated[list[Text] | None, Field(description="Only these; may be repeated.")] = None


@operation("GET", f"{ROOT}/customers", "see", "customers")
def list_customers(asked: Asked, session: Session, query: CustomersAsked) -> Customers:
    """List customers, by id."""
    chosen = select(Stored).order_by(Stored.id).limit(query.limit + 1)
    if asked.scope.customers is not None:
        chosen = chosen.where(Stored.id.in_(asked.scope.customers))
    if query.id is not None:
        chosen = chosen.where(Stored.id.in_(query.id))
    if after := asked.after(query):
        chosen = chosen.where(Stored.id > after[0])
    rows, more, following = asked.page(query, session.scalars(chosen).all(), lambda row: [row.id])
    data = [_shown(row) for row in parties.rows_of(session, rows)]
    return Customers(data=data, has_more=more, next=following)


@operation("GET", CUSTOMER, "see", "customers", problems=(404,))
def show_customer(asked: Asked, session: Session, id: Id) -> Customer:  # noqa: A002 - the name in the address
    """Show a customer."""
    return _shown(parties.rows_of(session, [_found(asked, session, id)])[0])


@operation("POST", f"{ROOT}/customers", "change", "customers", status=201)
def add_customer(asked: Asked, session: Session, body: NewCustomer) -> Customer:
    """Enter a customer."""
    told = body.model_dump(exclude_unset=True, exclude={"id"})
    return _shown(party.add(asked, session, Stored, body.id, told))


@operation("PATCH", CUSTOMER, "change", "customers", problems=(404,))
def change_customer(asked: Asked, session: Session, id: Id, body: CustomerChange) -> Customer:  # noqa: A002 - as above
    """Change fields of a customer."""
    _found(asked, session, id)
    return _shown(party.change(asked, session, Stored, id, body.model_dump(exclude_unset=True)))


def _found(asked: Asked, session: Session, customer: str) -> Stored:
    """The customer, if the token has it.

    Raises:
        ProblemError: there is none, or it is another's: in the same words.
    """
    mine = asked.scope.customers is None or customer in asked.scope.customers
    row = session.get(Stored, customer) if mine else None
    if row is None:
        raise ProblemError(404)
    return row


def _shown(row: parties.Row) -> Customer:
    return Customer.model_validate(row)


OPERATIONS: Final[tuple[Operation, ...]] = (list_customers, show_customer, add_customer, change_customer)

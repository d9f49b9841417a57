"""`contacts`: people of one customer who may sign in, as they are entered. A contact's token has none of them."""

from typing import Annotated, Final, Literal
from urllib.parse import quote

from pydantic import Field, WithJsonSchema
from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.models import Customer
from tollbook.account.people import persons
from tollbook.account.people.fields import checked, checked_login
from tollbook.account.people.models import Person
from tollbook.api.asked import Asked
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.problems import ProblemError
from tollbook.api.resources.customers import Name, Spoken, Told
from tollbook.api.texts import ADDRESSES, ID, LOGIN, MAIL, NETWORK, TELEPHONE
from tollbook.api.types import Instant, Listed, Page, Part, Text, example
from tollbook.errors import UsageError
from tollbook.periods import zone_names

PATH: Final = f"{ROOT}/contacts"
_ALONE: Final = ({"format": "ipv4"}, {"format": "ipv6"})
Login = Annotated[str, "Its login name."]
Mail = Annotated[str, Field(pattern=MAIL, max_length=200, description="Unverified once it changes.")]
Number = Annotated[str, Field(pattern=TELEPHONE, description="Digits, with a + before them.")]
Network = Annotated[
    str,
    Field(pattern=ADDRESSES),
    WithJsonSchema({"anyOf": [{"type": "string", **one} for one in (*_ALONE, {"pattern": NETWORK})]}),
]
"""What is told of it is what surely can be; a network of any other mask that has no bits beyond it can be too."""
Clock = Annotated[str, WithJsonSchema({"type": "string", "enum": ["", *sorted(zone_names())]})]


class Contact(Part):
    """A contact as it was entered, without anything that it signs in with."""

    model_config = example(
        {
            "login": "anna@acme.example",
            "customer": "acme",
            "name": "Anna Berg",
            "email": "anna@acme.example",
            "email_verified_at": "2026-10-02T09:30:00Z",
            "mobile": "+491701234567",
            "mobile_verified_at": None,
            "phone": "",
            "department": "Purchase",
            "language": "de",
            "zone": "Europe/Berlin",
            "theme": "system",
            "allowed_addresses": [],
            "password_changed_at": "2026-10-02T09:31:00Z",
            "two_factor": True,
            "disabled_at": None,
            "created_at": "2026-10-01T08:00:00Z",
        }
    )

    login: str
    customer: str
    name: str
    email: str
    email_verified_at: Instant | None
    mobile: str
    mobile_verified_at: Instant | None
    phone: str
    department: str
    language: str
    zone: str
    theme: str
    allowed_addresses: Annotated[list[str], Field(description="Networks it may come from; empty: any.")]
    password_changed_at: Annotated[Instant | None, Field(description="Null: it cannot sign in by one.")]
    two_factor: bool
    disabled_at: Annotated[Instant | None, Field(description="Since when it is let in no longer.")]
    created_at: Instant


class Contacts(Page[Contact]):
    """A page of the list of contacts."""


class ContactChange(Part):
    """The fields that are to be changed, and no other. Whose contact it is stays as it is."""

    model_config = example({"department": "Accounts"})

    name: Name = ""
    email: Mail = ""
    mobile: Number = ""
    phone: Number = ""
    department: Told = ""
    language: Spoken = ""
    zone: Clock = ""
    theme: Literal["system", "light", "dark"] = "system"
    allowed_addresses: Annotated[
        list[Network],
        Field(
            max_length=100, description="Addresses and networks that it may come from, no other; empty: any."
        ),
    ] = Field(default_factory=list)


class NewContact(ContactChange):
    """A contact to be entered, who can sign in once there is a password; the name that is not told is its `login`."""

    model_config = example({"login": "anna@acme.example", "customer": "acme", "name": "Anna Berg"})

    login: Annotated[str, Field(pattern=LOGIN, max_length=100)]
    customer: Annotated[str, Field(pattern=ID, max_length=200)]


class ContactsAsked(Listed):
    """Which contacts to list."""

    customer: Annotated[list[Text] | None, Field(description="Only of these; may be repeated.")] = None


@operation("GET", PATH, "see", "people")
def list_contacts(asked: Asked, session: Session, query: ContactsAsked) -> Contacts:
    """List contacts, by login name."""
    chosen = select(Person).where(Person.customer_id.is_not(None)).order_by(Person.login)
    if query.customer is not None:
        chosen = chosen.where(Person.customer_id.in_(query.customer))
    if after := asked.after(query):
        chosen = chosen.where(Person.login > after[0])
    found = session.scalars(chosen.limit(query.limit + 1)).all()
    rows, more, following = asked.page(query, found, lambda row: [row.login])
    return Contacts(data=[_shown(persons.row_of(row)) for row in rows], has_more=more, next=following)


@operation("GET", f"{PATH}/{{login}}", "see", "people", problems=(404,))
def show_contact(asked: Asked, session: Session, login: Login) -> Contact:  # noqa: ARG001 - as of all operations
    """Show a contact."""
    return _shown(persons.row_of(_found(session, login)))


@operation("POST", PATH, "change", "people", status=201, problems=(404,))
def add_contact(asked: Asked, session: Session, body: NewContact) -> Contact:
    """Enter a contact of a customer."""
    told = body.model_dump(exclude_unset=True, exclude={"login"})
    try:
        checked("contact", told)
        login = checked_login(body.login)
    except UsageError as error:
        raise ProblemError(422, str(error)) from None
    if session.get(Customer, body.customer) is None:
        raise ProblemError(404, "There is no such customer, or none for this token.")
    try:
        row = persons.add(session, "contact", login, told, asked.actor)
    except UsageError:
        raise ProblemError(409, f"there is a person '{login}' already") from None
    asked.told["Location"] = f"contacts/{quote(login, safe='')}"
    return _shown(row)


@operation("PATCH", f"{PATH}/{{login}}", "change", "people", problems=(404,))
def change_contact(asked: Asked, session: Session, login: Login, body: ContactChange) -> Contact:
    """Change fields of a contact."""
    name = _found(session, login).login
    told = body.model_dump(exclude_unset=True)
    try:
        return _shown(persons.change(session, "contact", name, told, asked.actor))
    except UsageError as error:
        raise ProblemError(422, str(error)) from None


def _found(session: Session, login: str) -> Person:
    try:
        return persons.found(session, login, "contact")
    except UsageError:
        raise ProblemError(404) from None


def _shown(row: persons.Row) -> Contact:
    return Contact.model_validate(row)


OPERATIONS: Final[tuple[Operation, ...]] = (list_contacts, show_contact, add_contact, change_contact)

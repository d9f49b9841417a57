"""`extensions`: numbers by which devices register. A contact's token has its customer's, and may take and free them."""

from dataclasses import asdict
from itertools import islice
from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.models import Customer
from tollbook.account.numbering import blocks, extensions, sip
from tollbook.account.numbering.book import Book, ConflictError
from tollbook.account.numbering.digits import PATTERN, key_of
from tollbook.account.numbering.models import Extension as Stored
from tollbook.account.secret import workspace_secret
from tollbook.api.asked import Asked
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.problems import ProblemError
from tollbook.api.texts import ID, LINE
from tollbook.api.types import Instant, Listed, Page, Part, Text, example
from tollbook.errors import UsageError
from tollbook.params import Site, read

PATH: Final = f"{ROOT}/extensions"
EXTENSION: Final = f"{PATH}/{{extension}}"
Number = Annotated[str, Field(pattern=PATTERN)]
Name = Annotated[str, Field(pattern=f"^$|{LINE}", max_length=200)]
Place = Annotated[str, "Its number, with its leading zeros."]
_NO_CUSTOMER: Final = "There is no such customer, or none for this token."


class Extension(Part):
    """An extension. `block` is null where it is of none; `out_of_block` marks one that could not be taken so today."""

    number: str
    customer: str
    name: str
    block: int | None
    out_of_block: bool
    secret_at: Annotated[Instant | None, Field(description="When its SIP secret was made.")]
    created_at: Instant
    created_by: str


class Extensions(Page[Extension]):
    """A page of the list of extensions."""


class FreeExtensions(Page[str]):
    """A page of the list of numbers that can be taken."""


class NewExtension(Part):
    """An extension to be taken; without a `number` the next that is free for the customer."""

    customer: Annotated[str, Field(pattern=ID, max_length=200)]
    number: Number | None = None
    name: Name = ""


class ExtensionChange(Part):
    """The name that an extension is to have; an empty one takes it away."""

    model_config = example({"name": "Front desk"})

    name: Name


class ExtensionSecret(Part):
    """A secret by which a device registers. It is told now and never again."""

    model_config = example(
        {"number": "0100", "customer": "acme", "realm": "sip.example.net", "secret": "told once"}
    )

    number: str
    customer: str
    realm: Annotated[str, Field(description="The SIP domain in which it counts, the account's.")]
    secret: str


class ExtensionsAsked(Listed):
    """Which extensions to list."""

    customer: Annotated[list[Text] | None, Field(description="Only of these; may be repeated.")] = None


class FreeAsked(Listed):
    """For whom to list free numbers."""

    customer: Annotated[Text, Field(description="Who would take them.")]


@operation("GET", PATH, "see", "extensions")
def list_extensions(asked: Asked, session: Session, query: ExtensionsAsked) -> Extensions:
    """List extensions, in the order of their numbers."""
    chosen = select(Stored).order_by(Stored.key).limit(query.limit + 1)
    if asked.scope.customers is not None:
        chosen = chosen.where(Stored.customer_id.in_(asked.scope.customers))
    if query.customer is not None:
        chosen = chosen.where(Stored.customer_id.in_(query.customer))
    if after := asked.after(query):
        chosen = chosen.where(Stored.key > after[0])
    rows, more, following = asked.page(query, session.scalars(chosen).all(), lambda row: [row.key])
    book = Book.of(session)
    data = [_shown(asked, extensions.row_of(book, row)) for row in rows]
    return Extensions(data=data, has_more=more, next=following)


@operation("GET", f"{PATH}/free", "see", "extensions", problems=(404, 409))
def list_free(asked: Asked, session: Session, query: FreeAsked) -> FreeExtensions:
    """List the numbers that a customer can take, in order."""
    _refuse_customer(asked, session, query.customer)
    after = asked.after(query)
    try:
        found = extensions.free(session, query.customer, int(after[0] or 0) if after else 0)
        rows, more, following = asked.page(
            query, list(islice(found, query.limit + 1)), lambda number: [key_of(number)]
        )
    except ConflictError as error:
        raise ProblemError(409, str(error)) from None
    return FreeExtensions(data=rows, has_more=more, next=following)


@operation("GET", EXTENSION, "see", "extensions", problems=(404,))
def show_extension(asked: Asked, session: Session, extension: Place) -> Extension:
    """Show an extension."""
    row = found_in(asked, session, extension)
    return _shown(asked, extensions.row_of(Book.of(session), row))


@operation("POST", PATH, "change", "extensions", status=201, problems=(404,))
def add_extension(asked: Asked, session: Session, body: NewExtension) -> Extension:
    """Take an extension: the number that is named, or the next that is free for the customer."""
    _refuse_customer(asked, session, body.customer)
    told = body.customer, body.number or "", body.name
    try:
        row = extensions.add(session, asked.actor, *told, most=most_of(asked))
    except (ConflictError, UsageError) as error:
        raise ProblemError(409, str(error)) from None
    asked.told["Location"] = f"extensions/{row['number']}"
    return _shown(asked, row)


@operation("PATCH", EXTENSION, "change", "extensions", problems=(404,))
def rename_extension(asked: Asked, session: Session, extension: Place, body: ExtensionChange) -> Extension:
    """Change the name of an extension."""
    number = found_in(asked, session, extension).number
    try:
        row = extensions.rename(session, asked.actor, number, body.name)
    except UsageError as error:
        raise ProblemError(409, str(error)) from None
    return _shown(asked, row)


@operation("POST", f"{EXTENSION}/secret", "change", "extensions", problems=(404,), kept=False)
def make_secret(asked: Asked, session: Session, extension: Place) -> ExtensionSecret:
    """Make a new secret by which a device registers; an older one counts no more once switches are told. It is told once,
    and kept under no `Idempotency-Key`: asked again, another one is made, and that counts."""
    number = found_in(asked, session, extension).number
    if not blocks.settings(session)["realm"]:
        raise ProblemError(409, "The account has no SIP domain yet: enter `realm` in number-blocks/settings.")
    (told,) = sip.make(session, asked.actor, sip.numbered([number]), workspace_secret(asked.workspace))
    asked.told["Cache-Control"] = "no-store"
    return ExtensionSecret.model_validate(asdict(told))


@operation("DELETE", EXTENSION, "change", "extensions", problems=(404,))
def remove_extension(asked: Asked, session: Session, extension: Place) -> Extension:
    """Take an extension away, so that its number is free again; it is answered as it was."""
    number = found_in(asked, session, extension).number
    return _shown(asked, extensions.remove(session, asked.actor, number))


def _refuse_customer(asked: Asked, session: Session, customer: str) -> None:
    mine = asked.scope.customers is None or customer in asked.scope.customers
    if not mine or session.get(Customer, customer) is None:
        raise ProblemError(404, _NO_CUSTOMER)


def most_of(asked: Asked) -> int | None:
    """Extensions that a customer without a block may have, if it is the customer's own token that takes them."""
    return read("site", Site).extensions_each if asked.scope.customer is not None else None


def found_in(asked: Asked, session: Session, number: str) -> Stored:
    """The extension, if the token has it.

    Raises:
        ProblemError: there is none, or it is another's: in the same words.
    """
    try:
        row = extensions.found(session, number)
    except UsageError:
        raise ProblemError(404) from None
    if asked.scope.customers is not None and row.customer_id not in asked.scope.customers:
        raise ProblemError(404)
    return row


def _shown(asked: Asked, row: extensions.Row) -> Extension:
    """An extension as it is told; a contact is not told which user of the account entered it."""
    known = asked.scope.customers is None or row["created_by"] == asked.actor.login
    return Extension.model_validate(row if known else {**row, "created_by": ""})


OPERATIONS: Final[tuple[Operation, ...]] = (
    list_extensions,
    list_free,
    show_extension,
    add_extension,
    rename_extension,
    make_secret,
    remove_extension,
)
"""The free ones come before a single one: their address could be its."""

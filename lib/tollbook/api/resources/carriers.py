"""`carriers`: whom the account buys from, as they are entered. A contact's token has none of them."""

from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account import parties
from tollbook.account.models import Carrier as Stored
from tollbook.api import party
from tollbook.api.asked import Asked
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.problems import ProblemError
from tollbook.api.resources.customers import Channels, Currency, Id, Name
from tollbook.api.texts import ID
from tollbook.api.types import Instant, Listed, Page, Part, Text, example

PATH: Final = f"{ROOT}/carriers"


class Carrier(Part):
    """A carrier as it was entered."""

    model_config = example(
        {
            "id": "kilo",
            "confirmed": True,
            "name": "Kilo Networks",
            "currency": "USD",
            "channels": 120,
            "created_at": "2026-10-01T08:00:00Z",
        }
    )

    id: str
    confirmed: Annotated[bool, Field(description="Somebody entered it; true of all that this lists.")]
    name: str
    currency: str | None
    channels: int | None
    created_at: Instant


class Carriers(Page[Carrier]):
    """A page of the list of carriers."""


class CarrierChange(Part):
    """The fields that are to be changed, and no other; null empties one that may be empty."""

    model_config = example({"channels": 60})

    name: Name = ""
    currency: Currency | None = None
    channels: Channels | None = None


class NewCarrier(CarrierChange):
    """A carrier to be entered; the name that is not told is its `id`."""

    model_config = example({"id": "kilo", "name": "Kilo Networks", "currency": "USD"})

    id: Annotated[str, Field(pattern=ID, max_length=50)]


class CarriersAsked(Listed):
    """Which carriers to list."""

    id: Annotated[list[Text] | None, Field(description="Only these; may be repeated.")] = None


@operation("GET", PATH, "see", "master_data")
def list_carriers(asked: Asked, session: Session, query: CarriersAsked) -> Carriers:
    """List carriers, by id."""
    chosen = select(Stored).order_by(Stored.id).limit(query.limit + 1)
    if query.id is not None:
        chosen = chosen.where(Stored.id.in_(query.id))
    if after := asked.after(query):
        chosen = chosen.where(Stored.id > after[0])
    rows, more, following = asked.page(query, session.scalars(chosen).all(), lambda row: [row.id])
    data = [_shown(row) for row in parties.rows_of(session, rows)]
    return Carriers(data=data, has_more=more, next=following)


@operation("GET", f"{PATH}/{{id}}", "see", "master_data", problems=(404,))
def show_carrier(asked: Asked, session: Session, id: Id) -> Carrier:  # noqa: A002, ARG001 - as of all operations
    """Show a carrier."""
    return _shown(parties.rows_of(session, [_found(session, id)])[0])


@operation("POST", PATH, "change", "master_data", status=201)
def add_carrier(asked: Asked, session: Session, body: NewCarrier) -> Carrier:
    """Enter a carrier."""
    told = body.model_dump(exclude_unset=True, exclude={"id"})
    return _shown(party.add(asked, session, Stored, body.id, told))


@operation("PATCH", f"{PATH}/{{id}}", "change", "master_data", problems=(404,))
def change_carrier(asked: Asked, session: Session, id: Id, body: CarrierChange) -> Carrier:  # noqa: A002 - as above
    """Change fields of a carrier."""
    _found(session, id)
    return _shown(party.change(asked, session, Stored, id, body.model_dump(exclude_unset=True)))


def _found(session: Session, carrier: str) -> Stored:
    row = session.get(Stored, carrier)
    if row is None:
        raise ProblemError(404)
    return row


def _shown(row: parties.Row) -> Carrier:
    return Carrier.model_validate(row)


OPERATIONS: Final[tuple[Operation, ...]] = (list_carriers, show_carrier, add_carrier, change_carrier)

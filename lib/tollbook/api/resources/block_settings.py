"""`number-blocks/settings` and `number-blocks/usage`: where the account's numbers begin, and how full blocks are."""

from typing import Annotated, Final

from pydantic import Field
from sqlalchemy.orm import Session

from tollbook.account.numbering import blocks
from tollbook.account.numbering.models import LARGEST
from tollbook.api.asked import Asked
from tollbook.api.operations import Operation, operation
from tollbook.api.problems import ProblemError
from tollbook.api.resources.blocks import PATH, Number
from tollbook.api.types import WHOLE, Listed, Page, Part, Text, example
from tollbook.errors import UsageError

SETTINGS: Final = f"{PATH}/settings"
USAGE: Final = f"{PATH}/usage"
Size = Annotated[int, Field(ge=1, le=LARGEST), WHOLE]
Realm = Annotated[
    str,
    Field(pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)?$", max_length=253),
]
_EXAMPLE: Final = {"start": "1000", "size": 1000, "realm": "sip.example.net"}


class NumberSettings(Part):
    """Where the account's numbers begin, and how many a block has: both null until somebody has said so, and for a contact."""

    model_config = example(_EXAMPLE)

    start: str | None
    size: int | None
    realm: Annotated[str, Field(description="SIP domain in which secrets count; empty: none yet.")]


class NumberSettingsChange(Part):
    """What is to be changed; what is not told, or null, stays. Blocks that are allocated stay as they are."""

    model_config = example({"size": 500}, _EXAMPLE)

    start: Number | None = None
    size: Size | None = None
    realm: Realm | None = None


class NumberUsage(Part):
    """What a customer's blocks have, and how much of that is in use."""

    model_config = example(
        {"customer": "acme", "blocks": 1, "numbers": 100, "used": 3, "free": 97, "utilisation": 0.03}
    )

    customer: str
    blocks: int
    numbers: int
    used: Annotated[int, Field(description="Extensions in them, whoever has them.")]
    free: int
    utilisation: Annotated[float, Field(description="Used of all numbers, from 0 to 1.")]


class NumberUsages(Page[NumberUsage]):
    """A page of the list of customers with blocks."""


class NumberUsageAsked(Listed):
    """Whose blocks to add up."""

    customer: Annotated[list[Text] | None, Field(description="Only of these; may be repeated.")] = None


@operation("GET", SETTINGS, "see", "blocks")
def show_settings(asked: Asked, session: Session) -> NumberSettings:
    """Show where the account's number blocks begin, how many numbers the next one has, and the SIP domain of secrets.

    A contact is told the domain alone.
    """
    told = blocks.settings(session)
    if asked.scope.customers is not None:
        told = {**told, "start": None, "size": None}
    return NumberSettings.model_validate(told)


@operation("PATCH", SETTINGS, "change", "blocks")
def change_settings(asked: Asked, session: Session, body: NumberSettingsChange) -> NumberSettings:
    """Change where the account's number blocks begin, how many numbers the next one has, or the SIP domain of secrets."""
    try:
        told = blocks.set_up(session, asked.actor, start=body.start or "", size=body.size, realm=body.realm)
    except UsageError as error:
        raise ProblemError(409, str(error)) from None
    return NumberSettings.model_validate(told)


@operation("GET", USAGE, "see", "blocks")
def list_usage(asked: Asked, session: Session, query: NumberUsageAsked) -> NumberUsages:
    """List customers that have number blocks, by id, with how much of their numbers is in use."""
    mine = asked.scope.customers
    wanted = query.customer if mine is None else [name for name in query.customer or mine if name in mine]
    after = asked.after(query)
    left = [row for row in blocks.usage(session, wanted) if after is None or row["customer"] > str(after[0])]
    rows, more, following = asked.page(query, left, lambda row: [row["customer"]])
    data = [NumberUsage.model_validate(row) for row in rows]
    return NumberUsages(data=data, has_more=more, next=following)


OPERATIONS: Final[tuple[Operation, ...]] = (show_settings, change_settings, list_usage)
"""They come before those of `blocks`: their addresses could be a block's."""

"""The forms of values in JSON: decimals are texts, instants ISO 8601 with `Z`, and lists come in pages."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Generic, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from tollbook.account.people.bearer import storable
from tollbook.errors import UsageError
from tollbook.money import plain
from tollbook.periods import iso_z, parse_instant

Row = TypeVar("Row")

MOST_ROWS: Final = 500
_FEWEST: Final = "0001-01-02"
_LAST: Final = "9999-12-30"

DECIMAL: Final = {"type": "string", "format": "decimal", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
INSTANT: Final = {"type": "string", "format": "date-time", "pattern": "Z$"}

Amount = Annotated[Decimal, PlainSerializer(plain, return_type=str), WithJsonSchema(DECIMAL)]
"""An exact decimal, as text in full precision."""
Instant = Annotated[datetime, PlainSerializer(iso_z, return_type=str), WithJsonSchema(INSTANT)]
"""An instant, in UTC with `Z`."""
Text = Annotated[str, AfterValidator(storable)]
"""A text of an address: what no database can keep is found in none."""


def _moment(value: object) -> object:
    """The instant that an address tells, moved to where there is a day before and after it."""
    if not isinstance(value, str):
        return value
    try:
        moment = parse_instant(value)
    except UsageError as error:
        raise ValueError(str(error)) from None  # which Pydantic counts among what is wrong
    return min(max(moment, parse_instant(_FEWEST)), parse_instant(_LAST))


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}),
]
"""An instant or a date as people write it in an address, in UTC where it names no zone."""


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE: Final = BeforeValidator(_whole)
"""For a whole number in JSON, which does not tell 14 from 14.0."""


class Part(BaseModel):
    """Named values in JSON or in an address; anything else is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Listed(Part):
    """What every list can be asked."""

    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="Rows of one page at most.")] = 100
    cursor: Annotated[
        Text | None, Field(description="`next` of the page before; everything else as it was asked there.")
    ] = None


class Page(Part, Generic[Row]):
    """Some rows of a list, and how to come to those after them."""

    data: list[Row]
    has_more: bool
    next: Annotated[str | None, Field(description="The `cursor` of the page after this one.")]


def example(*shown: Any) -> ConfigDict:  # noqa: ANN401 - values of a model, as JSON has them
    """The configuration of a model that shows in the OpenAPI document what one looks like."""
    return ConfigDict(json_schema_extra={"examples": list(shown)})

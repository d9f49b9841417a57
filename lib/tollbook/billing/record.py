"""The record of an invoice: all its figures, settled before anything is rendered, and what they were made of."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, PlainSerializer

from tollbook.money import minor_digits, plain, round_to
from tollbook.periods import iso_z

Exact = Annotated[Decimal, PlainSerializer(plain, return_type=str, when_used="json")]
Instant = Annotated[datetime, PlainSerializer(iso_z, return_type=str, when_used="json")]

_PERCENT = 100


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Buyer(_Part):
    """Who is invoiced."""

    id: str
    name: str
    address: str


class Span(_Part):
    """The Summary period: UTC, half open."""

    name: str
    start: Instant
    end: Instant


class Line(_Part):
    """One line: calls of a destination at a rate, or of a day. `net` is `exact` in the minor unit, half up."""

    day: date | None = None
    destination: str | None = None
    rate_per_min: Exact | None = None
    calls: int
    billed_s: int
    exact: Exact
    net: Exact


class Usage(_Part):
    """What was billed on one UTC day."""

    day: date
    calls: int
    billed_s: int
    charge: Exact


class Source(_Part):
    """What the figures were made of: enough to make them again, or to tell what changed since."""

    program: str
    tables: dict[str, int]
    """Versions of the Delta tables."""
    decks: list[int]
    calls: int
    calls_sha256: str
    unrated: int
    parameters: dict[str, int]


class Record(_Part):
    """An invoice's figures. A draft has neither number nor date; an issued one never changes."""

    status: str = "draft"
    number: str | None = None
    issued_at: Instant | None = None
    customer: Buyer
    period: Span
    currency: str
    due_days: int
    grouping: str
    lines: tuple[Line, ...]
    usage: tuple[Usage, ...]
    exact_charge: Exact
    net: Exact
    rounding: Exact
    tax_rate: Exact | None
    tax: Exact
    total: Exact
    source: Source

    @property
    def text(self) -> str:
        """The record as the JSON document that is kept."""
        return self.model_dump_json(indent=1) + "\n"

    @property
    def sha256(self) -> str:
        """Hash of that document."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def issued(self, number: str, at: datetime) -> Self:
        """The same figures under a number."""
        return self.model_copy(update={"status": "issued", "number": number, "issued_at": at})


def totals(
    exact: Iterable[Decimal], nets: Iterable[Decimal], tax_rate: Decimal | None, currency: str
) -> Mapping[str, Decimal]:
    """What stands below the lines: net is the sum of rounded lines, tax is taken on that sum.

    `tax_rate` is in percent; without one there is no tax. `rounding` is net less the exact charge.
    """
    exact_charge, net = sum(exact, Decimal(0)), sum(nets, Decimal(0))
    tax = to_minor(net * (tax_rate or Decimal(0)) / _PERCENT, currency)
    return {
        "exact_charge": exact_charge,
        "net": net,
        "rounding": net - exact_charge,
        "tax": tax,
        "total": net + tax,
    }


def to_minor(amount: Decimal, currency: str) -> Decimal:
    """The amount in the currency's minor unit, rounded half up."""
    return round_to(amount, minor_digits(currency), "half_up")

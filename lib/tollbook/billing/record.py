"""The record of an invoice: all its figures, settled before anything is rendered, and what they were made of."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from operator import not_
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from tollbook.money import minor_digits, plain, round_to
from tollbook.periods import iso_z

Exact = Annotated[Decimal, PlainSerializer(plain, return_type=str, when_used="json")]
Instant = Annotated[datetime, PlainSerializer(iso_z, return_type=str, when_used="json")]

Known = Annotated[str, Field(exclude_if=not_)]
"""What is told where it is known: a record without it reads as one did before there was such a thing to tell."""
Counted = Annotated[int, Field(exclude_if=not_)]
"""The same of a number that is mostly 0."""
Kept = Annotated[str | None, Field(exclude_if=lambda text: text is None)]
"""The same of a text that may be empty: null in records from before it was kept."""

_PERCENT = 100


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(_Part):
    """What an electronic invoice tells of a party beyond its name and the address that people read."""

    country: Known = ""
    """ISO 3166-1, two letters."""
    postcode: Known = ""
    city: Known = ""
    tax_id: Known = ""
    """VAT number, with its country in front."""
    endpoint: Known = ""
    """Electronic address as `scheme:value`, the scheme of the EAS list: `9930:DE123456789`."""


class Seller(Place):
    """Who invoices, as `params/company.yml` had it when the invoice was settled."""

    name: str
    address: Known = ""
    contact: Known = ""
    phone: Known = ""
    email: Known = ""
    registration: Known = ""
    iban: Known = ""
    bic: Known = ""
    payment_details: Known = ""


class Buyer(Place):
    """Who is invoiced."""

    id: str
    name: str
    address: str
    language: Known = ""
    """Of its documents: en, es, fr, de, pt or ar; empty: English."""
    reference: Known = ""
    """What it wants to read on its invoices: a Leitweg-ID, an order."""
    tax_category: Known = ""
    """S, Z, E, AE, G or O of EN 16931; empty: what the tax rate says."""
    tax_note: Known = ""
    """Why there is no tax, where that is not usual."""


class Span(_Part):
    """The Summary period: UTC, half open."""

    name: str
    start: Instant
    end: Instant


class Line(_Part):
    """One line: calls of a destination at a rate, or of a day. `net` is `exact` in the minor unit, half up.

    With `adjusts` it is what became otherwise in the period of that invoice; then each number may be below zero.
    On a note of a difference `rerated` counts the calls that were rated again, and `calls` and `billed_s` are by how
    much those of the line changed. On a note of a part `part_of` counts the line of the invoice of which it credits
    something, from 1; calls and seconds are told of one that it credits in whole.
    """

    day: date | None = None
    destination: str | None = None
    rate_per_min: Exact | None = None
    calls: int
    billed_s: int
    exact: Exact
    net: Exact
    adjusts: str | None = None
    rerated: Counted = 0
    part_of: Counted = 0


class Adjusted(_Part):
    """An earlier invoice whose period is charged otherwise by now: what was billed of it, and what is added here.

    On a credit note `exact` is below zero, though its amounts are not.
    """

    number: str
    period: Span
    place: int
    """Which adjustment of that invoice this is, from 1."""
    billed: Exact
    exact: Exact


class Before(_Part):
    """What earlier credit notes had taken off an invoice when a note of a part of it was issued."""

    net: Exact
    tax: Exact


class Reference(_Part):
    """Another invoice, as a note names it."""

    number: str
    issued_at: Instant


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
    """Calls without a charge that were waived; others stop an invoice."""
    parameters: dict[str, int]
    rerated: Counted = 0
    """How many times calls had been rated again by then. A note of a difference has the number of the last one that was
    billed before as the parameter `rerated_after`."""
    number_rules: Kept = None
    """How the numbers that the customer called were written for its decks (`account/number_rules.py`)."""


class Record(_Part):
    """An invoice's figures. A draft has neither number nor date; an issued one never changes.

    A credit note has the figures of the invoice that it `corrects`, above zero like them, under its own number; or
    those of a part of it, and then tells what was credited `before`; or the difference alone, where calls were rated
    again. A debit note is the same where there is more to pay.
    """

    kind: str = "invoice"
    status: str = "draft"
    number: str | None = None
    issued_at: Instant | None = None
    corrects: Reference | None = None
    reason: str = ""
    before: Annotated[Before | None, Field(exclude_if=not_)] = None
    seller: Annotated[Seller | None, Field(exclude_if=not_)] = None
    """Null in records from before it was kept."""
    customer: Buyer
    period: Span
    currency: str
    due_days: int
    grouping: str
    lines: tuple[Line, ...]
    usage: tuple[Usage, ...]
    adjusted: tuple[Adjusted, ...] = ()
    exact_charge: Exact
    adjustment: Exact = Decimal(0)
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

    def credited(self, reason: str) -> Self:
        """The credit note that takes this invoice or debit note back, before it has a number of its own.

        What takes back a credit note is a debit note.
        """
        kind = "debit_note" if self.kind == "credit_note" else "credit_note"
        own = {"kind": kind, "status": "draft", "number": None, "issued_at": None}
        return self.model_copy(update={**own, "corrects": self.reference, "reason": reason})

    @property
    def reference(self) -> Reference:
        """What another document calls this one."""
        if self.number is None or self.issued_at is None:
            raise ValueError("only what has been issued can be named")
        return Reference(number=self.number, issued_at=self.issued_at)

    @property
    def is_difference(self) -> bool:
        """Whether it is a note of what became otherwise on the invoice that it corrects, and not of all of it."""
        return self.corrects is not None and self.corrects.number in {one.number for one in self.adjusted}

    @property
    def is_part(self) -> bool:
        """Whether it is a note of a part of an invoice, or takes back such a one."""
        return self.before is not None

    def is_amount(self, line: Line) -> bool:
        """Whether a line is a mere amount: of a line of which only a part is credited, or of none."""
        return self.is_part and not line.calls

    @property
    def sign(self) -> int:
        """Whether its amounts are owed by the customer (1) or to it (-1)."""
        return -1 if self.kind == "credit_note" else 1


def totals(
    exact: Iterable[Decimal],
    nets: Iterable[Decimal],
    tax_rate: Decimal | None,
    currency: str,
    adjustment: Decimal = Decimal(0),
) -> Mapping[str, Decimal]:
    """What stands below the lines: net is the sum of rounded lines, tax is taken on that sum.

    `tax_rate` is in percent; without one there is no tax. `exact` is of the period's own lines, `nets` of all, and
    `adjustment` the exact sum of those that adjust; `rounding` is net less both exact sums.
    """
    exact_charge, net = sum(exact, Decimal(0)), sum(nets, Decimal(0))
    tax = to_minor(net * (tax_rate or Decimal(0)) / _PERCENT, currency)
    return {
        "exact_charge": exact_charge,
        "adjustment": adjustment,
        "net": net,
        "rounding": net - exact_charge - adjustment,
        "tax": tax,
        "total": net + tax,
    }


def to_minor(amount: Decimal, currency: str) -> Decimal:
    """The amount in the currency's minor unit, rounded half up."""
    return round_to(amount, minor_digits(currency), "half_up")

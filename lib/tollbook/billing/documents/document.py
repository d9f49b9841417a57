"""What a document is made from: a settled record, what it corrects, its calls, and how it is to look."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from tollbook.billing.record import Record, Seller

INVOICE: Final = "380"
CREDIT_NOTE: Final = "381"
DEBIT_NOTE: Final = "383"
"""Codes of UNTDID 1001."""

REVERSE_CHARGE: Final = "AE"
EXPORT: Final = "G"
EXEMPT: Final = "E"
OUTSIDE: Final = "O"


@dataclass(frozen=True)
class Preceding:
    """The issued invoice that a note takes back, or of which it tells a difference."""

    number: str
    issued_on: date
    reason: str = ""


@dataclass(frozen=True)
class Look:
    """An operator's own templates, logo and fonts, where there are any."""

    typst: str | None = None
    html: str | None = None
    logo: tuple[str, bytes] | None = None
    """Its file's name, of which the ending tells the kind, and what is in it."""
    fonts: Path | None = None


@dataclass(frozen=True)
class Document:
    """One document to be made. Amounts of a credit note stand in it as they are credited, without a minus."""

    record: Record
    preceding: Preceding | None = None
    calls: pl.DataFrame | None = None
    """The calls billed, as `annex.calls_of` has them; null where they cannot be had any more."""
    look: Look = field(default_factory=Look)
    annex_calls: int = 500

    @property
    def type_code(self) -> str:
        if self.record.kind == "debit_note":
            return DEBIT_NOTE
        return CREDIT_NOTE if self.preceding else INVOICE

    @property
    def is_credit(self) -> bool:
        """Whether its amounts are the customer's."""
        return self.type_code == CREDIT_NOTE

    @property
    def seller(self) -> Seller:
        return self.record.seller or Seller(name="Tollbook")

    @property
    def issued_on(self) -> date | None:
        """Null of a draft."""
        return self.record.issued_at.date() if self.record.issued_at else None

    @property
    def due_on(self) -> date | None:
        """Null of a draft and of a credit note."""
        if self.issued_on is None or self.is_credit:
            return None
        return self.issued_on + timedelta(days=self.record.due_days)

    @property
    def last_day(self) -> date:
        return self.record.period.end.date() - timedelta(days=1)

    @property
    def name(self) -> str:
        """What an error calls it."""
        record = self.record
        return record.number or f"the draft of {record.customer.id} for {record.period.name}"

    @property
    def tax_category(self) -> str:
        """Code of UNTDID 5305: as the customer's is set, else standard, zero rated or outside the scope of VAT."""
        if self.record.customer.tax_category:
            return self.record.customer.tax_category
        if self.record.tax_rate is None:
            return OUTSIDE
        return "S" if self.record.tax_rate > 0 else "Z"


def preceding_of(record: Record) -> Preceding | None:
    """What a record says that it takes back or corrects; null of an invoice."""
    before = record.corrects
    return Preceding(before.number, before.issued_at.date(), record.reason) if before else None

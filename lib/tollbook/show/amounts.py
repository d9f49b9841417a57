"""Amounts and days as pages of forms show them, in a reader's language."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tollbook.billing.documents.written import Written
from tollbook.money import minor_digits, round_to
from tollbook.show.words import NOTHING


@dataclass(frozen=True)
class Amounts:
    """The ways of one language."""

    language: str

    def money(self, amount: Decimal, currency: str | None) -> str:
        """To the currency's minor unit, rounded half up, with the currency; a dash where there is none."""
        if currency is None:
            return NOTHING
        return Written(self.language, currency).money(round_to(amount, minor_digits(currency), "half_up"))

    def plain(self, amount: Decimal, currency: str) -> str:
        """As somebody types it: `14.50`."""
        return f"{round_to(amount, minor_digits(currency)):f}"

    def day(self, at: date | datetime | None) -> str:
        """A day in a table; of an instant its day in UTC."""
        if at is None:
            return NOTHING
        return Written(self.language, "").short_day(at.date() if isinstance(at, datetime) else at)

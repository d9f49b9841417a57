"""Numbers, money and days as the customer's language writes them. What is rounded was rounded before."""

import re
from collections.abc import Sequence
from copy import copy
from datetime import date
from decimal import Context, Decimal, localcontext
from typing import Final

from babel import Locale
from babel.dates import format_date, format_interval
from babel.numbers import NumberPattern

from tollbook.language import SOURCE, direction, known
from tollbook.money import minor_digits, plain

_MINUTE_S: Final = 60
_WIDE: Final = Context(prec=76)
_TOUCHING: Final = re.compile(r"([A-Za-z])(\d)")
"""A currency's code and a digit, between which CLDR wants a space and Babel puts none."""


class Written:
    """The ways of one language to write a value."""

    def __init__(self, language: str, currency: str) -> None:
        """Raises UsageError where the language is none of ours."""
        self.language = known(language) or SOURCE
        # English of no country writes days the American way; invoices travel.
        self._locale = Locale.parse("en_GB" if self.language == SOURCE else self.language)
        self._currency = currency
        self._marks = _marks_of(self._locale)
        self._days: dict[date, str] = {}

    def money(self, amount: Decimal) -> str:
        """An amount in the currency's minor unit, with its currency."""
        with localcontext(_WIDE):
            pattern = copy(self._locale.currency_formats["standard"])
            digits = minor_digits(self._currency)  # Babel's own are not always those of ISO 4217
            pattern.frac_prec = (digits, digits)
            text = pattern.apply(amount, self._locale, currency=self._currency, currency_digits=False)
        text = _TOUCHING.sub("\\1\u00a0\\2", text)
        # From right to left a minus would else stand behind its number.
        return text.replace("-", "\u200e-") if direction(self.language) == "rtl" else text

    def decimal(self, amount: Decimal, places: int) -> str:
        """An amount that has at most so many decimals, with exactly so many."""
        return f"{amount:,.{places}f}".translate(self._marks)

    def aligned(self, amounts: Sequence[Decimal | None]) -> list[str]:
        """Exact amounts, all with the decimals of the longest; a dash where there is none."""
        places = max((places_of(amount) for amount in amounts if amount is not None), default=0)
        return ["–" if amount is None else self.decimal(amount, places) for amount in amounts]

    def count(self, number: int) -> str:
        """A whole number."""
        return self.decimal(Decimal(number), 0)

    def percent(self, rate: Decimal) -> str:
        """A rate in percent with its sign."""
        pattern: NumberPattern = copy(self._locale.percent_formats[None])
        pattern.frac_prec = (places_of(rate), places_of(rate))
        return str(pattern.apply(rate / 100, self._locale))

    def minutes(self, seconds: int) -> str:
        """Seconds as minutes and seconds: `6:00`."""
        whole, rest = divmod(abs(seconds), _MINUTE_S)
        return f"{'−' if seconds < 0 else ''}{self.count(whole)}:{rest:02}"

    def day(self, day: date) -> str:
        """A day in words."""
        return format_date(day, "long", locale=self._locale)

    def short_day(self, day: date) -> str:
        """A day in a table."""
        if day not in self._days:
            self._days[day] = format_date(day, "medium", locale=self._locale)
        return self._days[day]

    def days(self, first: date, last: date) -> str:
        """A span of days, both ends in it."""
        return format_interval(first, last, "yMMMMd", locale=self._locale)


def _marks_of(locale: Locale) -> dict[int, str]:
    """How the language writes the marks of a number; each of ours groups digits by three, as Python does."""
    symbols = locale.number_symbols["latn"]
    return str.maketrans({",": symbols["group"], ".": symbols["decimal"]})


def places_of(amount: Decimal) -> int:
    """Decimals of an amount, without zeros at the end."""
    return len(plain(amount).partition(".")[2])

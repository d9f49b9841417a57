"""Figures as people read them, in the language in use."""

import re
from copy import copy
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import get_currency_symbol, list_currencies

from tollbook.language import current
from tollbook.metrics import Metric
from tollbook.money import minor_digits, round_to

NOTHING: Final = "–"
Number = int | float | Decimal
_PLACES: Final = {"%": 2, "s": 1, "ms": 0, "min": 1, "": 0}
_D3: Final = {"E": "%a", "M": "%b", "d": "%-d"}
"""What the letters of a day's pattern are where graphs write it."""


def figure(metric: Metric, value: Number | None) -> str:
    """A metric's value with its unit: `46.36 %`, `70.6 s`, `1,010`; a dash where there is none."""
    if value is None:
        return NOTHING
    if metric.unit == "money":
        return exact(value)
    return f"{number(value * metric.scale, _PLACES.get(metric.unit, 2))}{around(metric.unit)[1]}"


def around(unit: str) -> tuple[str, str]:
    """What stands before and behind a figure: `%`, `s`, `1/s` (then `/s`) or a currency, as the language has it."""
    if unit in list_currencies():
        pattern = Locale.parse(current()).currency_formats["standard"]
        symbol = get_currency_symbol(unit, current())
        return pattern.prefix[0].replace("¤", symbol), pattern.suffix[0].replace("¤", symbol)
    return "", unit.removeprefix("1") if unit.startswith("1/") else f" {unit}" if unit else ""


def of(numerator: Number | None, denominator: Number | None) -> str:
    """`  (409 / 1,010)` behind a ratio; nothing behind a sum."""
    if numerator is None or denominator is None:
        return ""
    return f"  ({_count(numerator)} / {_count(denominator)})"


def number(value: Number, places: int = 0) -> str:
    """`1,234.5` as the language writes it, rounded to so many places."""
    return f"{value:,.{places}f}".translate(_signs(current()))


def exact(value: Number) -> str:
    """All digits that there are."""
    return f"{value:,f}".translate(_signs(current()))


def amount(value: Decimal, currency: str | None) -> str:
    """`€1,234.57`, to the currency's minor unit; without a currency all digits."""
    if currency is None:
        return exact(value)
    digits = minor_digits(currency)  # Babel's own are not always those of ISO 4217
    rounded = round_to(value, digits)  # half up, as everywhere; Babel rounds half to even
    pattern = copy(Locale.parse(current()).currency_formats["standard"])
    pattern.frac_prec = (digits, digits)
    return str(pattern.apply(rounded, current(), currency=currency, currency_digits=False))


def when(instant: datetime) -> str:
    """`Sun 22 Nov 2026 13:00`, on the instant's own clock."""
    return _dated(instant, "yMMMEd")


def shortly(instant: datetime) -> str:
    """`Sun 22 Nov 13:00`, on the instant's own clock."""
    return _dated(instant, "MMMEd")


def axis_day() -> str:
    """A day on an axis, `%a %-d %b`, in the order and with the dots that the language has."""
    said = _pattern(current(), "MMMEd")
    return re.sub("'([^']*)'|E+|M+|d+", lambda found: found[1] or _D3[found[0][0]], said)


def _dated(instant: datetime, day: str) -> str:
    return str(format_datetime(instant, f"{_pattern(current(), day)} HH:mm", locale=_locale(current())))


@lru_cache
def _pattern(language: str, day: str) -> str:
    """A day as the language writes it, without commas: a time follows, and a zone."""
    return re.sub("[,،]", "", _locale(language).datetime_skeletons[day].pattern)


def _locale(language: str) -> Locale:
    """English has its days before its months, on every page."""
    return Locale.parse({"en": "en_GB"}.get(language, language))


def change_of(now: Number, before: Number) -> str:
    """`+4.2 %`: how much more, in percent of what was before, which is not 0."""
    share = (Decimal(str(now)) / Decimal(str(before)) - 1) * 100
    places = 1 if abs(share) < 100 else 0  # noqa: PLR2004 - three digits tell enough
    return f"{signed(share, places)} %"


def signed(value: Number, places: int) -> str:
    """`+1.2` with its sign, which 0 has not."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{number(abs(rounded), places)}"


def _count(value: Number) -> str:
    text = f"{value:,.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,f}"
    if isinstance(value, int):
        text = f"{value:,}"
    return text.translate(_signs(current()))


@lru_cache
def _signs(language: str) -> dict[int, str]:
    """From Python's comma and point to what the language has in their place."""
    signs = Locale.parse(language).number_symbols["latn"]
    return str.maketrans({",": signs["group"], ".": signs["decimal"]})

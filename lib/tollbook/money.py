"""Exact money: decimals only, and the one place where a decimal is rounded."""

import re
from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from typing import Final, Literal

import polars as pl
from babel.numbers import get_currency_precision, list_currencies

from tollbook.errors import UsageError, did_you_mean

Rounding = Literal["up", "down", "half_up", "half_down"]
ROUNDINGS: Final[tuple[Rounding, ...]] = ("up", "down", "half_up", "half_down")

SCALE: Final = 9
"""Decimals kept of any rate, charge or cost: amounts are whole numbers of 10^-9 of the currency."""
UNITS: Final = 10**SCALE
MONEY: Final = pl.Decimal(38, SCALE)

_MODES: Final = {
    "up": ROUND_UP,
    "down": ROUND_DOWN,
    "half_up": ROUND_HALF_UP,
    "half_down": ROUND_HALF_DOWN,
}
_WIDE: Final = Context(prec=76)
_ISO_4217: Final = {
    **dict.fromkeys(["AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER"], 2),
    "IQD": 3,
}
"""Where CLDR, and with it Babel, tells how prices are written, and not what the minor unit is."""


def round_to(amount: Decimal, places: int, mode: Rounding = "half_up") -> Decimal:
    """`amount` with exactly `places` decimals; `up` and `down` mean away from and towards zero."""
    return amount.quantize(Decimal(1).scaleb(-places), rounding=_MODES[mode], context=_WIDE)


def minor_digits(currency: str) -> int:
    """Decimals of the currency's minor unit (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD."""
    return _ISO_4217.get(currency, get_currency_precision(currency))


def known_currency(code: str) -> str:
    """`code` itself if it is an ISO 4217 currency.

    Raises:
        UsageError: it is none.
    """
    currencies = list_currencies()
    if code not in currencies:
        raise UsageError(f"unknown currency '{code}'{did_you_mean(code.upper(), currencies)}")
    return code


def parse_amount(text: str) -> Decimal:
    """The exact decimal that `text` writes: plain digits, at most nine decimals.

    Raises:
        ValueError: not a number, in scientific notation, or with more decimals than are kept.
    """
    cleaned = text.strip()
    if re.fullmatch(r"[-+]?[0-9.]+[eE][-+]?[0-9]+", cleaned):
        raise ValueError(f"'{cleaned}' is in scientific notation: format the column as text and export again")
    if not re.fullmatch(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)", cleaned):
        raise ValueError(f"'{cleaned}' is not an amount")
    amount = Decimal(cleaned)
    if -int(amount.as_tuple().exponent) > SCALE:
        raise ValueError(f"'{cleaned}' has more than {SCALE} decimals")
    return amount


def plain(amount: Decimal) -> str:
    """The amount as text in full precision, without trailing zeros or an exponent: `0.056`, `1200`."""
    text = f"{amount:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"", "-0"} else text

"""The arithmetic of rating on columns: whole numbers only, so that nothing is ever rounded unasked.

Amounts are in units of 10^-9 of the currency. Multiplying comes before the one division.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from tollbook.billing.decks import Deck
from tollbook.money import MONEY, SCALE, UNITS, Rounding

_ADDED_MS: Final[Mapping[Rounding, int]] = {"up": 999, "down": 0, "half_up": 500, "half_down": 499}
"""Milliseconds to add before what is below the second is dropped."""


def deck_terms(deck: Deck) -> dict[str, int]:
    """How a deck rounds, as numbers to add before a division that drops the remainder.

    The price of N/60 units is rounded to steps of `step` units, so to N over D = 60 x step. Taken
    twice (2N over `divisor` = 2D), a half step is a whole number too.
    """
    step: int = 10 ** (SCALE - deck.price_precision)
    whole = 60 * step
    added: dict[Rounding, int] = {"up": 2 * whole - 2, "down": 0, "half_up": whole, "half_down": whole - 1}
    return {
        "added_ms": _ADDED_MS[deck.duration_rounding],
        "step": step,
        "divisor": 2 * whole,
        "added": added[deck.price_rounding],
    }


TALK_S: Final = (pl.col("talk_ms") + pl.col("added_ms").fill_null(_ADDED_MS["up"])) // 1000
"""Talk in whole seconds; without a deck any talk at all counts."""

_FURTHER: Final = pl.col("increment_s")
BILLED_S: Final = pl.col("initial_increment_s") + pl.max_horizontal(
    0, (pl.col("talk_s") - pl.col("initial_increment_s") + _FURTHER - 1) // _FURTHER * _FURTHER
)
"""The initial increment, then as many increments as the talk needs."""


def price(whole: type[pl.DataType]) -> pl.Expr:
    """The price of `billed_s`, rounded as the deck says, by way of integers of the type `whole`."""
    sixtieths = (
        pl.col("rate_per_min").cast(whole) * pl.col("billed_s") + pl.col("connect_fee").cast(whole) * 60
    )
    units = (2 * sixtieths + pl.col("added")) // pl.col("divisor") * pl.col("step")
    return units.cast(pl.Int128).reinterpret(dtype=MONEY)


def integers_for(rate: int, fee: int, *, billed_s: int) -> type[pl.DataType]:
    """The narrowest integers in which the price of the dearest and longest call cannot overflow."""
    most = 2 * (rate * billed_s + fee * 60) + 240 * UNITS
    return pl.Int64 if most < 2**63 else pl.Int128

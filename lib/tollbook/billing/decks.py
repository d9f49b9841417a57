"""Decks: what a customer pays or a carrier charges, by prefix and time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from tollbook.money import MONEY, Rounding
from tollbook.tables import INSTANT

Side = Literal["customer", "carrier"]

RATES: Final = pl.Schema(
    {
        "prefix": pl.String(),
        "destination": pl.String(),
        "rate_per_min": MONEY,
        "connect_fee": MONEY,
        "initial_increment_s": pl.Int64(),
        "increment_s": pl.Int64(),
        "effective_from": INSTANT,
        "effective_to": INSTANT,
        "blocked": pl.Boolean(),
    }
)
"""Columns of a deck's rows. An instant that is null is open: from always, or until further notice."""


@dataclass(frozen=True, eq=False)
class Deck:
    """The rates of one customer or carrier in one currency, and how durations and prices are rounded.

    `rates` has the columns of RATES; spans of the same prefix do not overlap.
    """

    id: int
    owner: str
    side: Side
    currency: str
    rates: pl.DataFrame
    duration_rounding: Rounding = "up"
    price_precision: int = 6
    price_rounding: Rounding = "half_up"


@dataclass(frozen=True)
class DeckBook:
    """The decks in force: the newest of each customer and of each carrier, by their ids."""

    customers: Mapping[str, Deck]
    carriers: Mapping[str, Deck]

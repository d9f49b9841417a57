"""How one call is rated, step by step, in the plainest arithmetic there is.

This is the same rule as in `rating`, written a second time for reading: decimals, one call, no tricks.
A test holds that both always agree.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from typing import Any, Final

import polars as pl

from tollbook.account import number_rules
from tollbook.billing.decks import Deck
from tollbook.money import SCALE, Rounding, plain, round_to
from tollbook.periods import iso_z
from tollbook.tables import UNRATED

Row = dict[str, Any]
_MINUTE_S: Final = 60


@dataclass(frozen=True)
class Explanation:
    """One call's price and how it came about. Without a price `unrated` says why, as in `tables.UNRATED`."""

    prefix: str | None
    destination: str | None
    rate_per_min: Decimal | None
    billed_s: int | None
    charge: Decimal | None
    currency: str
    unrated: str | None
    steps: tuple[str, ...]


def explain(deck: Deck, number: str, talk_s: Decimal, at: datetime) -> Explanation:
    """How `deck` rates an answered call of `talk_s` seconds to `number` that starts at `at`."""
    written, normalised = normalise(deck, number)
    row, looked_up = find_row(deck, written, at)
    whole = int(round_to(talk_s, 0, deck.duration_rounding))
    steps = [
        *normalised,
        *looked_up,
        f"{plain(talk_s)} s rounded {deck.duration_rounding} to whole seconds: {whole} s",
    ]
    billed: int | None = None
    charge: Decimal | None = None
    unrated: str | None = None
    if whole == 0:
        billed, charge = 0, Decimal(0)
        steps.append("no talk costs nothing")
    elif row is None or row["blocked"]:
        unrated = "no_rate" if row is None else "blocked"
        steps.append(f"unrated, which is not 0: {UNRATED[unrated]}")
    else:
        billed, counted = billed_seconds(row, whole)
        charge, priced = price(deck, row, billed)
        steps += [*counted, *priced]
    found = row or {}
    return Explanation(
        prefix=found.get("prefix"),
        destination=found.get("destination"),
        rate_per_min=found.get("rate_per_min"),
        billed_s=billed,
        charge=charge,
        currency=deck.currency,
        unrated=unrated,
        steps=tuple(steps),
    )


def normalise(deck: Deck, number: str) -> tuple[str, list[str]]:
    """The number as the rules of the deck's customer write it, and which of them did."""
    rule = number_rules.fitting(number_rules.parse(deck.number_rules), number)
    if rule is None:
        return number, []
    written = rule.applied(number)
    return written, [f"{number} is written {written}: {rule.start}>{rule.instead} of its customer's rules"]


def find_row(deck: Deck, number: str, at: datetime) -> tuple[Row | None, list[str]]:
    """The row of the longest prefix that has one in force at `at`, and what was seen on the way."""
    steps: list[str] = []
    if not (number.isascii() and number.isdigit()):
        return None, [f"{number} is not written in digits only, so no prefix fits it"]
    prefixes = [number[:length] for length in range(len(number), 0, -1)]
    rows = deck.rates.filter(pl.col("prefix").is_in(prefixes)).to_dicts()
    for row in sorted(rows, key=lambda each: -len(each["prefix"])):
        if _in_force(row, at):
            steps.append(f"{number} starts with prefix {row['prefix']}, {row['destination']}{_within(row)}")
            return row, steps
        steps.append(
            f"prefix {row['prefix']}{_within(row)} is passed over: that rate is not in force at {iso_z(at)}"
        )
    return None, [*steps, f"no prefix in force at {iso_z(at)} fits {number}"]


def _in_force(row: Row, at: datetime) -> bool:
    since, until = row["effective_from"], row["effective_to"]
    return (since is None or since <= at) and (until is None or at < until)


def _within(row: Row) -> str:
    """When a rate is in force, where it is not always."""
    ends = (("from", row["effective_from"]), ("until", row["effective_to"]))
    return "".join(f" {word} {iso_z(at)}" for word, at in ends if at is not None)


def billed_seconds(row: Row, whole_s: int) -> tuple[int, list[str]]:
    """The initial increment, and after it as many increments as the talk needs."""
    initial, increment = row["initial_increment_s"], row["increment_s"]
    if whole_s <= initial:
        return initial, [f"the first {initial} s are billed whole: {initial} s"]
    further = int((Decimal(whole_s - initial) / increment).to_integral_value(rounding=ROUND_CEILING))
    billed = initial + further * increment
    return billed, [f"the first {initial} s, then {further} x {increment} s: {billed} s"]


def price(deck: Deck, row: Row, billed_s: int) -> tuple[Decimal, list[str]]:
    """Rate times seconds, divided by 60 last, and the connect fee; rounded once, at the end."""
    rate, fee = row["rate_per_min"], row["connect_fee"]
    exact = Fraction(rate) * billed_s / _MINUTE_S + Fraction(fee)
    charge = _rounded(exact, deck.price_precision, deck.price_rounding)
    unrounded = _shown(exact)
    return charge, [
        f"{billed_s} s x {plain(rate)} {deck.currency} a minute / 60 + {plain(fee)} connect fee = {unrounded}",
        f"rounded {deck.price_rounding} to {deck.price_precision} decimals: {plain(charge)} {deck.currency}",
    ]


def _rounded(exact: Fraction, places: int, mode: Rounding) -> Decimal:
    """As `round_to`, of a fraction whose decimals may never end."""
    scaled = exact * 10**places
    whole = scaled.numerator // scaled.denominator
    rest = scaled - whole
    half = Fraction(1, 2)
    upwards = {"up": rest > 0, "down": False, "half_up": rest >= half, "half_down": rest > half}[mode]
    return Decimal(whole + upwards).scaleb(-places)


def _shown(exact: Fraction) -> str:
    """The fraction in decimals, with dots where they go on."""
    places = SCALE + 3
    shown = _rounded(exact, places, "down")
    return plain(shown) + ("" if Fraction(shown) == exact else "...")

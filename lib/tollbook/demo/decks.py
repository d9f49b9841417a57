"""The decks: what each customer pays and each carrier charges, one rate change in the middle of the demo."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

import polars as pl

from tollbook.demo.arrivals import days_until
from tollbook.demo.network import CARRIERS, CUSTOMERS, DESTINATIONS, Carrier, Customer, Destination
from tollbook.demo.numbers import deck_prefixes
from tollbook.money import plain, round_to

CURRENCY: Final = "EUR"
DECIMALS: Final = 5
CARRIERS_RAISE: Final = Decimal("1.08")
CUSTOMERS_RAISE: Final = Decimal("1.06")
"""What mobile prices are multiplied with when they change: costs rise by more than what is charged."""

Row = dict[str, str | int]


def write_decks(folder: Path, days: int, now: datetime) -> dict[str, Path]:
    """Write a deck for every customer and carrier; returns the file of each id."""
    folder.mkdir(parents=True, exist_ok=True)
    dates = days_until(now, days)
    paths = {owner.id: folder / f"deck-{owner.id}.csv" for owner in (*CUSTOMERS, *CARRIERS)}
    for customer in CUSTOMERS:
        pl.DataFrame(_customer_rows(customer, dates)).write_csv(paths[customer.id])
    for carrier in CARRIERS:
        pl.DataFrame(_carrier_rows(carrier, dates)).write_csv(paths[carrier.id])
    return paths


def _customer_rows(customer: Customer, days: list[date]) -> list[Row]:
    """Every destination: what a customer calls is not fixed by what it usually does."""
    return [
        row
        for destination in DESTINATIONS
        for row in _rows(
            destination,
            round_to(destination.price * customer.markup, DECIMALS),
            CUSTOMERS_RAISE,
            _coarser(customer.increments_s, destination.increments_s),
            days,
        )
    ]


def _carrier_rows(carrier: Carrier, days: list[date]) -> list[Row]:
    return [
        row
        for destination in DESTINATIONS
        for row in _rows(
            destination,
            round_to(destination.price * carrier.price[destination.kind == "mobile"], DECIMALS),
            CARRIERS_RAISE,
            _coarser(carrier.increments_s, destination.increments_s),
            days,
        )
    ]


def _coarser(first: tuple[int, int], second: tuple[int, int]) -> tuple[int, int]:
    """Initial increment and increment: where two conventions meet, the one of longer steps holds."""
    return max(first[0], second[0]), max(first[1], second[1])


def _rows(
    destination: Destination, rate: Decimal, raised: Decimal, increments_s: tuple[int, int], days: list[date]
) -> Iterator[Row]:
    """One row per prefix; two of a mobile destination, whose rate changes at midnight of the middle day."""
    middle, opens = days[len(days) // 2].isoformat(), (days[0] - timedelta(days=1)).isoformat()
    mobile = destination.kind == "mobile"
    spans = (
        [(rate, opens, middle), (round_to(rate * raised, DECIMALS), middle, "")]
        if mobile
        else [(rate, opens, "")]
    )
    for prefix in deck_prefixes(destination):
        for price, effective_from, effective_to in spans:
            yield {
                "prefix": prefix,
                "destination": destination.name,
                "rate_per_min": plain(price),
                "initial_increment_s": increments_s[0],
                "increment_s": increments_s[1],
                "effective_from": effective_from,
                "effective_to": effective_to,
            }

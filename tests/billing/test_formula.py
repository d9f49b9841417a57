"""The integer arithmetic of rating."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tollbook.billing.decks import Deck
from tollbook.billing.formula import deck_terms, integers_for, price
from tollbook.money import ROUNDINGS, Rounding, round_to


@pytest.mark.parametrize("mode", ROUNDINGS)
@given(units=st.integers(0, 10**7), precision=st.integers(3, 9))
def test_rounding_by_added_numbers_is_rounding(mode: Rounding, units: int, precision: int) -> None:
    terms = deck_terms(Deck(1, "a", "customer", "EUR", pl.DataFrame(), "up", precision, mode))
    row = {**terms, "rate_per_min": units, "connect_fee": 0, "billed_s": 60}
    found = pl.DataFrame([row]).select(price(pl.Int64)).item()
    assert found == round_to(Decimal(units).scaleb(-9), precision, mode)


def test_half_a_step_of_a_fraction_without_end_is_no_half() -> None:
    exact = Fraction(5, 9)  # 1 s at 33.33... would be a half only if the fraction were cut before rounding
    terms = deck_terms(Deck(1, "a", "customer", "EUR", pl.DataFrame(), "up", 0, "half_down"))
    row = {**terms, "rate_per_min": 30_000_000_001, "connect_fee": 0, "billed_s": 1}
    assert exact > Fraction(1, 2)
    assert pl.DataFrame([row]).select(price(pl.Int64)).item() == Decimal(1)


def test_integers_are_wide_only_where_they_must() -> None:
    euro = 10**9
    assert integers_for(euro, euro, billed_s=86_400) == pl.Int64
    assert integers_for(1000 * euro, 0, billed_s=10**7) == pl.Int128


def test_a_deck_is_rounded_by_its_own_terms(deck: Callable[..., Deck]) -> None:
    assert deck_terms(deck(price_precision=9, price_rounding="half_up")) == {
        "added_ms": 999,
        "step": 1,
        "divisor": 120,
        "added": 60,
    }

"""Exact money: one rounding, no floats, no scientific notation."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tollbook.errors import UsageError
from tollbook.money import (
    ROUNDINGS,
    SCALE,
    Rounding,
    known_currency,
    minor_digits,
    parse_amount,
    plain,
    round_to,
)

AMOUNTS = st.decimals(-(10**15), 10**15, allow_nan=False, allow_infinity=False, places=SCALE)


@pytest.mark.parametrize(
    ("mode", "rounded"),
    [("up", "0.1235"), ("down", "0.1234"), ("half_up", "0.1235"), ("half_down", "0.1234")],
)
def test_0_12345_to_four_places(mode: Rounding, rounded: str) -> None:
    assert round_to(Decimal("0.12345"), 4, mode) == Decimal(rounded)


@pytest.mark.parametrize(("mode", "seconds"), [("up", 61), ("down", 60), ("half_up", 61), ("half_down", 60)])
def test_60_5_seconds_to_whole_ones(mode: Rounding, seconds: int) -> None:
    assert round_to(Decimal("60.5"), 0, mode) == seconds


def test_a_line_of_10_005_is_10_01() -> None:
    assert round_to(Decimal("10.005"), 2) == Decimal("10.01")


def test_15_percent_of_1091_50_is_163_73() -> None:
    assert round_to(Decimal("1091.50") * 15 / 100, 2) == Decimal("163.73")


@given(AMOUNTS, st.integers(0, SCALE), st.sampled_from(ROUNDINGS))
def test_rounding_moves_by_less_than_one_unit_and_keeps_the_mirror(
    amount: Decimal, places: int, mode: Rounding
) -> None:
    rounded = round_to(amount, places, mode)
    assert abs(rounded - amount) < Decimal(1).scaleb(-places)
    assert round_to(-amount, places, mode) == -rounded


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("RSD", 2), ("IQD", 3)])
def test_minor_units_are_the_currencys(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


def test_a_currency_is_known_or_refused_with_the_nearest() -> None:
    assert known_currency("EUR") == "EUR"
    with pytest.raises(UsageError, match="unknown currency 'eur', did you mean 'EUR'"):
        known_currency("eur")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("4.47E+11", "scientific notation"),
        ("ten", "not an amount"),
        ("NaN", "not an amount"),
        ("Infinity", "not an amount"),
        ("0.0000000001", "more than 9 decimals"),
    ],
)
def test_what_is_no_exact_amount_is_refused(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        parse_amount(text)


@given(AMOUNTS)
def test_an_amount_written_is_the_amount_read(amount: Decimal) -> None:
    assert parse_amount(plain(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0.0560", "0.056"), ("1200", "1200"), ("-0.0", "0"), ("1E+3", "1000"), ("1E-9", "0.000000001")],
)
def test_amounts_are_plain_text(amount: str, text: str) -> None:
    assert plain(Decimal(amount)) == text

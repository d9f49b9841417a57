"""Values as a language writes them; what is rounded was rounded before."""

from copy import copy
from datetime import date
from decimal import Decimal

import pytest
from babel import Locale

from tollbook.billing.documents.written import Written, places_of
from tollbook.errors import UsageError
from tollbook.language import LANGUAGES


@pytest.mark.parametrize(
    ("language", "currency", "amount", "text"),
    [
        ("", "EUR", "1234567.50", "€1,234,567.50"),
        ("de", "EUR", "1234567.50", "1.234.567,50 €"),
        ("fr", "EUR", "1234.50", "1 234,50 €"),
        ("en", "JPY", "1234", "JP¥1,234"),
        ("de", "KWD", "1.235", "1,235 KWD"),
        ("en", "KWD", "1.235", "KWD 1.235"),
        ("de", "EUR", "-0.05", "-0,05 €"),
    ],
)
def test_money_is_the_languages_and_the_currencys(
    language: str, currency: str, amount: str, text: str
) -> None:
    written = Written(language, currency).money(Decimal(amount))
    assert written.replace("\u00a0", " ").replace("\u202f", " ") == text


def test_exact_amounts_have_the_decimals_of_the_longest() -> None:
    amounts = [Decimal("0.5"), None, Decimal("1234.0125")]
    assert Written("de", "EUR").aligned(amounts) == ["0,5000", "–", "1.234,0125"]
    assert places_of(Decimal("0.0100")) == 2


def test_no_decimal_is_lost() -> None:
    assert Written("en", "EUR").decimal(Decimal("12345678901234567890.000000001"), 9) == (
        "12,345,678,901,234,567,890.000000001"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_written_as_babel_writes_them(language: str) -> None:
    locale, written = Locale.parse(language), Written(language, "EUR")
    for amount in map(Decimal, ("0", "-0.5", "999", "1234", "-12345.6", "1234567.000001")):
        for places in (0, 1, 6):
            if places >= places_of(amount):
                pattern = copy(locale.decimal_formats[None])
                pattern.frac_prec = (places, places)
                assert written.decimal(amount, places) == pattern.apply(amount, locale)


def test_minutes_and_percent() -> None:
    german = Written("de", "EUR")
    assert (german.minutes(123_456), german.percent(Decimal("7.7"))) == ("2.057:36", "7,7\u00a0%")


def test_a_span_of_one_day_is_that_day() -> None:
    german = Written("de", "EUR")
    day = date(2026, 10, 5)
    assert (german.days(day, day), german.days(date(2026, 10, 1), date(2026, 10, 31))) == (
        *("5. Okt. 2026", "1.–31. Okt. 2026"),
    )


def test_a_language_that_is_none_of_ours_is_refused() -> None:
    with pytest.raises(UsageError, match="language 'xx'"):
        Written("xx", "EUR")


def test_seconds_below_zero_are_minutes_below_zero() -> None:
    assert Written("en", "EUR").minutes(-61) == "−1:01"


def test_a_minus_stands_before_its_number_from_right_to_left_too() -> None:
    assert Written("ar", "EUR").money(Decimal("-1234.5")) == "\u200f\u200e-1,234.50\u00a0€"
    assert Written("de", "EUR").money(Decimal("-1234.5")) == "-1.234,50\u00a0€"

"""Figures as people read them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tollbook import language, metrics
from tollbook.show.words import amount, around, axis_day, change_of, figure, number, of, shortly, signed, when


@pytest.fixture
def speaking():
    """Speak a language until the test ends."""
    yield language.use
    language.use("en")


@pytest.mark.parametrize(
    ("metric", "value", "said"),
    [
        (metrics.ASR, 409 / 1010, "40.50 %"),
        (metrics.ASR, None, "–"),
        (metrics.ASR, 0.0, "0.00 %"),
        (metrics.ACD, 3600 / 51, "70.6 s"),
        (metrics.PDD, 1500.4, "1,500 ms"),
        (metrics.ATTEMPTS, 1010, "1,010"),
        (metrics.CHARGE, Decimal("1234.560000000"), "1,234.560000000"),
    ],
)
def test_a_figure_has_its_unit(metric, value, said):
    assert figure(metric, value) == said


@pytest.mark.parametrize(
    ("top", "bottom", "said"),
    [
        (409, 1010, "  (409 / 1,010)"),
        (3600.0, 51, "  (3,600 / 51)"),
        (70.588, 51, "  (70.588 / 51)"),
        (Decimal("0E-9"), 3, "  (0.000000000 / 3)"),
        (7, None, ""),
    ],
)
def test_a_ratio_travels_with_its_parts(top, bottom, said):
    assert of(top, bottom) == said


@pytest.mark.parametrize(
    ("spoken", "ratio", "count", "money"),
    [
        ("en", "46.36 %", "12,345", "€1,234.57"),
        ("de", "46,36 %", "12.345", "1.234,57\xa0€"),
        ("fr", "46,36 %", "12\u202f345", "1\u202f234,57\xa0€"),
        ("ar", "46.36 %", "12,345", "\u200f1,234.57\xa0€"),
    ],
)
def test_figures_are_written_as_the_language_does(speaking, spoken, ratio, count, money):
    speaking(spoken)
    assert figure(metrics.ASR, 0.4636) == ratio
    assert number(12_345) == count
    assert amount(Decimal("1234.565"), "EUR") == money


@pytest.mark.parametrize(
    ("spoken", "unit", "said"),
    [
        ("en", "%", ("", " %")),
        ("en", "1/s", ("", "/s")),
        ("en", "", ("", "")),
        ("en", "EUR", ("€", "")),
        ("de", "EUR", ("", "\xa0€")),
    ],
)
def test_a_unit_stands_where_the_language_has_it(speaking, spoken, unit, said):
    speaking(spoken)
    assert around(unit) == said


@pytest.mark.parametrize(
    ("spoken", "said", "axis"),
    [
        ("en", "Sat 28 Nov 09:05", "%a %-d %b"),
        ("de", "Sa. 28. Nov. 09:05", "%a %-d. %b"),
        ("pt", "sáb. 28 de nov. 09:05", "%a %-d de %b"),
        ("ar", "السبت 28 نوفمبر 09:05", "%a %-d %b"),
    ],
)
def test_a_day_is_written_as_the_language_does_without_commas(speaking, spoken, said, axis):
    speaking(spoken)
    assert (shortly(datetime(2026, 11, 28, 9, 5, tzinfo=UTC)), axis_day()) == (said, axis)


def test_an_amount_without_a_currency_has_all_its_digits():
    assert amount(Decimal("0.123456789"), None) == "0.123456789"


@pytest.mark.parametrize(
    ("now", "before", "said"), [(104, 100, "+4.0 %"), (1, 4, "−75.0 %"), (7, 7, "0.0 %"), (30, 10, "+200 %")]
)
def test_a_change_is_in_percent_of_what_was_before(now, before, said):
    assert change_of(now, before) == said


def test_no_change_has_no_sign():
    assert (signed(-0.04, 1), signed(0.05, 1), signed(-1.25, 1)) == ("0.0", "+0.1", "−1.3")


def test_an_instant_is_told_on_its_own_clock(speaking):
    at = datetime(2026, 11, 22, 13, tzinfo=UTC)
    assert when(at) == "Sun 22 Nov 2026 13:00"
    speaking("de")
    assert when(at) == "So. 22. Nov. 2026 13:00"


@pytest.mark.parametrize(
    ("currency", "said"), [("IQD", "IQD1.500"), ("UGX", "UGX2"), ("KWD", "KWD1.500"), ("MGA", "MGA1.50")]
)
def test_an_amount_has_the_decimals_of_iso_4217(currency, said):
    assert amount(Decimal("1.5"), currency).replace("\xa0", "") == said

"""Amounts and days as pages of forms show them."""

from datetime import UTC, date, datetime
from decimal import Decimal

from tollbook.show.amounts import Amounts


def test_an_amount_is_rounded_half_up_to_the_minor_unit() -> None:
    assert Amounts("en").money(Decimal("1.005"), "EUR") == "€1.01"
    assert Amounts("en").money(Decimal("-1.005"), "EUR") == "-€1.01"
    assert Amounts("de").money(Decimal("1234.5"), "EUR") == "1.234,50\u00a0€"
    assert Amounts("en").money(Decimal("1.0005"), "KWD") == "KWD\u00a01.001"


def test_without_a_currency_there_is_no_amount() -> None:
    assert Amounts("en").money(Decimal(1), None) == "–"


def test_a_day_is_that_of_utc() -> None:
    at = datetime(2026, 10, 5, 23, 59, tzinfo=UTC)
    assert (Amounts("en").day(at), Amounts("de").day(date(2026, 10, 5))) == ("5 Oct 2026", "05.10.2026")
    assert Amounts("en").day(None) == "–"


def test_an_amount_as_it_is_typed_has_the_decimals_of_its_currency() -> None:
    assert [Amounts("de").plain(Decimal("14.5"), one) for one in ("EUR", "KWD")] == ["14.50", "14.500"]

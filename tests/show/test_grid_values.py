"""A grid's values as the page gets them."""

from array import array
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from tollbook.money import MONEY
from tollbook.show.grid_values import GridColumn, inside, packed, table

NAN = float("nan")


def amounts(*texts):
    return pl.Series([None if text is None else Decimal(text) for text in texts], dtype=MONEY)


def numbers(code, data):
    return array(code, data).tolist()


def told(pack):
    """The texts that codes stand for."""
    width = {"u1": "B", "u2": "H", "u4": "I"}[pack["as"]]
    texts = [*pack["texts"], None]
    return [texts[code] for code in numbers(width, pack["data"])]


def test_money_is_sent_as_whole_numbers_of_the_last_decimal_that_the_column_needs():
    pack = packed(amounts("0.0123", "1200", "-0.5"), "money")
    assert (pack["as"], pack["places"], pack["nulls"]) == ("i8", 4, None)
    assert numbers("q", pack["data"]) == [123, 12_000_000, -5_000]


def test_money_has_two_decimals_at_least_and_nine_at_most():
    assert packed(amounts("3", "0.5"), "money")["places"] == 2
    assert packed(amounts("0.000000001"), "money")["places"] == 9


def test_unknown_money_is_told_beside_the_amounts_and_is_no_zero():
    pack = packed(amounts("1", None, "0"), "money")
    assert numbers("q", pack["data"]) == [100, 0, 0]
    assert pack["nulls"] == b"\0\1\0"


def test_money_too_large_for_64_bits_keeps_all_its_digits():
    pack = packed(amounts("12345678901234567890.5", None), "money")
    assert pack["as"] == "digits"
    assert pack["data"] == ["1234567890123456789050", "0"]


def test_counts_take_four_bytes_and_unknown_ones_are_no_number():
    assert packed(pl.Series([1, -2]), "integer") == {"as": "i4", "data": array("i", [1, -2]).tobytes()}
    pack = packed(pl.Series([1, None]), "integer")
    first, second = numbers("d", pack["data"])
    assert (pack["as"], first) == ("f8", 1)
    assert second != second  # noqa: PLR0124 - what NaN is


def test_a_count_of_more_than_32_bits_is_exact():
    pack = packed(pl.Series([2**40 + 1]), "integer")
    assert numbers("d", pack["data"]) == [2**40 + 1]


def test_a_text_is_sent_once_however_often_it_stands_there():
    pack = packed(pl.Series(["a", "b", None, "a"]), "text")
    assert pack["texts"] == ["a", "b"]
    assert told(pack) == ["a", "b", None, "a"]


def test_more_than_255_texts_have_codes_of_two_bytes():
    pack = packed(pl.Series([str(n) for n in range(256)]), "text")
    assert pack["as"] == "u2"
    assert told(pack) == [str(n) for n in range(256)]


def test_instants_and_days_as_texts():
    at = pl.Series([datetime(2026, 10, 5, 13, tzinfo=UTC)])
    assert told(packed(at, "text")) == ["2026-10-05 13:00"]
    assert told(packed(pl.Series([date(2026, 10, 5)]), "text")) == ["2026-10-05"]


def test_instants_are_on_the_clock_of_the_zone_and_in_the_order_of_time():
    at = pl.Series([datetime(2026, 10, 5, 13, tzinfo=UTC), None, datetime(2026, 10, 5, 1, tzinfo=UTC)])
    pack = packed(at, "instant", "Europe/Riga")
    assert pack["texts"] == ["2026-10-05 04:00", "2026-10-05 16:00"]
    assert told(pack) == ["2026-10-05 16:00", None, "2026-10-05 04:00"]


def test_an_hour_that_comes_twice_has_its_offset():
    # Riga's clocks go back at 2026-10-25 01:00 UTC.
    at = pl.Series([datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)])
    assert packed(at, "instant", "Europe/Riga")["texts"] == [
        "2026-10-25 03:30 +03:00",
        "2026-10-25 03:30 +02:00",
    ]


@pytest.mark.parametrize(
    ("microsecond", "second", "text"),
    [(0, 0, "2026-10-05 13:00"), (0, 7, "2026-10-05 13:00:07"), (250_000, 7, "2026-10-05 13:00:07.250")],
)
def test_instants_are_as_exact_as_they_are(microsecond, second, text):
    at = pl.Series([datetime(2026, 10, 5, 13, 0, second, microsecond, tzinfo=UTC)])
    assert packed(at, "instant")["texts"] == [text]


def test_only_what_columns_name_leaves_the_kernel():
    frame = pl.DataFrame({"asr": [0.5], "answers": [1], "attempts": [2], "cost": ["secret"], "id": [7]})
    columns = [GridColumn("asr", "ASR", "percent", of=("answers", "attempts"))]
    pack = table(frame, columns, row_key=["id"])
    assert set(pack["values"]) == {"asr", "answers", "attempts"}
    assert set(pack["keys"]) == {"id"}
    assert "secret" not in str(pack)


def test_rows_are_known_by_their_keys_and_instants_by_utc():
    frame = pl.DataFrame({"start": [datetime(2026, 10, 5, 13, tzinfo=UTC)], "customer": ["alpha"]})
    keys = table(frame, [GridColumn("customer", "Customer")], row_key=["customer", "start"])["keys"]
    assert {name: told(pack) for name, pack in keys.items()} == {
        "customer": ["alpha"],
        "start": ["2026-10-05T13:00:00Z"],
    }


def test_what_may_not_be_told_to_be_ticked_may_not_be_ticked():
    frame = pl.DataFrame({"customer": ["a", "b", "c"], "due": [True, False, None]})
    assert table(frame, [GridColumn("customer", "Customer")], checkable="due")["checkable"] == b"\1\0\0"


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "/etc", "\\\\x"]
)
def test_a_link_leads_nowhere_but_into_the_portal(address):
    assert not inside(address)
    frame = pl.DataFrame({"number": ["7"], "where": [address]})
    pack = table(frame, [GridColumn("number", "Invoice", "link", href="where")])
    assert told(pack["links"]["where"]) == [None]


def test_an_address_within_the_portal_is_kept():
    assert inside("invoices/7?x=1")

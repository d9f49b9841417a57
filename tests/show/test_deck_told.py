"""What the page of rate decks says of what it shows."""

from datetime import UTC, datetime
from decimal import Decimal

import polars as pl

from tollbook.billing.deckdiff import DIFFERENCES
from tollbook.billing.versions import Version
from tollbook.language import use
from tollbook.show import deck_told

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
ROW = {"prefix": "44", "destination": "UK", "rate_per_min": Decimal("0.010"), "initial_increment_s": 30,
       "increment_s": 6, "connect_fee": Decimal("0.05"), "blocked": False}  # fmt: skip


def version(number, replaced_at=None):
    return Version(
        7, "carrier", "kilo", number, 3, "EUR", 9, None, None, "up", 6, "half_up", "a.csv", AT, replaced_at
    )


def test_a_version_is_told_with_when_it_was_in_force():
    assert (
        deck_told.title(version(3))
        == "kilo (Carrier), EUR: version 3 of 3, in force since 2026-06-01 12:00 UTC"
    )
    assert deck_told.title(version(2, AT)).endswith(
        "in force from 2026-06-01 12:00 UTC to 2026-06-01 12:00 UTC"
    )


def test_a_number_is_told_with_its_rate_or_why_it_has_none():
    assert deck_told.looked_up("4420", "4420", AT, ROW, "EUR") == [
        "4420 at 2026-06-01 12:00 UTC: prefix 44, UK, 0.01 EUR a minute, 30/6 s, connect fee 0.05"
    ]
    assert "is blocked" in deck_told.looked_up("4420", "4420", AT, {**ROW, "blocked": True}, "EUR")[0]
    assert "no rate fits it" in deck_told.looked_up("4420", "4420", AT, None, "EUR")[0]


def test_a_number_that_rules_have_written_otherwise_is_told_so_before_its_rate():
    first, rate = deck_told.looked_up("0020", "4420", AT, ROW, "EUR")
    assert first == "For rating 0020 is written 4420, by the rules of its customer."
    assert rate.startswith("0020 at 2026-06-01 12:00 UTC: prefix 44, UK, ")


def test_two_versions_are_named_and_one_alone_is_compared_with_nothing():
    assert deck_told.between(version(1), version(3)) == "Version 3 against version 1"
    assert deck_told.between(None, version(1)) == "There is no version to compare with."


def test_each_kind_is_counted_and_what_is_left_out_is_said():
    told = pl.DataFrame({"prefix": ["1", "2"], "kind": ["new", "new"]}).match_to_schema(
        DIFFERENCES, missing_columns="insert"
    )
    assert deck_told.counted(told)[0] == ("new", "+ new", 2)
    assert deck_told.cut(told, 2) == ""
    assert deck_told.cut(told, 1) == "The grid has the 1 that move most."


def test_prefixes_that_lose_their_rate_for_a_while_are_warned_of():
    assert deck_told.gaps(0) == ""
    assert deck_told.gaps(1).startswith("1 prefix has a rate now")
    assert deck_told.gaps(2).startswith("2 prefixes have a rate now")


def test_an_instant_keeps_its_order_among_words_from_right_to_left():
    use("ar")
    try:
        assert deck_told.minute(AT) == "\u20662026-06-01 12:00 UTC\u2069"
    finally:
        use("")
    assert deck_told.minute(AT) == "2026-06-01 12:00 UTC"

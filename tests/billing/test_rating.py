"""What calls cost, by the worked numbers of the rules and against the plain arithmetic of `explain`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollbook.billing.decks import RATES, Deck
from tollbook.billing.explain import explain
from tollbook.billing.prefixes import MOST_DECKS
from tollbook.billing.rating import rate_calls, rate_seizures
from tollbook.errors import TollbookError
from tollbook.money import MONEY, ROUNDINGS
from tollbook.tables import CALLS, SEIZURES, UNRATED

MakeDeck = Callable[..., Deck]
MakeCalls = Callable[..., pl.LazyFrame]
MIDNIGHT = datetime(2024, 6, 1, tzinfo=UTC)


def rated(frame: pl.LazyFrame, *decks: Deck) -> list[dict[str, Any]]:
    return rate_calls(frame, {deck.owner: deck for deck in decks}).collect().to_dicts()


def billed_and_charge(row: dict[str, Any]) -> tuple[int | None, Decimal | None]:
    return row["billed_s"], row["charge"]


@pytest.mark.parametrize(
    ("initial", "increment", "seconds", "billed"),
    [
        (60, 6, 10, 60),
        (60, 6, 61, 66),
        (60, 6, 67, 72),
        (30, 6, 30, 30),
        (30, 6, 31, 36),
        (30, 6, 37, 42),
        (30, 18, 31, 30 + 18),
        (60, 60, 61, 120),
        (1, 1, 60, 60),
    ],
)
def test_initial_increment_then_increments(
    deck: MakeDeck, calls: MakeCalls, initial: int, increment: int, seconds: int, billed: int
) -> None:
    row = {"prefix": "44", "rate_per_min": "0.06", "initial_increment_s": initial, "increment_s": increment}
    found = rated(calls({"seconds": seconds}), deck(row))[0]
    assert billed_and_charge(found) == (billed, Decimal("0.001") * billed)


@pytest.mark.parametrize(
    ("initial", "increment", "charge"), [(6, 6, "0.003"), (30, 6, "0.0075"), (60, 6, "0.015")]
)
def test_seven_seconds_at_0_015(
    deck: MakeDeck, calls: MakeCalls, initial: int, increment: int, charge: str
) -> None:
    row = {"prefix": "44", "rate_per_min": "0.015", "initial_increment_s": initial, "increment_s": increment}
    assert rated(calls({"seconds": 7}), deck(row))[0]["charge"] == Decimal(charge)


@pytest.mark.parametrize(("mode", "billed"), [("up", 61), ("down", 60), ("half_up", 61), ("half_down", 60)])
def test_talk_of_60_5_s_is_rounded_to_whole_seconds(
    deck: MakeDeck, calls: MakeCalls, mode: str, billed: int
) -> None:
    one = deck({"prefix": "44", "rate_per_min": "0.06"}, duration_rounding=mode)
    assert rated(calls({"seconds": "60.5"}), one)[0]["billed_s"] == billed


@pytest.mark.parametrize(
    ("mode", "charge"), [("up", "0.1235"), ("down", "0.1234"), ("half_up", "0.1235"), ("half_down", "0.1234")]
)
def test_price_0_12345_is_rounded_to_four_decimals(
    deck: MakeDeck, calls: MakeCalls, mode: str, charge: str
) -> None:
    one = deck({"prefix": "44", "rate_per_min": "0.12345"}, price_precision=4, price_rounding=mode)
    assert rated(calls({"seconds": 60}), one)[0]["charge"] == Decimal(charge)


def test_price_is_rounded_to_six_decimals_half_up_unless_said(deck: MakeDeck, calls: MakeCalls) -> None:
    exact = Decimal("0.0000003") * 100 / 60  # 0.0000005
    assert exact == Decimal("0.0000005")
    found = rated(calls({"seconds": 100}), deck({"prefix": "44", "rate_per_min": "0.0000003"}))[0]
    assert found["charge"] == Decimal("0.000001")


def test_multiplying_comes_before_dividing(deck: MakeDeck, calls: MakeCalls) -> None:
    one = deck({"prefix": "44", "rate_per_min": "0.02"})
    assert rated(calls({"seconds": 60}), one)[0]["charge"] == Decimal("0.02")  # not 60 x 0.00033


def test_connect_fee_is_added_before_the_price_is_rounded(deck: MakeDeck, calls: MakeCalls) -> None:
    row = {"prefix": "44", "rate_per_min": "0.006", "connect_fee": Decimal("0.004")}
    one = deck(row, price_precision=2)
    # 10 x 0.006 / 60 + 0.004 = 0.005; rounded apart they would be 0.00 each.
    assert rated(calls({"seconds": 10}), one)[0]["charge"] == Decimal("0.01")


def test_longest_prefix_wins(deck: MakeDeck, calls: MakeCalls) -> None:
    minute = {"initial_increment_s": 60, "increment_s": 60}
    one = deck(
        {"prefix": "44", "rate_per_min": "0.010", **minute},
        {"prefix": "447", "rate_per_min": "0.028", "destination": "UK mobile", **minute},
    )
    found = rated(calls({"called": "447700900123", "seconds": 61}), one)[0]
    assert (found["prefix"], found["destination"]) == ("447", "UK mobile")
    assert billed_and_charge(found) == (120, Decimal("0.056"))


def test_rate_in_force_at_the_start_counts_for_the_whole_call(deck: MakeDeck, calls: MakeCalls) -> None:
    minute = {"prefix": "44", "initial_increment_s": 60, "increment_s": 60}
    one = deck(
        {**minute, "rate_per_min": "0.010", "effective_to": MIDNIGHT},
        {**minute, "rate_per_min": "0.012", "effective_from": MIDNIGHT},
    )
    before = {"started_at": MIDNIGHT - timedelta(seconds=1), "seconds": 120}
    at = {"started_at": MIDNIGHT, "seconds": 120}
    assert [row["charge"] for row in rated(calls(before, at), one)] == [Decimal("0.020"), Decimal("0.024")]


def test_prefix_without_a_rate_in_force_gives_way_to_the_next_shorter(
    deck: MakeDeck, calls: MakeCalls
) -> None:
    one = deck(
        {"prefix": "4", "rate_per_min": "1"},
        {"prefix": "44", "rate_per_min": "2", "effective_from": MIDNIGHT},
        {"prefix": "447", "rate_per_min": "3", "effective_to": MIDNIGHT},
    )
    before = {"started_at": MIDNIGHT - timedelta(microseconds=1)}
    assert [row["prefix"] for row in rated(calls(before, {}), one)] == ["447", "44"]


def test_buying_at_0_010_and_selling_at_0_012_can_lose(deck: MakeDeck, calls: MakeCalls) -> None:
    sold = {"prefix": "44", "rate_per_min": "0.012", "initial_increment_s": 6, "increment_s": 6}
    bought = {"prefix": "44", "rate_per_min": "0.010", "initial_increment_s": 30, "increment_s": 6}
    charge = rated(calls({"seconds": 7}), deck(sold))[0]["charge"]
    tries = calls({"seconds": 7, "seizure": 1})
    cost = rate_seizures(tries, {"kilo": deck(bought)}).collect()["cost"][0]
    assert charge - cost == Decimal("-0.0026")


def test_unanswered_and_answered_calls_of_no_second_cost_nothing(deck: MakeDeck, calls: MakeCalls) -> None:
    one = deck({"prefix": "44", "rate_per_min": "1", "connect_fee": Decimal(1)}, duration_rounding="down")
    for row in rated(calls({}, {"seconds": 0}, {"seconds": "0.999"}, {"called": "33"}), one):
        assert billed_and_charge(row) == (0, Decimal(0))
        assert (row["currency"], row["unrated"]) == ("EUR", None)


def test_unanswered_calls_have_their_destination_too(deck: MakeDeck, calls: MakeCalls) -> None:
    found = rated(calls({}), deck({"prefix": "44", "rate_per_min": "1", "destination": "UK"}))[0]
    assert (found["destination"], found["prefix"]) == ("UK", "44")


def test_no_rate_is_not_zero(deck: MakeDeck, calls: MakeCalls) -> None:
    one = deck({"prefix": "44", "rate_per_min": "1"}, {"prefix": "49", "rate_per_min": "1", "blocked": True})
    found = rated(
        calls(
            {"seconds": 9, "customer": None},
            {"seconds": 9, "customer": "bolt"},
            {"seconds": 9, "called": "33"},
            {"seconds": 9, "called": "4930"},
        ),
        one,
    )
    assert [row["unrated"] for row in found] == ["no_customer", "no_deck", "no_rate", "blocked"]
    assert [billed_and_charge(row) for row in found] == [(None, None)] * 4
    assert [row["currency"] for row in found] == [None, None, "EUR", "EUR"]


def test_seizures_without_a_carrier_say_so(calls: MakeCalls) -> None:
    found = rate_seizures(calls({"seconds": 9, "seizure": 1, "carrier": None}), {}).collect()
    assert found["unrated"].to_list() == ["no_carrier"]
    assert "no_carrier" in UNRATED


def test_calls_without_talk_need_no_deck(calls: MakeCalls) -> None:
    found = rated(calls({"customer": None}, {"customer": "bolt", "seconds": 0}))
    assert [(row["charge"], row["unrated"]) for row in found] == [(None, None), (None, None)]


@pytest.mark.parametrize("called", [None, "", "+447700900123", "-44", "44x", "alice", "4 4", "٤٤"])
def test_what_is_no_number_has_no_rate(deck: MakeDeck, calls: MakeCalls, called: str | None) -> None:
    one = deck({"prefix": "44", "rate_per_min": "1"}, {"prefix": "0", "rate_per_min": "1"})
    assert rated(calls({"called": called, "seconds": 9}), one)[0]["unrated"] == "no_rate"


def test_number_shorter_than_a_prefix_does_not_match_it(deck: MakeDeck, calls: MakeCalls) -> None:
    one = deck({"prefix": "4470", "rate_per_min": "1"}, {"prefix": "4", "rate_per_min": "1"})
    assert rated(calls({"called": "447"}), one)[0]["prefix"] == "4"


def test_leading_zeros_count(deck: MakeDeck, calls: MakeCalls) -> None:
    one = deck({"prefix": "0044", "rate_per_min": "1"}, {"prefix": "44", "rate_per_min": "2"})
    found = rated(calls({"called": "0044123"}, {"called": "044123"}), one)
    assert [row["prefix"] for row in found] == ["0044", None]


def test_number_of_more_than_15_digits_is_found_by_its_first_15(deck: MakeDeck, calls: MakeCalls) -> None:
    one = deck({"prefix": "9" * 15, "rate_per_min": "1"})
    assert rated(calls({"called": "9" * 40}), one)[0]["prefix"] == "9" * 15


def test_each_customer_has_its_own_deck(deck: MakeDeck, calls: MakeCalls) -> None:
    decks = [deck({"prefix": "44", "rate_per_min": str(i)}, owner=f"c{i}", currency=c) for i, c in
             enumerate(["EUR", "USD", "JPY"], start=1)]  # fmt: skip
    found = rated(calls(*({"customer": f"c{i}", "seconds": 60} for i in (3, 1, 2))), *decks)
    assert [(row["charge"], row["currency"]) for row in found] == [(3, "JPY"), (1, "EUR"), (2, "USD")]


def test_prices_that_overflow_64_bits_are_exact(deck: MakeDeck, calls: MakeCalls) -> None:
    one = deck({"prefix": "44", "rate_per_min": "999999999.999999999"}, price_precision=9)
    day = 86_400
    assert rated(calls({"seconds": day}), one)[0]["charge"] == Decimal("999999999.999999999") * day / 60


def test_decks_without_rows_and_no_decks_at_all_rate_nothing(deck: MakeDeck, calls: MakeCalls) -> None:
    assert rated(calls({"seconds": 1}), deck())[0]["unrated"] == "no_rate"
    assert rated(calls({"seconds": 1}))[0]["unrated"] == "no_deck"


def test_rating_keeps_the_order_of_rows_and_the_columns_of_the_table(
    deck: MakeDeck, calls: MakeCalls
) -> None:
    many = calls(*({"seconds": i, "call_id": str(i)} for i in range(500)))
    for engine in ("in-memory", "streaming"):
        frame = rate_calls(many, {"acme": deck({"prefix": "44", "rate_per_min": "60"})}).collect(
            engine=engine
        )
        assert frame.schema == CALLS.schema
        assert frame["charge"].to_list() == [Decimal(i) for i in range(500)]
    assert rate_seizures(calls({"seizure": 1}), {}).collect_schema() == SEIZURES.schema


def test_rating_again_replaces_what_was_rated_before(deck: MakeDeck, calls: MakeCalls) -> None:
    once = rate_calls(calls({"seconds": 60}), {"acme": deck({"prefix": "44", "rate_per_min": "1"})})
    again = rate_calls(once, {"acme": deck({"prefix": "447", "rate_per_min": "2"})}).collect()
    assert (again["prefix"][0], again["charge"][0]) == ("447", Decimal(2))


def test_more_decks_than_fit_are_refused(deck: MakeDeck, calls: MakeCalls) -> None:
    one = deck({"prefix": "44", "rate_per_min": "1"})
    with pytest.raises(TollbookError, match="customer decks: at most 9223"):
        rate_calls(calls({}), {f"c{i}": one for i in range(MOST_DECKS + 1)})


_INSTANTS = [MIDNIGHT + timedelta(hours=h) for h in range(4)]
_AMOUNTS = st.decimals(0, 100, places=9) | st.decimals(0, 1, places=4) | st.just(Decimal(0))
_NUMBERS = st.text("0147", min_size=1, max_size=6) | st.text("0147", min_size=14, max_size=17)
_TALK = st.none() | st.integers(0, 200_000) | st.integers(0, 10**10)


@st.composite
def decks(draw: st.DrawFn) -> Deck:
    rows = []
    for prefix in draw(st.lists(st.text("0147", min_size=1, max_size=4), unique=True, max_size=12)):
        cuts = sorted(draw(st.sets(st.sampled_from(_INSTANTS))))
        edges = [None, *cuts, None]
        spans = list(pairwise(edges))
        for since, until in draw(st.lists(st.sampled_from(spans), unique=True, min_size=1)):
            row = {
                "prefix": prefix,
                "destination": f"to {prefix}",
                "effective_from": since,
                "effective_to": until,
            }
            rates = {
                "rate_per_min": draw(_AMOUNTS),
                "connect_fee": draw(_AMOUNTS),
                "blocked": draw(st.booleans()),
            }
            steps = {"initial_increment_s": draw(st.integers(1, 90)), "increment_s": draw(st.integers(1, 90))}
            rows.append(row | rates | steps)
    rounding = st.sampled_from(ROUNDINGS)
    return Deck(
        1, "acme", "customer", "EUR", pl.DataFrame(rows, schema=RATES),
        duration_rounding=draw(rounding), price_precision=draw(st.integers(0, 9)), price_rounding=draw(rounding),
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(decks(), st.lists(st.tuples(_NUMBERS, _TALK, st.integers(-2, 10)), min_size=1, max_size=20))
def test_rating_agrees_with_the_arithmetic_that_explain_shows(
    deck: Deck, records: list[tuple[str, int | None, int]]
) -> None:
    frame = pl.LazyFrame(
        [
            {"customer": "acme", "called": called, "started_at": MIDNIGHT + timedelta(minutes=30 * halves),
             "answered_at": None if talk is None else MIDNIGHT, "talk_ms": talk or 0}
            for called, talk, halves in records
        ],
        schema={name: CALLS.schema[name] for name in ("customer", "called", "started_at", "answered_at", "talk_ms")},
    )  # fmt: skip
    for row in rated(frame, deck):
        plain = explain(deck, row["called"], Decimal(row["talk_ms"]) / 1000, row["started_at"])
        for name in ("prefix", "destination", "billed_s", "charge", "currency", "unrated"):
            assert row[name] == getattr(plain, name), name


def test_charges_are_decimals(deck: MakeDeck, calls: MakeCalls) -> None:
    frame = rate_calls(calls({"seconds": 1}), {"acme": deck({"prefix": "44", "rate_per_min": "1"})})
    assert frame.collect_schema()["charge"] == MONEY


def test_without_any_deck_calls_are_as_with_a_deck_of_somebody_else(deck: MakeDeck, calls: MakeCalls) -> None:
    frame = calls({"seconds": 1}, {"seconds": 0}, {}, {"seconds": 5, "customer": None}, {"customer": None})
    other = deck({"prefix": "1", "rate_per_min": "1"}, owner="other")
    assert rated(frame) == rated(frame, other)
    assert rate_calls(frame, {}).collect_schema() == rate_calls(frame, {"other": other}).collect_schema()


def test_a_number_is_rated_as_its_customers_rules_write_it_and_stays_as_it_is(
    deck: MakeDeck, calls: MakeCalls
) -> None:
    row = {"prefix": "4930", "rate_per_min": "0.06", "destination": "Berlin"}
    acme = replace(deck(row), number_rules="0>49 00>")
    numbers = ("0301", "004930", "4930", "0044")
    found = rated(calls(*({"called": number, "seconds": 60} for number in numbers)), acme)
    assert [(each["called"], each["prefix"], each["unrated"]) for each in found] == [
        ("0301", "4930", None),
        ("004930", "4930", None),
        ("4930", "4930", None),
        ("0044", None, "no_rate"),
    ]


def test_the_rules_of_one_customer_are_not_anothers(deck: MakeDeck, calls: MakeCalls) -> None:
    row = {"prefix": "49", "rate_per_min": "0.06"}
    acme, bolt = replace(deck(row), number_rules="00>"), replace(deck(row), id=2, owner="bolt")
    frame = calls(*({"called": "0049", "customer": owner, "seconds": 60} for owner in ("acme", "bolt")))
    assert [each["unrated"] for each in rated(frame, acme, bolt)] == [None, "no_rate"]

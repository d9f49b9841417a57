"""Score cards: figures of seizures per carrier and destination, and what a test says of their differences."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tollbook.carriers import Against, Asked, at_stake, by_stake, score_cards, totals
from tollbook.lake.store import Lake

Keep = Callable[..., Lake]
MONDAY = datetime(2026, 10, 5, tzinfo=UTC)
DAY = Asked(MONDAY, MONDAY + timedelta(days=1))


def tries(
    carrier: str, answered: int, of: int, at: str = "2026-10-05T10:00", **more: Any
) -> Iterator[dict[str, Any]]:
    """So many seizures of a carrier to the UK, of which so many are answered."""
    for number in range(of):
        talk = {"talk_s": 60, "sip_code": 200} if number < answered else {"sip_code": 503}
        told = {"call_id": f"{carrier}{at}{number}", "customer": "acme", "carrier": carrier, "seizure": 1}
        yield {"at": at, "destination": "UK", **told, **talk, **more}


def calls(seizures: list[dict[str, Any]], charge: str) -> list[dict[str, Any]]:
    """The calls of these seizures; each that is answered is charged this much."""
    return [
        {**row, "charge": Decimal(charge if "talk_s" in row else 0), "currency": "EUR"}
        for row in ({k: v for k, v in seizure.items() if k != "seizure"} for seizure in seizures)
    ]


def by_carrier(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["carrier"]: row for row in rows}


def test_a_carrier_differs_where_the_test_says_so(keep: Keep) -> None:
    # 9 of 60 and 400 of 1000: chance 0.000112, of two rows twice that.
    lake = keep([], [*tries("north", 9, 60), *tries("south", 400, 1000)])
    found = by_carrier(score_cards(lake, DAY, minimum=50))
    assert found["north"]["others"] == Against(400, 1000, pytest.approx(0.000223, abs=1e-6), "lower")
    assert found["south"]["others"] == Against(9, 60, pytest.approx(0.000223, abs=1e-6), "higher")
    assert (found["north"]["asr"], found["north"]["others"].asr) == (9 / 60, 400 / 1000)
    assert (found["north"]["low"], found["north"]["high"]) == pytest.approx((0.081, 0.261), abs=5e-4)


def test_below_the_minimum_there_are_not_enough_calls(keep: Keep) -> None:
    lake = keep([], [*tries("north", 9, 60), *tries("south", 400, 1000)])
    assert {row["others"].verdict for row in score_cards(lake, DAY, minimum=61)} == {"few"}


def test_a_difference_that_chance_may_make_is_none(keep: Keep) -> None:
    lake = keep([], [*tries("north", 48, 100), *tries("south", 52, 100)])
    assert {row["others"].verdict for row in score_cards(lake, DAY)} == {"same"}


def test_many_comparisons_need_a_clearer_difference_each(keep: Keep) -> None:
    # 43 and 57 of 100: chance 0.048 in one comparison; there are four rows, so that it counts four times.
    pair = [*tries("north", 43, 100), *tries("south", 57, 100)]
    more = [{**row, "destination": "France", "call_id": f"F{row['call_id']}"} for row in pair]
    assert {row["others"].verdict for row in score_cards(keep([], [*pair, *more]), DAY)} == {"same"}


def test_a_carrier_is_compared_with_itself_a_week_before(keep: Keep) -> None:
    lake = keep([], [*tries("north", 50, 200), *tries("north", 120, 200, "2026-09-28T10:00")])
    (row,) = score_cards(lake, DAY)
    assert (row["before"].answers, row["before"].seizures, row["before"].verdict) == (120, 200, "lower")
    assert row["others"].verdict == "alone"


@pytest.mark.parametrize(("days", "back"), [(1, 7), (7, 7), (8, 14), (30, 35)])
def test_the_span_before_is_whole_weeks_earlier_and_keeps_clear(days: int, back: int) -> None:
    asked = Asked(MONDAY, MONDAY + timedelta(days=days))
    assert asked.weeks_before().start == MONDAY - timedelta(days=back)
    assert asked.weeks_before().end <= MONDAY


def test_other_destinations_are_not_compared(keep: Keep) -> None:
    lake = keep([], [*tries("north", 10, 200), *tries("south", 150, 200, destination="France")])
    assert {row["others"].verdict for row in score_cards(lake, DAY)} == {"alone"}


def test_money_at_stake_is_what_the_missing_answers_would_be_charged(keep: Keep) -> None:
    # North lacks (0.40 - 0.15) x 60 = 15 answers. 409 answered calls are charged 0.05 each: 15 x 0.05 = 0.75.
    # South has (0.40 - 0.15) x 1000 = 250 more than north would have had: 12.50.
    seizures = [*tries("north", 9, 60), *tries("south", 400, 1000)]
    found = score_cards(keep(calls(seizures, "0.05"), seizures), DAY, minimum=50)
    assert [(row["carrier"], row["at_stake"]) for row in found] == [
        ("south", Decimal("12.50")),
        ("north", Decimal("0.75")),
    ]
    assert [row["charge"] for row in found] == [Decimal(20), Decimal("0.45")]


def test_a_carrier_that_answers_nothing_has_money_at_stake(keep: Keep) -> None:
    # (0.5 - 0) x 100 answers at 0.20
    seizures = [*tries("dead", 0, 100), *tries("alive", 50, 100)]
    found = by_carrier(score_cards(keep(calls(seizures, "0.2"), seizures), DAY))
    assert found["dead"]["at_stake"] == Decimal("10.00")


@pytest.mark.parametrize("verdict", ["same", "few", "alone"])
def test_where_no_test_says_that_a_row_differs_nothing_is_at_stake(verdict: Any) -> None:
    other = Against(90, 100, None, verdict)
    row = {"answers": 10, "seizures": 100, "others": other, "before": other, "currency": "EUR"}
    assert at_stake(row, Fraction(1)) is None


def test_the_larger_difference_is_at_stake_in_the_currencys_minor_unit() -> None:
    # 10 of 100 against 50 % and against 30 %: 40 answers at 1 / 3.
    against = {"others": Against(50, 100, 0.0, "lower"), "before": Against(30, 100, 0.0, "lower")}
    row = {"answers": 10, "seizures": 100, "currency": "JPY", **against}
    assert at_stake(row, Fraction(1, 3)) == Decimal(13)
    assert at_stake({**row, "currency": "EUR"}, Fraction(1, 3)) == Decimal("13.33")
    assert at_stake(row, None) is None


def test_amounts_of_two_currencies_are_not_sorted_into_each_other() -> None:
    rows = [
        {"name": name, "currency": currency, "at_stake": amount, "seizures": seizures}
        for name, currency, amount, seizures in (
            ("a", "JPY", Decimal(900), 10),
            ("b", "EUR", Decimal(1), 50),
            ("c", "EUR", Decimal(2), 50),
            ("d", "EUR", None, 500),
        )
    ]
    assert [row["name"] for row in by_stake(rows)] == ["c", "b", "a", "d"]


def test_codes_delays_and_re_routing_are_of_the_carriers_seizures(keep: Keep) -> None:
    # North: 503 x 3, of which one moved on to south. PDD 1000 ms lies in bin 79, whose middle is 980 ms.
    first = list(tries("north", 1, 4, pdd_ms=1000))
    moved = {**first[3], "carrier": "south", "seizure": 2, "sip_code": 486, "outcome": "busy", "pdd_ms": None}
    found = by_carrier(score_cards(keep([], [*first, moved]), DAY))
    north, south = found["north"], found["south"]
    assert (north["codes"], south["codes"]) == ([(503, 3)], [(486, 1)])
    assert (north["rerouted"], north["rerouted_numerator"], south["rerouted"]) == (1 / 4, 1, 0.0)
    assert (north["pdd"], round(north["pdd_median"]), south["pdd"], south["pdd_median"]) == (
        1000,
        980,
        None,
        None,
    )
    assert (north["ner"], south["ner"], north["acd"], south["acd"]) == (1 / 4, 1.0, 60, None)


def test_margin_is_that_of_the_calls_that_it_carried(keep: Keep) -> None:
    seizures = list(tries("north", 2, 2, cost=Decimal("0.04"), currency="EUR"))
    (row,) = score_cards(keep(calls(seizures, "0.05"), seizures), DAY)
    assert (row["charge"], row["cost"], row["margin"], row["currency"]) == (
        Decimal("0.10"),
        Decimal("0.08"),
        Decimal("0.02"),
        "EUR",
    )
    assert row["margin_ratio"] == pytest.approx(0.2)


def test_amounts_of_two_currencies_are_not_added(keep: Keep) -> None:
    seizures = list(tries("north", 2, 2, cost=Decimal("0.04"), currency="USD"))
    (row,) = score_cards(keep(calls(seizures, "0.05"), seizures), DAY)
    assert (row["charge"], row["cost"], row["margin"], row["currency"]) == (None, None, None, None)
    assert row["seizures"] == 2


def test_a_total_adds_its_cards_up(keep: Keep) -> None:
    uk = [*tries("north", 9, 60), *tries("south", 400, 1000)]
    france = [{**row, "destination": "France", "call_id": f"F{row['call_id']}"} for row in uk]
    lake = keep(calls(uk, "0.05"), [*uk, *france])
    cards = score_cards(lake, DAY, minimum=50)
    south, north = totals(lake, DAY, cards, minimum=50)
    assert (south["carrier"], south["seizures"], south["answers"]) == ("south", 2000, 800)
    assert (south["verdicts"], north["verdicts"]) == ({"higher": 2}, {"lower": 2})
    assert (south["at_stake"], north["at_stake"]) == (Decimal("12.50"), Decimal("0.75"))


def test_calls_that_no_carrier_was_tried_for_are_on_no_card(keep: Keep) -> None:
    lake = keep([{"at": "2026-10-05T10:00", "outcome": "unallocated", "sip_code": 404}])
    assert score_cards(lake, DAY) == []
    assert totals(lake, DAY, []) == []


def test_the_figures_of_one_customer(keep: Keep) -> None:
    lake = keep([], [*tries("north", 1, 2), *tries("north", 0, 3, "2026-10-05T11:00", customer="beta")])
    (row,) = score_cards(lake, Asked(DAY.start, DAY.end, ["beta"]))
    assert (row["answers"], row["seizures"]) == (0, 3)

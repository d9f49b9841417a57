"""Whom a new version touches: exact where sums tell it, an estimate where they do not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tollbook.billing.deckimpact import Touched, parties, touched
from tollbook.billing.decks import Deck
from tollbook.lake.store import Lake
from tollbook.workspace import Workspace

NOW = datetime(2026, 10, 7, tzinfo=UTC)
MINUTE = {"initial_increment_s": 60, "increment_s": 60}
UK = {"prefix": "44", "destination": "UK", "rate_per_min": "0.010", **MINUTE}
MOBILE = {"prefix": "447", "destination": "UK mobile", "rate_per_min": "0.028", **MINUTE}
MakeDeck = Callable[..., Deck]


@pytest.fixture
def told(charged: Workspace, deck: MakeDeck) -> Callable[..., dict[str | None, Touched]]:
    """By destination what acme's calls come to: to UK mobile 3 x 2 min for 0.168, to UK 2 x 1 min for 0.020."""

    def of(
        *rows: dict[str, Any],
        before: Any = (UK, MOBILE),
        at: datetime = NOW,
        settled: bool = True,
        **terms: Any,
    ) -> Any:
        old = deck(*before) if before is not None else None
        found = touched(Lake(charged), old, deck(*rows, **terms), at, settled=settled)
        return {row.destination: row for row in found}

    return of


def test_where_every_call_is_billed_as_it_was_the_new_amount_is_exact(told) -> None:
    found = told({**UK, "rate_per_min": "0.015"}, {**MOBILE, "rate_per_min": "0.020"})
    assert found["UK mobile"] == Touched(
        "acme",
        "UK mobile",
        Decimal("3.05"),
        Decimal("0.168"),
        6 * Decimal("0.020"),
        Decimal("-0.048"),
        exact=True,
    )
    assert found["UK"] == Touched(
        "acme", "UK", Decimal(2), Decimal("0.020"), 2 * Decimal("0.015"), Decimal("0.010"), exact=True
    )
    assert list(found) == ["UK mobile", "UK"]


@pytest.mark.parametrize(
    ("change", "options"),
    [
        ({"increment_s": 1}, {}),
        ({"connect_fee": Decimal("0.01")}, {}),
        ({"rate_per_min": "0.0151"}, {"price_precision": 3}),
        ({}, {"duration_rounding": "down"}),
        ({}, {"settled": False}),
        ({}, {"before": None}),
    ],
    ids=["increments", "fee", "rounding", "seconds", "versions", "first"],
)
def test_where_they_may_not_be_it_is_an_estimate(
    told, change: dict[str, Any], options: dict[str, Any]
) -> None:
    assert not told({**UK, **change}, MOBILE, **options)["UK"].exact


@pytest.mark.parametrize(
    ("more", "moved"),
    [
        ({"prefix": "4420", "destination": "London"}, {"UK"}),
        ({"prefix": "4479", "destination": "UK mobile"}, {"UK mobile"}),
        ({"prefix": "5", "destination": "Elsewhere"}, set()),
    ],
    ids=lambda value: value["prefix"] if isinstance(value, dict) else "",
)
def test_a_new_prefix_takes_numbers_only_from_the_one_around_it(
    told, more: dict[str, str], moved: set[str]
) -> None:
    found = told(UK, MOBILE, {**UK, **more})
    assert {name for name, row in found.items() if not row.exact} == moved


def test_an_estimate_goes_with_the_mean_of_the_rates(told) -> None:
    row = told({**UK, "rate_per_min": "0.015", "increment_s": 1}, MOBILE)["UK"]
    assert (row.amount_after, row.exact) == (Decimal("0.020") * 15 / 10, False)


def test_a_destination_without_a_rate_has_no_new_amount(told) -> None:
    row = told(MOBILE, {**UK, "blocked": True})["UK"]
    assert (row.amount_after, row.change, row.exact) == (None, None, False)


def test_rates_that_begin_later_count_as_if_they_had_begun(told) -> None:
    later = NOW + timedelta(days=40)
    row = told({**UK, "rate_per_min": "0.015", "effective_from": later}, MOBILE)["UK"]
    assert (row.amount_after, row.exact) == (Decimal("0.030"), True)


def test_older_calls_are_left_out(told) -> None:
    assert told(UK, MOBILE, at=NOW + timedelta(days=40)) == {}
    assert list(told(UK, MOBILE, at=datetime(2026, 10, 6, tzinfo=UTC))) == ["UK mobile"]


def test_a_party_is_the_sum_of_its_destinations_without_those_that_have_no_rate(told) -> None:
    (party,) = parties(told({**UK, "rate_per_min": "0.015"}).values())
    assert party == {
        "customer": "acme", "minutes": Decimal("5.05"), "amount": Decimal("0.188"), "change": Decimal("0.010"),
        "without_rate": 1, "exact": False,
    }  # fmt: skip


def test_of_a_carrier_s_deck_the_customers_are_told_whose_calls_went_over_it(
    network: Workspace, deck: MakeDeck
) -> None:
    deck_of = deck({**UK, "destination": "UK"}, side="carrier", owner="north")
    found = touched(Lake(network), None, deck_of, NOW, settled=True)
    assert {row.customer for row in found} >= {"alpha", "beta"}
    assert {row.exact for row in found} == {False}

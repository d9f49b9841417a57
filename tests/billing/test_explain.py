"""Rating in words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tollbook.billing.decks import Deck
from tollbook.billing.explain import explain

MakeDeck = Callable[..., Deck]
AT = datetime(2024, 6, 1, tzinfo=UTC)


def test_steps_tell_the_whole_way_to_the_price(deck: MakeDeck) -> None:
    row = {"prefix": "447", "rate_per_min": "0.028", "initial_increment_s": 60, "increment_s": 60}
    found = explain(deck(row | {"destination": "UK mobile"}), "447700900123", Decimal("60.2"), AT)
    assert (found.prefix, found.destination, found.rate_per_min) == ("447", "UK mobile", Decimal("0.028"))
    assert (found.billed_s, found.charge, found.currency) == (120, Decimal("0.056"), "EUR")
    assert found.steps == (
        "447700900123 starts with prefix 447, UK mobile",
        "60.2 s rounded up to whole seconds: 61 s",
        "the first 60 s, then 1 x 60 s: 120 s",
        "120 s x 0.028 EUR a minute / 60 + 0 connect fee = 0.056",
        "rounded half_up to 6 decimals: 0.056 EUR",
    )


def test_price_without_end_is_shown_with_dots(deck: MakeDeck) -> None:
    found = explain(deck({"prefix": "4", "rate_per_min": "0.1"}), "44", Decimal(1), AT)
    assert "= 0.001666666666..." in found.steps[-2]
    assert found.charge == Decimal("0.001667")


def test_prefix_that_is_not_in_force_is_passed_over_and_named(deck: MakeDeck) -> None:
    later = {"prefix": "447", "rate_per_min": "1", "effective_from": AT + timedelta(days=1)}
    found = explain(deck(later, {"prefix": "44", "rate_per_min": "2"}), "4470", Decimal(60), AT)
    assert found.steps[0] == (
        "prefix 447 from 2024-06-02T00:00:00Z is passed over: that rate is not in force at 2024-06-01T00:00:00Z"
    )
    assert (found.prefix, found.charge) == ("44", Decimal(2))


def test_no_rate_is_said_and_is_not_zero(deck: MakeDeck) -> None:
    found = explain(deck({"prefix": "44", "rate_per_min": "1"}), "33", Decimal(60), AT)
    assert (found.unrated, found.charge, found.billed_s) == ("no_rate", None, None)
    assert found.steps[-1] == "unrated, which is not 0: no prefix of the deck fits the number at that time"


def test_blocked_prefix_is_named_but_has_no_price(deck: MakeDeck) -> None:
    found = explain(deck({"prefix": "44", "rate_per_min": "1", "blocked": True}), "44", Decimal(60), AT)
    assert (found.prefix, found.unrated, found.charge) == ("44", "blocked", None)


def test_no_talk_costs_nothing_whatever_the_deck_says(deck: MakeDeck) -> None:
    found = explain(deck(), "44", Decimal(0), AT)
    assert (found.billed_s, found.charge, found.unrated) == (0, Decimal(0), None)


def test_text_with_other_signs_than_digits_is_no_number(deck: MakeDeck) -> None:
    found = explain(deck({"prefix": "44", "rate_per_min": "1"}), "44x", Decimal(60), AT)
    assert found.steps[0] == "44x is not written in digits only, so no prefix fits it"


def test_a_rule_of_the_customer_is_the_first_step(deck: MakeDeck) -> None:
    acme = replace(deck({"prefix": "49", "rate_per_min": "0.06"}), number_rules="00> 0>49")
    found = explain(acme, "030", Decimal(60), AT)
    assert found.steps[0] == "030 is written 4930: 0>49 of its customer's rules"
    assert (found.prefix, found.charge) == ("49", Decimal("0.06"))

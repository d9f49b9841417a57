"""The decks: every destination for everyone, one change in the middle, prices that leave something."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tollbook.billing.deckfile import read_deck
from tollbook.demo.decks import CARRIERS_RAISE, CUSTOMERS_RAISE, write_decks
from tollbook.demo.network import CARRIERS, CUSTOMERS, DESTINATIONS

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    paths = write_decks(tmp_path_factory.mktemp("decks"), 30, NOW)
    return {owner: read_deck(path).rates for owner, path in paths.items()}


def rates(deck, destination):
    return deck.filter(destination=destination).sort("prefix", "effective_from")


def test_everyone_has_a_deck_with_every_destination(decks):
    assert set(decks) == {party.id for party in (*CUSTOMERS, *CARRIERS)}
    names = {destination.name for destination in DESTINATIONS}
    assert all(set(deck["destination"]) == names for deck in decks.values())


def test_a_customers_rate_is_the_price_with_its_markup(decks):
    # Germany 0.0062, Ostsee's markup 1.09: 0.006758, to five decimals.
    assert rates(decks["ostsee"], "Germany")["rate_per_min"].to_list() == [Decimal("0.00676")]


def test_mobile_rates_change_once_at_midnight_of_the_middle_day(decks):
    # Thirty days end with 20 November and begin with 22 October; the sixteenth is 6 November.
    middle = datetime(2026, 11, 6, tzinfo=UTC)
    for owner, raised in (("ostsee", CUSTOMERS_RAISE), ("atlas", CARRIERS_RAISE)):
        before, after = rates(decks[owner], "Poland Mobile").head(2).iter_rows(named=True)
        assert before["prefix"] == after["prefix"]
        assert before["effective_to"] == after["effective_from"] == middle
        assert after["effective_to"] is None
        assert after["rate_per_min"] == round(before["rate_per_min"] * raised, 5)


def test_increments_are_the_coarser_of_owner_and_destination(decks):
    pakistan = rates(decks["hudsonlink"], "Pakistan Mobile").row(0, named=True)
    states = rates(decks["larkfield"], "United States").row(0, named=True)
    assert (pakistan["initial_increment_s"], pakistan["increment_s"]) == (60, 60)
    assert (states["initial_increment_s"], states["increment_s"]) == (6, 6)


def test_one_day_is_enough_for_a_deck(tmp_path):
    assert len(write_decks(tmp_path, 1, NOW)) == len(CUSTOMERS) + len(CARRIERS)

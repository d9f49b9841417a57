"""Where calls in progress go."""

from dataclasses import replace

from live.fakes import call
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.live.destinations import destinations
from tollbook.workspace import Workspace


def test_the_longest_prefix_of_the_customers_deck_tells(charged: Workspace) -> None:
    calls = [
        replace(call("a"), called="447700900123"),
        replace(call("b"), called="442071838750"),
        replace(call("c"), called="33146737828"),
        replace(call("d", "quiet"), called="447700900123"),
        replace(call("e", None), called=None),
    ]
    assert destinations(charged, calls) == ["UK mobile", "UK", None, None, None]


def test_rules_of_numbers_count_as_soon_as_they_are_entered(charged: Workspace) -> None:
    calls = [replace(call("a"), called="07700900123"), replace(call("b"), called="442071838750")]
    assert destinations(charged, calls) == [None, "UK"]
    db = Database.of(charged)
    for rules, told in (("0>44", ["UK mobile", "UK"]), ("0>44 44>", ["UK mobile", None]), ("", [None, "UK"])):
        with db.session() as session:
            session.get_one(Customer, "acme").number_rules = rules
        assert destinations(charged, calls) == told
    db.close()


def test_without_decks_nobody_knows(workspace: Workspace) -> None:
    assert destinations(workspace, [call("a")]) == [None]
    assert destinations(workspace, []) == []

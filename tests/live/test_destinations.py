"""Where calls in progress go."""

from dataclasses import replace

from live.fakes import call
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


def test_without_decks_nobody_knows(workspace: Workspace) -> None:
    assert destinations(workspace, [call("a")]) == [None]
    assert destinations(workspace, []) == []

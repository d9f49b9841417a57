"""What the page of rate decks shows, as rows."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from tollbook.billing.deckdiff import DIFFERENCES, KINDS
from tollbook.billing.deckimpact import Touched
from tollbook.billing.versions import ENDS_SOON_DAYS, Version
from tollbook.show import deck_rows

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SOON = NOW + timedelta(days=ENDS_SOON_DAYS)


def version(until=None, owner="acme"):
    return Version(7, "customer", owner, 2, 3, "EUR", 9, None, until, "up", 6, "half_up", "a.csv", NOW, None)


@pytest.mark.parametrize(
    ("until", "tone"), [(None, None), (SOON, "wrong"), (SOON + timedelta(seconds=1), None), (NOW, "wrong")],
    ids=["open", "soon", "later", "now"],
)  # fmt: skip
def test_a_deck_that_ends_soon_is_marked(until, tone):
    assert deck_rows.version_frame([version(until)], NOW, "").row(0, named=True)["tone"] == tone


def test_a_version_leads_to_where_it_is_opened_and_says_how_it_rounds():
    row = deck_rows.version_frame([version(owner="a b&c")], NOW, "decks?deck={deck}&version={version}").row(
        0, named=True
    )
    assert row["address"] == "decks?deck=customer%3Aa%20b%26c&version=2"
    assert row["rounding"] == "up, 6, half_up"


def test_differences_come_with_what_moves_most_first_and_the_unchanged_last():
    moves = {
        "new": None,
        "raised": Decimal(2),
        "lowered": Decimal(-3),
        "changed": 0,
        "ended": None,
        "unchanged": 0,
    }
    told = pl.DataFrame(
        [{"prefix": "44", "kind": kind, "change": moves[kind]} for kind in KINDS], schema=DIFFERENCES
    )
    frame = deck_rows.difference_frame(told, "EUR", 5)
    assert frame["kind"].to_list() == ["▼ cheaper", "▲ dearer", "+ new", "≠ changed", "× ended"]
    assert frame["tone"].to_list() == ["good", "wrong", "good", None, "wrong"]


def test_each_kind_has_words_and_no_two_the_same_sign():
    words = deck_rows.kind_words()
    assert tuple(words) == KINDS
    assert len({text[0] for text in words.values()}) == len(words)


@pytest.mark.parametrize(
    ("change", "exact", "sure", "tone"),
    [(Decimal(1), True, "exact", "wrong"), (Decimal(-1), False, "estimate", "good"), (Decimal(0), True, "exact", None), (None, False, "no rate", "wrong")],
    ids=["more", "less", "same", "none"],
)  # fmt: skip
def test_who_is_affected_is_told_with_how_sure_it_is(change, exact, sure, tone):
    row = Touched("acme", "UK", Decimal(1), Decimal(1), None, change, exact)
    told = deck_rows.affected_frame([row], "EUR").row(0, named=True)
    assert (told["sure"], told["tone"], told["currency"]) == (sure, tone, "EUR")

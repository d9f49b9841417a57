"""The difference of two versions of a deck."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from tollbook.billing.deckdiff import KINDS, biggest, counts, differences
from tollbook.billing.decks import RATES

JUNE, JULY = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


def rates(*rows: tuple[Any, ...], **terms: Any) -> pl.DataFrame:
    """Rates as prefix, rate and, if they are not open, from and to; of UK unless it is said."""
    usual = {
        "destination": "UK",
        "connect_fee": Decimal(0),
        "initial_increment_s": 60,
        "increment_s": 60,
        "blocked": False,
    }
    told = [
        {**usual, **terms, "prefix": row[0], "rate_per_min": Decimal(row[1]),
         "effective_from": row[2] if row[2:] else None, "effective_to": row[3] if row[3:] else None}
        for row in rows
    ]  # fmt: skip
    return pl.DataFrame(told, schema=RATES)


def seen(before: pl.DataFrame, after: pl.DataFrame, since: datetime | None = None) -> list[tuple[Any, ...]]:
    return differences(before, after, since).select("prefix", "kind", "since", "until").rows()


def test_each_prefix_is_new_raised_lowered_ended_or_unchanged() -> None:
    before = rates(("1", "1"), ("2", "1"), ("3", "1"), ("4", "1"))
    after = rates(("2", "1.5"), ("3", "0.5"), ("4", "1"), ("5", "1"))
    told = differences(before, after)
    assert told.select("prefix", "kind", "change", "change_ratio").rows() == [
        ("1", "ended", None, None),
        ("2", "raised", Decimal("0.5"), 0.5),
        ("3", "lowered", Decimal("-0.5"), -0.5),
        ("4", "unchanged", 0, 0.0),
        ("5", "new", None, None),
    ]
    assert counts(told) == {"new": 1, "raised": 1, "lowered": 1, "changed": 0, "ended": 1, "unchanged": 1}


def test_a_raise_that_begins_later_is_the_same_until_then() -> None:
    before, after = rates(("44", "1")), rates(("44", "1", None, JUNE), ("44", "2", JUNE))
    assert seen(before, after) == [("44", "unchanged", None, JUNE), ("44", "raised", JUNE, None)]


def test_a_version_that_begins_later_leaves_a_gap_and_the_past_is_left_out_if_it_is_asked_so() -> None:
    before, after = rates(("44", "1", None, JULY)), rates(("44", "1", JUNE))
    assert seen(before, after) == [
        ("44", "ended", None, JUNE), ("44", "unchanged", JUNE, JULY), ("44", "new", JULY, None),
    ]  # fmt: skip
    assert seen(before, after, JULY) == [("44", "new", JULY, None)]
    middle = datetime(2026, 6, 15, tzinfo=UTC)
    assert seen(before, after, middle)[0] == ("44", "unchanged", JUNE, JULY)


@pytest.mark.parametrize(
    ("terms", "kind"),
    [
        ({"connect_fee": Decimal("0.01")}, "raised"),
        ({"increment_s": 6}, "lowered"),
        ({"increment_s": 6, "connect_fee": Decimal("0.01")}, "changed"),
        ({"destination": "Britain"}, "changed"),
        ({"blocked": True}, "ended"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_fees_increments_names_and_blocks_count_too(terms: dict[str, Any], kind: str) -> None:
    assert seen(rates(("44", "1")), rates(("44", "1"), **terms)) == [("44", kind, None, None)]


def test_what_was_blocked_and_is_not_is_new_and_what_stays_blocked_is_unchanged() -> None:
    blocked = rates(("44", "1"), blocked=True)
    assert seen(blocked, rates(("44", "1")))[0][1] == "new"
    assert seen(blocked, blocked)[0][1] == "unchanged"
    assert seen(blocked, blocked.clear())[0][1] == "changed"


def test_neighbours_in_order_do_not_lend_each_other_their_rates() -> None:
    before, after = rates(("4", "1"), ("44", "2", JUNE, JULY)), rates(("44", "3"), ("5", "1"))
    assert seen(before, after) == [
        ("4", "ended", None, None), ("44", "new", None, JUNE), ("44", "raised", JUNE, JULY),
        ("44", "new", JULY, None), ("5", "new", None, None),
    ]  # fmt: skip


def test_the_biggest_changes_come_first_and_after_them_what_has_no_price_any_more() -> None:
    before = rates(("1", "1"), ("2", "1"), ("3", "1"), ("4", "9"))
    told = differences(before, rates(("1", "1.1"), ("2", "0.5"), ("3", "1")))
    assert [(row["prefix"], row["kind"]) for row in biggest(told)] == [
        ("2", "lowered"), ("1", "raised"), ("4", "ended"),
    ]  # fmt: skip
    assert [row["prefix"] for row in biggest(told, 1)] == ["2"]


def test_nothing_differs_of_nothing() -> None:
    nothing = rates()
    assert differences(nothing, nothing).height == 0
    assert set(counts(differences(nothing, nothing)).values()) == {0}
    assert tuple(counts(differences(nothing, nothing))) == KINDS

"""The index of prefixes against looking at each prefix in turn."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tollbook.billing.prefixes import NONE, PrefixIndex
from tollbook.tables import INSTANT

SCHEMA = {"deck": pl.Int64, "prefix": pl.String, "effective_from": INSTANT, "effective_to": INSTANT}
Key = tuple[int, str]


def index(rows: list[Key]) -> PrefixIndex:
    return PrefixIndex.of(pl.DataFrame([{"deck": d, "prefix": p} for d, p in rows], schema=SCHEMA))


def find(rows: list[Key], numbers: list[Key]) -> list[int]:
    decks, values, lengths = (
        np.array(column, np.int64) for column in zip(*((d, int(n), len(n)) for d, n in numbers), strict=True)
    )
    return index(rows).find(decks, values, lengths, np.zeros(len(numbers), np.int64)).tolist()


def by_looking(rows: list[Key], deck: int, number: str) -> int:
    fits = [i for i, (d, prefix) in enumerate(rows) if d == deck and number.startswith(prefix)]
    return max(fits, key=lambda i: len(rows[i][1]), default=NONE)


def test_nested_prefixes_become_ranges_that_do_not_overlap() -> None:
    made = index([(0, "4"), (0, "44"), (0, "447")])
    width = 10**12
    assert made.starts.tolist() == [
        0,
        400 * width,
        440 * width,
        447 * width,
        448 * width,
        450 * width,
        500 * width,
    ]
    assert made.longest.tolist() == [NONE, 0, 1, 2, 1, 0, NONE]
    assert made.parent.tolist() == [NONE, 0, 1]


def test_decks_do_not_see_each_others_prefixes() -> None:
    assert find([(0, "44"), (2, "4")], [(0, "44"), (1, "44"), (2, "44"), (2, "5")]) == [0, NONE, 1, NONE]


def test_last_prefix_of_a_deck_ends_before_the_next_deck() -> None:
    assert find([(0, "9"), (1, "1")], [(0, "999"), (1, "0"), (1, "1")]) == [0, NONE, 1]


def test_no_prefixes_find_nothing() -> None:
    assert find([], [(0, "44")]) == [NONE]


DIGITS = st.text("019", min_size=1, max_size=4)
KEYS = st.tuples(st.integers(0, 2), DIGITS)


@given(st.lists(KEYS, unique=True), st.lists(KEYS, min_size=1))
def test_longest_prefix_is_the_one_found_by_looking(rows: list[Key], numbers: list[Key]) -> None:
    rows.sort()
    assert find(rows, numbers) == [by_looking(rows, *number) for number in numbers]


def test_span_begins_at_its_start_and_ends_before_its_end() -> None:
    first, last = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)
    row = {"deck": 0, "prefix": "44", "effective_from": first, "effective_to": last}
    made = PrefixIndex.of(pl.DataFrame([row], schema=SCHEMA))
    begin, end = (int(at.timestamp()) * 10**6 for at in (first, last))
    at_us = np.array([begin - 1, begin, end - 1, end])
    same = np.array([0, 44, 2]).repeat(4).reshape(3, 4)
    assert made.find(*same, at_us).tolist() == [NONE, 0, 0, NONE]

"""Longest prefix, at an instant, for millions of numbers at once.

A number is filled up with zeros to 15 digits (E.164 has no more) and read as a whole number, with the number
of its deck in front: 447700900123 in deck 2 is 2 447700900123000. The prefix 447 is then the range from
2 447000000000000 up to 2 448000000000000. Nested prefixes are cut into ranges that do not overlap, each with its
longest prefix, so one binary search finds it. A prefix that is longer than the number, or of which no row is
in force, gives way to the next shorter one.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

DIGITS: Final = 15
MOST_DECKS: Final = 2**63 // 10**DIGITS
"""Decks that one index holds: their numbers stand before the 15 digits of a 64-bit integer."""

Ints = NDArray[np.integer[Any]]
NONE: Final = -1


@dataclass(frozen=True)
class PrefixIndex:
    """Ranges of numbers with their longest prefix, and the rows of each prefix by time.

    Prefixes and rows are named by their position; -1 is none.
    """

    starts: Ints
    longest: Ints
    parent: Ints
    length: Ints
    instants_us: Ints
    row_keys: Ints
    row_prefix: Ints
    row_until: Ints

    @classmethod
    def of(cls, rows: pl.DataFrame) -> Self:
        """The index of deck rows (`deck`, `prefix`, `effective_from`, `effective_to`), sorted by these."""
        names = rows.select("deck", "prefix").unique(maintain_order=True)
        deck = names["deck"].cast(pl.Int64).to_numpy()
        length = names["prefix"].str.len_bytes().cast(pl.Int64).to_numpy()
        head = deck * 10**length + names["prefix"].cast(pl.Int64).to_numpy()
        instants_us, row_keys, row_prefix, row_until = _spans(rows)
        return cls(
            *_ranges(head, length),
            # Position -1, none, meets an entry at the end that no number fits.
            length=np.append(length, DIGITS + 1),
            instants_us=instants_us,
            row_keys=row_keys,
            row_prefix=np.append(row_prefix, NONE),
            row_until=np.append(row_until, NONE),
        )

    def find(self, deck: Ints, value: Ints, length: Ints, at_us: Ints) -> Ints:
        """For each number (its digits, how many they are) the row of the deck in force at that instant."""
        key = deck * 10**DIGITS + value * 10 ** (DIGITS - length)
        order = np.argsort(key)  # sorted keys walk through the ranges instead of jumping: three times as fast
        rows = np.empty(len(key), np.int64)
        rows[order] = self._find_sorted(key[order], length[order], at_us[order])
        return rows

    def _find_sorted(self, key: Ints, length: Ints, at_us: Ints) -> Ints:
        prefix = self.longest[np.searchsorted(self.starts, key, side="right") - 1]
        segment = np.searchsorted(self.instants_us, at_us, side="right")
        rows = self._rows(prefix, length, segment)
        again = np.flatnonzero((rows == NONE) & (prefix != NONE))
        while len(again):
            shorter = prefix[again] = self.parent[prefix[again]]
            rows[again] = self._rows(shorter, length[again], segment[again])
            again = again[(rows[again] == NONE) & (shorter != NONE)]
        return rows

    def _rows(self, prefix: Ints, length: Ints, segment: Ints) -> Ints:
        fits = self.length[prefix] <= length
        if not len(self.instants_us):
            return np.where(fits, prefix, NONE)
        key = prefix * (len(self.instants_us) + 1) + segment
        row = np.searchsorted(self.row_keys, key, side="right") - 1
        fits &= (self.row_prefix[row] == prefix) & (segment < self.row_until[row])
        return np.where(fits, row, NONE)


def _ranges(head: Ints, length: Ints) -> tuple[Ints, Ints, Ints]:
    """Starts of the ranges, the longest prefix of each, and of each prefix the next shorter one around it."""
    width = 10 ** (DIGITS - length)
    starts = np.unique(np.concatenate([[0], head * width, (head + 1) * width]))
    longest = np.full(len(starts), NONE)
    parent = np.full(len(head), NONE)
    for digits in np.unique(length):
        these = np.flatnonzero(length == digits)
        these = these[np.argsort(head[these])]
        parent[these] = longest[np.searchsorted(starts, head[these] * width[these])]
        wanted = starts // 10 ** (DIGITS - digits)
        found = np.searchsorted(head[these], wanted)
        inside = found < len(these)
        inside[inside] = head[these][found[inside]] == wanted[inside]
        longest[inside] = these[found[inside]]
    return starts, longest, parent


def _spans(rows: pl.DataFrame) -> tuple[Ints, Ints, Ints, Ints]:
    """Instants at which any row begins or ends, and for each row its key, prefix and end by their count."""
    begin, end = (rows[name].dt.timestamp("us") for name in ("effective_from", "effective_to"))
    instants = pl.concat([begin, end]).drop_nulls().unique().sort().to_numpy()
    number = rows.select(pl.struct("deck", "prefix").rle_id()).to_series().cast(pl.Int64).to_numpy()
    since = np.searchsorted(instants, begin.fill_null(-(2**63)).to_numpy(), side="right")
    until = np.searchsorted(instants, end.fill_null(2**63 - 1).to_numpy(), side="right")
    until = np.where(end.is_null().to_numpy(), len(instants) + 1, until)
    return instants, number * (len(instants) + 1) + since, number, until

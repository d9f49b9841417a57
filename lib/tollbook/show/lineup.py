"""Which lines graphs have: a total, the busiest by name, the others as one, and those of whom nothing is told."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import polars as pl

from tollbook.language import tr, trn

TOTAL: Final = "*total"
NOT_TOLD: Final = "*not-told"
OTHERS: Final = "*others"
"""Names of lines that are of no one; no id has such a name."""

MOST_LINES: Final = 12
"""More than this no eye follows."""


@dataclass(frozen=True)
class Lineup:
    """Lines in order.

    `counts` has customer, carrier and destination, those of them that there are, null where not told; attempts, and
    seizures if there are any. Of `of_calls` the reader is told by calls alone, not by seizures.
    """

    counts: pl.DataFrame
    of_calls: frozenset[str] = frozenset()
    _ranked: dict[str, list[str | None]] = field(default_factory=dict, compare=False)

    @cached_property
    def attempts(self) -> int:
        """Of all together."""
        return int(self.counts["attempts"].sum())

    def names(self, by: str) -> list[str]:
        """The lines beside the total's: the busiest first, then those who share one, then not told."""
        if by == "total":
            return []
        busy = self.busiest(by)
        known = [name for name in busy if name is not None]
        more = [OTHERS] if len(known) > MOST_LINES else []
        return [*known[:MOST_LINES], *more, *([NOT_TOLD] if None in busy else [])]

    def series(self, by: str) -> list[str]:
        """All lines, the total's first."""
        return [TOTAL, *self.names(by)]

    def others(self, by: str) -> list[str]:
        """Those who share a line."""
        return [] if by == "total" else [name for name in self.busiest(by) if name is not None][MOST_LINES:]

    def busiest(self, by: str) -> list[str | None]:
        """Who has traffic, the most first; null, if any, is no one's."""
        if by not in self._ranked:
            self._ranked[by] = self._rank(by)
        return self._ranked[by]

    def _rank(self, by: str) -> list[str | None]:
        counted = (
            {"attempts"}
            if by in self.of_calls
            else {"attempts", "seizures"}.intersection(self.counts.columns)
        )
        traffic = pl.sum_horizontal(sorted(counted))
        ranked = self.counts.group_by(by).agg(traffic=traffic.sum()).filter(pl.col("traffic") > 0)
        return ranked.sort(-pl.col("traffic"), by, nulls_last=True)[by].to_list()

    def labels(self, by: str) -> dict[str, str]:
        """What readers see for the names that are of no one."""
        return {TOTAL: tr("Total"), NOT_TOLD: tr("not told"), OTHERS: _more(by, len(self.others(by)))}

    def line(self, by: str) -> pl.Expr:
        """The line to which a row with the column `by` belongs."""
        if by == "total":
            return pl.lit(TOTAL)
        own = [name for name in self.names(by) if name not in {OTHERS, NOT_TOLD}]
        named = pl.when(pl.col(by).is_in(own)).then(pl.col(by)).otherwise(pl.lit(OTHERS))
        return pl.when(pl.col(by).is_null()).then(pl.lit(NOT_TOLD)).otherwise(named)


def _more(by: str, count: int) -> str:
    if by == "carrier":
        words = trn("{count} more carrier", "{count} more carriers", count)
    elif by == "customer":
        words = trn("{count} more customer", "{count} more customers", count)
    else:
        words = trn("{count} more destination", "{count} more destinations", count)
    return words.format(count=count)

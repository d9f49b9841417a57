"""What each call costs: exact, for millions of calls in one pass, on as many decks as there are.

Every record whose owner has a deck gets its destination and prefix, and the deck's currency. Talk of no whole
second costs 0. Talk without a price is unrated, never 0, and says why (`tables.UNRATED`).
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from tollbook.account import number_rules
from tollbook.billing.decks import RATES, Deck, Side
from tollbook.billing.formula import BILLED_S, TALK_S, deck_terms, integers_for, price
from tollbook.billing.prefixes import DIGITS, MOST_DECKS, NONE, PrefixIndex
from tollbook.errors import TollbookError
from tollbook.money import MONEY

AT_ONCE: Final = 250_000
"""Records worked on together: few enough to stay in the processor's cache."""


def rate_calls(calls: pl.LazyFrame, decks: Mapping[str, Deck]) -> pl.LazyFrame:
    """Calls with destination, prefix, billed_s, charge, currency and unrated by the deck of their customer."""
    return _rate(calls, decks, "customer", "charge")


def rate_seizures(seizures: pl.LazyFrame, decks: Mapping[str, Deck]) -> pl.LazyFrame:
    """Seizures with destination, prefix, billed_s, cost, currency and unrated by the deck of their carrier."""
    return _rate(seizures, decks, "carrier", "cost")


def _rate(records: pl.LazyFrame, decks: Mapping[str, Deck], side: Side, priced: str) -> pl.LazyFrame:
    tariff = Tariff(decks, side, priced)
    talk_ms = pl.when(pl.col("answered_at").is_not_null()).then("talk_ms").fill_null(0).clip(0)
    have = records.collect_schema().names()
    bare = records.drop(tariff.schema.names(), strict=False)
    if decks:
        needed = pl.struct(pl.col(side).alias("owner"), "called", "started_at", talk_ms)
        rated = needed.map_batches(tariff.rate, return_dtype=pl.Struct(tariff.schema), is_elementwise=True)
        full = bare.with_columns(_rated=rated).unnest("_rated")
    else:
        # Nothing to look up: a first import of millions of calls need not wait for it.
        nothing = [pl.lit(None, dtype).alias(name) for name, dtype in tariff.schema.items()]
        reason = pl.when(pl.col(side).is_null()).then(pl.lit(f"no_{side}")).otherwise(pl.lit("no_deck"))
        full = bare.with_columns(nothing).with_columns(unrated=pl.when(talk_ms > 0).then(reason))
    return full.select(*have, *(name for name in tariff.schema if name not in have))


class Tariff:
    """All decks of one side, laid out for rating."""

    def __init__(self, decks: Mapping[str, Deck], side: Side, priced: str) -> None:
        if len(decks) > MOST_DECKS:
            raise TollbookError(f"{len(decks)} {side} decks: at most {MOST_DECKS} can be rated at once")
        rows = _rows_of(decks)
        self._side, self._price = side, priced
        self._normalised = _normalised(decks)
        self._owners = pl.Enum(list(decks))
        self._terms = pl.DataFrame(
            [{"currency": deck.currency, **deck_terms(deck)} for deck in decks.values()],
            schema={
                "currency": pl.String,
                **dict.fromkeys(("added_ms", "step", "divisor", "added"), pl.Int64),
            },
        )
        self._index = PrefixIndex.of(rows)
        prices = pl.col("rate_per_min", "connect_fee").to_physical()
        whole = rows.select("prefix", "destination", "initial_increment_s", "increment_s", "blocked", prices)
        self._dearest = whole.select(pl.col("rate_per_min", "connect_fee").max().fill_null(0)).row(0)
        narrow = integers_for(*self._dearest, billed_s=0)
        self._rows = whole.with_columns(pl.col("rate_per_min", "connect_fee").cast(narrow))

    @property
    def schema(self) -> pl.Schema:
        """What rating gives."""
        return pl.Schema(
            {
                "destination": pl.String(),
                "prefix": pl.String(),
                "billed_s": pl.Int64(),
                self._price: MONEY,
                "currency": pl.String(),
                "unrated": pl.String(),
            }
        )

    def rate(self, batch: pl.Series) -> pl.Series:
        """For a struct of owner, called, started_at and talk_ms, one of what rating gives."""
        records = batch.struct.unnest()
        if self._normalised is not None:
            records = records.with_columns(called=self._normalised)
        slices = (records.slice(at, AT_ONCE) for at in range(0, max(len(records), 1), AT_ONCE))
        return pl.concat([self._rated(part) for part in slices]).to_struct(batch.name)

    def _rated(self, records: pl.DataFrame) -> pl.DataFrame:
        deck = records["owner"].cast(self._owners, strict=False).to_physical().cast(pl.Int64).alias("deck")
        row = self._row_of(records.with_columns(deck))
        together = [
            records,
            self._terms.select(pl.all().gather(deck)),
            self._rows.select(pl.all().gather(row)),
        ]
        return self._priced(pl.concat(together, how="horizontal")).select(self.schema.names())

    def _row_of(self, records: pl.DataFrame) -> pl.Series:
        """The deck row of each record; null where its owner has no deck, or the deck no row for it."""
        digits = pl.col("called").str.slice(0, DIGITS)
        unsigned = digits >= "0"  # a leading + or - would be read as a number too
        numbers = records.select(
            "deck",
            value=pl.when(unsigned).then(digits.cast(pl.Int64, strict=False)),
            length=digits.str.len_bytes().cast(pl.Int64),
            at_us=pl.col("started_at").dt.timestamp("us"),
            place=pl.int_range(pl.len()),
        ).drop_nulls()
        *number, place = (column.to_numpy() for column in numbers)
        found = self._index.find(*number)
        if len(found) == len(records):
            rows = found
        else:
            rows = np.full(len(records), NONE)
            rows[place] = found
        row = pl.Series("row", rows)
        return row.set(row == NONE, None)

    def _priced(self, records: pl.DataFrame) -> pl.DataFrame:
        """Records with billed_s and price, or why they have none; all three null without talk and deck."""
        timed = records.with_columns(talk_s=TALK_S).with_columns(
            self._why_unrated(), BILLED_S.alias("billed_s")
        )
        longest = timed["billed_s"].max()
        whole = integers_for(*self._dearest, billed_s=longest if isinstance(longest, int) else 0)
        free = (pl.col("talk_s") == 0) & pl.col("currency").is_not_null()
        due = (pl.col("talk_s") > 0) & pl.col("unrated").is_null()
        return timed.with_columns(
            pl.when(due).then("billed_s").when(free).then(0).alias("billed_s"),
            pl.when(due).then(price(whole)).when(free).then(pl.lit(0, MONEY)).alias(self._price),
        )

    def _why_unrated(self) -> pl.Expr:
        reasons = {
            f"no_{self._side}": pl.col("owner").is_null(),
            "no_deck": pl.col("currency").is_null(),
            "no_rate": pl.col("prefix").is_null(),
            "blocked": pl.col("blocked"),
        }
        known = pl.Enum(list(reasons))  # numbers until the last step: half the time of choosing among texts
        found = pl.coalesce(pl.when(true).then(pl.lit(reason, known)) for reason, true in reasons.items())
        return pl.when(pl.col("talk_s") > 0).then(found).cast(pl.String).alias("unrated")


def _normalised(decks: Mapping[str, Deck]) -> pl.Expr | None:
    """What was called as each owner's rules write it; null where nobody has any. Owners of the same rules are one case."""
    owners: dict[str, list[str]] = {}
    for owner, deck in decks.items():
        if deck.number_rules:
            owners.setdefault(deck.number_rules, []).append(owner)
    called = pl.col("called")
    cases = [
        pl.when(pl.col("owner").is_in(which) & called.str.starts_with(rule.start)).then(
            pl.lit(rule.instead) + called.str.slice(len(rule.start))
        )
        for text, which in owners.items()
        for rule in number_rules.parse(text)
    ]
    return pl.coalesce(*cases, called) if cases else None


def _rows_of(decks: Mapping[str, Deck]) -> pl.DataFrame:
    """The rows of all decks under the number of their deck, sorted as the index wants them."""
    numbered = [
        deck.rates.select(pl.lit(no, dtype=pl.Int64).alias("deck"), *RATES)
        for no, deck in enumerate(decks.values())
    ]
    rows = pl.concat(numbered) if numbered else pl.DataFrame(schema={"deck": pl.Int64, **RATES})
    return rows.sort("deck", "prefix", "effective_from", nulls_last=False)

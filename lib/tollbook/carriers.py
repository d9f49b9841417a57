"""Score cards: what each carrier delivers per destination, beside the other carriers and beside itself a week before.

Figures are those of `metrics`, of seizures. Two shares are called different only where a test says so: the test of
`certainty.chance`, with the chances of all rows of one comparison corrected together (`certainty.holm`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any, Final, Literal

import polars as pl

from tollbook.lake.store import Lake
from tollbook.metrics import certainty, compute, pdd_quantile
from tollbook.metrics import definitions as figures
from tollbook.metrics.groups import picked
from tollbook.money import minor_digits, round_to
from tollbook.tables import CODES, TRAFFIC

MINIMUM: Final = 100
"""Seizures of either side, below which nothing is said about a difference."""
SURE: Final = 0.05
"""Corrected chances below this are differences."""
MOST_CODES: Final = 3
"""Codes of failures that a card names."""
WEEK: Final = timedelta(days=7)

Verdict = Literal["higher", "lower", "same", "few", "alone"]
"""The ASR is higher or lower; no difference is shown; not enough calls; there is nothing to compare with."""

_COUNTED: Final = (
    *(figures.SEIZURES, figures.ANSWERS, figures.ASR, figures.NER, figures.ACD),
    *(figures.PDD, figures.SHORT_CALLS, figures.REROUTED),
)
_MONEY: Final = (figures.ANSWERS, figures.CHARGE, figures.COST, figures.MARGIN, figures.MARGIN_RATIO)
_ROW: Final = ("carrier", "destination")
Row = dict[str, Any]
Key = tuple[str | None, ...]


@dataclass(frozen=True)
class Asked:
    """Of which calls: a span [start, end) on quarters of an hour, and customers, where not all."""

    start: datetime
    end: datetime
    customers: Collection[str] | None = None

    def weeks_before(self) -> "Asked":
        """The same span as many whole weeks before as keep the two apart: one, unless it is longer than a week."""
        back = ceil((self.end - self.start) / WEEK) * WEEK
        return Asked(self.start - back, self.end - back, self.customers)


@dataclass(frozen=True)
class Against:
    """An ASR that a row's is compared with: its parts, the corrected chance, and what that means."""

    answers: int = 0
    seizures: int = 0
    chance: float | None = None
    verdict: Verdict = "alone"

    @property
    def asr(self) -> float | None:
        """Answers / seizures; null without seizures."""
        return self.answers / self.seizures if self.seizures else None


def score_cards(lake: Lake, asked: Asked, *, minimum: int = MINIMUM) -> list[Row]:
    """A row per carrier and destination, the most money at stake first, then the most seizures.

    A row has carrier, destination, seizures, answers; asr, ner, acd (s), pdd (ms), short_calls and rerouted with
    their parts; pdd_median and pdd_p95 (ms); `low` and `high`, the 95 % interval of asr; `codes`, the commonest of
    failures as (code, seizures); charge, cost, margin, margin_ratio, currency; `others` and `before` as `Against`;
    `at_stake`, an amount in the row's currency.

    The destination is that of the carrier's deck; of charges, that of the customer's. Amounts of several currencies
    are null, and so is a sum that not everything is known of.
    """
    rows = _rows(lake, asked, _ROW)
    then = {_key(row, _ROW): row for row in _counts(lake, asked.weeks_before(), _ROW)}
    _compare(rows, "others", [_others(row, rows) for row in rows], minimum)
    _compare(rows, "before", [_parts(then.get(_key(row, _ROW))) for row in rows], minimum)
    prices = _charge_per_answer(lake, asked)
    for row in rows:
        row["at_stake"] = at_stake(row, prices.get((row["destination"],)))
    return by_stake(rows)


def totals(lake: Lake, asked: Asked, cards: list[Row], *, minimum: int = MINIMUM) -> list[Row]:
    """A row per carrier over all destinations, the most seizures first, with the fields of `score_cards`.

    Carriers that serve other destinations have other ASRs, so instead of `others` there is `verdicts`: how many of
    its cards are higher, lower and so on. `at_stake` is the sum of its cards'.
    """
    rows = _rows(lake, asked, ("carrier",))
    then = {_key(row, ("carrier",)): row for row in _counts(lake, asked.weeks_before(), ("carrier",))}
    _compare(rows, "before", [_parts(then.get(_key(row, ("carrier",)))) for row in rows], minimum)
    for row in rows:
        own = [card for card in cards if card["carrier"] == row["carrier"]]
        verdicts = [card["others"].verdict for card in own]
        row["verdicts"] = {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)}
        amounts = {card["currency"] for card in own if card["at_stake"] is not None}
        sums = sum((card["at_stake"] or Decimal(0) for card in own), Decimal(0))
        row["at_stake"] = sums if amounts == {row["currency"]} else None
    return by_stake(rows)


def by_stake(rows: list[Row]) -> list[Row]:
    """The most money at stake first; amounts of two currencies are not compared: the busier currency comes first."""
    busy: dict[str | None, int] = {}
    for row in rows:
        busy[row["currency"]] = busy.get(row["currency"], 0) + row["seizures"]

    def place(row: Row) -> tuple[bool, int, Decimal, int]:
        told = row["at_stake"] is not None
        return told, busy[row["currency"]] if told else 0, row["at_stake"] or Decimal(0), row["seizures"]

    return sorted(rows, key=place, reverse=True)


def at_stake(row: Row, charge_per_answer: Fraction | None) -> Decimal | None:
    """What the calls would be charged by which a row differs: the larger of its two differences.

    A difference is |ASR - the other ASR| x seizures, in answers, x what an answered call to the destination is
    charged on average. Null where no test says that the row differs, or no such average is known.
    """
    gaps = [
        abs(Fraction(row["answers"], row["seizures"]) - Fraction(other.answers, other.seizures))
        for other in (row["others"], row["before"])
        if other.verdict in {"higher", "lower"}
    ]
    if not gaps or charge_per_answer is None or row["currency"] is None:
        return None
    amount = max(gaps) * row["seizures"] * charge_per_answer
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return round_to(exact, minor_digits(row["currency"]))


def _rows(lake: Lake, asked: Asked, by: tuple[str, ...]) -> list[Row]:
    """Every figure of the groups that have seizures, without comparisons."""
    money, codes, quantiles = _money(lake, asked, by), _failures(lake, asked, by), _quantiles(lake, asked, by)
    unknown: Row = dict.fromkeys(("pdd_median", "pdd_p95", "currency", *(m.name for m in _MONEY[1:])))
    rows = []
    for counts in _counts(lake, asked, by):
        key = _key(counts, by)
        low, high = certainty.wilson(counts["answers"], counts["seizures"]) or (None, None)
        more = {"low": low, "high": high, "codes": codes.get(key, [])}
        rows.append({**unknown, **counts, **more, **quantiles.get(key, {}), **money.get(key, {})})
    return rows


def _counts(lake: Lake, asked: Asked, by: tuple[str, ...]) -> list[Row]:
    found = compute(lake, _COUNTED, by, asked.start, asked.end, customers=asked.customers)
    rows = found.filter(pl.col("seizures") > 0).to_dicts()
    if lake.is_older(TRAFFIC):  # what was never counted is not 0
        rows = [{**row, "rerouted": None, "rerouted_numerator": None} for row in rows]
    return rows


def _money(lake: Lake, asked: Asked, by: tuple[str, ...]) -> dict[Key, Row]:
    """Amounts of the groups that have them in one currency."""
    found = compute(lake, _MONEY, by, asked.start, asked.end, customers=asked.customers)
    names = ("currency", *(metric.name for metric in _MONEY[1:]))
    single = found.drop_nulls("currency").filter(pl.len().over(by) == 1)
    return {_key(row, by): {name: row[name] for name in names} for row in single.to_dicts()}


def _charge_per_answer(lake: Lake, asked: Asked) -> dict[Key, Fraction]:
    """What an answered call to a destination is charged on average, of all carriers."""
    by = ("destination",)
    found = compute(
        lake, (figures.ANSWERS, figures.CHARGE), by, asked.start, asked.end, customers=asked.customers
    )
    single = found.drop_nulls(("currency", "charge")).filter(pl.len().over(by) == 1, pl.col("answers") > 0)
    return {_key(row, by): Fraction(row["charge"]) / row["answers"] for row in single.to_dicts()}


def _failures(lake: Lake, asked: Asked, by: tuple[str, ...]) -> dict[Key, list[tuple[int, int]]]:
    """The commonest final codes of seizures that were not answered, and how many each."""
    rows = picked(lake, CODES, asked.start, asked.end, customers=asked.customers)
    failed = rows.filter(pl.col("outcome") != "answered", pl.col("seizures") > 0, pl.col("sip_code") > 0)
    counted = failed.group_by(*by, "sip_code").agg(pl.col("seizures").sum()).collect()
    codes: dict[Key, list[tuple[int, int]]] = {}
    for row in counted.sort("seizures", "sip_code", descending=[True, False]).to_dicts():
        codes.setdefault(_key(row, by), []).append((row["sip_code"], row["seizures"]))
    return {key: found[:MOST_CODES] for key, found in codes.items()}


def _quantiles(lake: Lake, asked: Asked, by: tuple[str, ...]) -> dict[Key, Row]:
    """The median and the 95th percentile of PDD in ms."""
    found: dict[Key, Row] = {}
    for name, share in (("pdd_median", 0.5), ("pdd_p95", 0.95)):
        told = pdd_quantile(lake, share, by, asked.start, asked.end, customers=asked.customers)
        for row in told.to_dicts():
            found.setdefault(_key(row, by), {})[name] = row["pdd_ms"]
    return found


def _key(row: Mapping[str, Any], by: tuple[str, ...]) -> Key:
    return tuple(row[name] for name in by)


def _parts(row: Row | None) -> tuple[int, int]:
    return (row["answers"], row["seizures"]) if row else (0, 0)


def _others(row: Row, rows: list[Row]) -> tuple[int, int]:
    """Answers and seizures of all other carriers on the row's destination."""
    parts = [
        _parts(other)
        for other in rows
        if other["destination"] == row["destination"] and other["carrier"] != row["carrier"]
    ]
    return sum(part[0] for part in parts), sum(part[1] for part in parts)


def _compare(rows: list[Row], name: str, parts: list[tuple[int, int]], minimum: int) -> None:
    """Adds to each row what its ASR is compared with, and what the tests say of all of them together."""
    pairs = [(row["answers"], row["seizures"], *other) for row, other in zip(rows, parts, strict=True)]
    enough = [min(own, other) >= minimum for _, own, _, other in pairs]
    chances = [certainty.chance(*pair) if known else None for pair, known in zip(pairs, enough, strict=True)]
    for row, pair, corrected in zip(rows, pairs, certainty.holm(chances), strict=True):
        row[name] = Against(pair[2], pair[3], corrected, _verdict(pair, corrected))


def _verdict(pair: tuple[int, int, int, int], corrected: float | None) -> Verdict:
    answers, seizures, others, other_seizures = pair
    if not other_seizures:
        return "alone"
    if corrected is None:
        return "few"
    if corrected >= SURE:
        return "same"
    return "higher" if answers * other_seizures > others * seizures else "lower"

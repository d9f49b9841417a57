"""Every metric, defined once. To add one, write it here: commands, docs and its own test find it by its name."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import polars as pl

from tollbook.errors import UsageError, did_you_mean
from tollbook.metrics.metric import BUSY_US, INTERVAL_S, LIVE, Metric, Ratio, Sums, Worked

_TWO_HOURS: Final = (
    {"attempts": 100, "answers": 50, "talk_ms": 3_000_000},
    {"attempts": 10, "answers": 1, "talk_ms": 600_000},
)
# 200 x 40, 486 x 20, 480 x 10, 603 x 5, 404 x 5, 487 x 5, 503 x 10, 302 x 5
_HUNDRED_CODES: Final = {
    "attempts": 100,
    "answers": 40,
    "effective": 40 + 20 + 10 + 5 + 5,
    "sessions_effective": 40 + 20 + 10 + 5,
    "coded": 100,
    "redirects": 5,
    "ineffective": 10,
}
# Three calls: fails on A and answers on B, answers on A, fails on A and on B.
_REROUTED: Final = {"attempts": 3, "answers": 2}
_REROUTED_A: Final = {"seizures": 3, "seizure_answers": 1}
_REROUTED_B: Final = {"seizures": 2, "seizure_answers": 1}
_UNRATED: Final = ("unrated", "seizure_unrated")
_BUY_AND_SELL: Final[Sums] = {
    "charge": Decimal("0.0024"),
    "charged": 1,
    "cost": Decimal("0.005"),
    "costed": 1,
}


def _sum(column: str) -> Ratio:
    return Ratio(pl.col(column))


def _over(top: str, bottom: str) -> Ratio:
    return Ratio(pl.col(top), pl.col(bottom))


def _seconds(column: str) -> pl.Expr:
    # Polars multiplies by 0.001, and 2411816 ms become 2411.8160000000003 s.
    return (pl.col(column) / 1000).round(3)


def _not_redirected(all_tries: str, redirects: str) -> pl.Expr:
    return pl.col(all_tries) - pl.col(redirects)


ATTEMPTS = Metric(
    "attempts",
    "Attempts",
    "",
    None,
    "calls offered by customers; per carrier, those that it answered or was the last to be tried for",
    "ITU-T E.600",
    _sum("attempts"),
    (Worked((_REROUTED,), 3),),
)
ANSWERS = Metric(
    "answers",
    "Connected",
    "",
    "higher",
    "calls with an answer signal, even with 0 s of talk; of a carrier, its seizures answered",
    "ITU-T E.425",
    _sum("answers"),
    (Worked((_REROUTED,), 2), Worked((_REROUTED_A,), 1, per_carrier=True)),
    _sum("seizure_answers"),
)
SEIZURES = Metric(
    "seizures",
    "Seizures",
    "",
    None,
    "tries of calls on carriers' routes: a call that moves on from one carrier to the next has two",
    "ITU-T E.600",
    _sum("seizures"),
    (Worked((_REROUTED_A, _REROUTED_B), 3 + 2),),
)
ASR = Metric(
    "asr",
    "ASR",
    "%",
    "higher",
    "answers / attempts, a re-routed call counts once; of a carrier, its answers / its seizures",
    "ITU-T E.425",
    _over("answers", "attempts"),
    (
        Worked(_TWO_HOURS, (50 + 1) / (100 + 10)),
        Worked((_REROUTED,), 2 / 3),
        Worked((_REROUTED_A,), 1 / 3, per_carrier=True),
        Worked((_REROUTED_B,), 1 / 2, per_carrier=True),
        Worked((_HUNDRED_CODES,), 40 / 100),
        Worked(({},), None),
    ),
    _over("seizure_answers", "seizures"),
    scale=100,
)
ACD = Metric(
    "acd",
    "ACD",
    "s",
    "higher",
    "talk / answers (ALOC): only answered calls count; of a carrier, by its seizures",
    "ITU-T E.437",
    Ratio(_seconds("talk_ms"), pl.col("answers")),
    (Worked(_TWO_HOURS, (3000 + 600) / (50 + 1)), Worked(({"attempts": 7},), None)),
    Ratio(_seconds("seizure_talk_ms"), pl.col("seizure_answers")),
)
NER = Metric(
    "ner",
    "NER",
    "%",
    "higher",
    "(answers + busy + no answer + rejected by the user) / attempts, a cancelled ringing call (487) counts as no "
    "answer; of a carrier, by its seizures",
    "ITU-T E.425",
    _over("effective", "attempts"),
    (Worked((_HUNDRED_CODES,), 80 / 100),),
    _over("seizure_effective", "seizures"),
    scale=100,
)
SER = Metric(
    "ser",
    "SER",
    "%",
    "higher",
    "answers / (attempts - redirected with a 3xx); of a carrier, by its seizures",
    "RFC 6076",
    Ratio(pl.col("answers"), _not_redirected("attempts", "redirects")),
    (Worked((_HUNDRED_CODES,), 40 / (100 - 5)),),
    Ratio(pl.col("seizure_answers"), _not_redirected("seizures", "seizure_redirects")),
    scale=100,
)
SEER = Metric(
    "seer",
    "SEER",
    "%",
    "higher",
    "calls with 200, 480, 486, 600 or 603 / (calls whose code the source tells - redirected with a 3xx); of a "
    "carrier, by its seizures",
    "RFC 6076",
    Ratio(pl.col("sessions_effective"), _not_redirected("coded", "redirects")),
    (Worked((_HUNDRED_CODES,), 75 / (100 - 5)), Worked(({"attempts": 9, "answers": 4},), None)),
    Ratio(pl.col("seizure_sessions_effective"), _not_redirected("seizure_coded", "seizure_redirects")),
    scale=100,
)
ISA = Metric(
    "isa",
    "ISA",
    "%",
    "lower",
    "calls with 408, 500, 503 or 504 / calls whose code the source tells; of a carrier, by its seizures",
    "RFC 6076",
    _over("ineffective", "coded"),
    (Worked((_HUNDRED_CODES,), 10 / 100), Worked(({"attempts": 9},), None)),
    _over("seizure_ineffective", "seizure_coded"),
    scale=100,
)
PDD = Metric(
    "pdd",
    "PDD",
    "ms",
    "lower",
    "post-dial delay, INVITE to first ringing or progress: its sum / calls that have one; of a carrier, by its "
    "seizures",
    "ITU-T E.431",
    _over("pdd_ms", "pdd_calls"),
    (Worked(({"pdd_ms": 1500, "pdd_calls": 1}, {"pdd_ms": 3000, "pdd_calls": 2}), (1500 + 3000) / (1 + 2)),),
    _over("seizure_pdd_ms", "seizure_pdds"),
)
DTMF = Metric(
    "dtmf",
    "DTMF",
    "%",
    None,
    "answers with at least one digit / answers whose source tells digits; per carrier, by the calls it answered",
    "domain rule",
    _over("dtmf_answers", "dtmf_known"),
    (
        Worked(({"answers": 10, "dtmf_known": 8, "dtmf_answers": 2},), 2 / 8),
        Worked(({"answers": 9},), None),
    ),
    scale=100,
)
SHORT_CALLS = Metric(
    "short_calls",
    "Short calls",
    "%",
    "lower",
    "answers with talk of at most 6 s / answers; of a carrier, by its seizures",
    "domain rule",
    _over("short_answers", "answers"),
    (Worked(({"answers": 51, "short_answers": 3},), 3 / 51),),
    _over("seizure_short_answers", "seizure_answers"),
    scale=100,
)
REROUTED = Metric(
    "rerouted",
    "Re-routed",
    "%",
    None,
    "seizures that were not answered and after which the same call was tried once more / seizures",
    "domain rule",
    _over("rerouted", "seizures"),
    (
        # The call that fails on A and then answers on B, and the one that fails on A and then on B.
        Worked(({"seizures": 3, "rerouted": 2},), 2 / 3, per_carrier=True),
        Worked(({"seizures": 2},), 0.0, per_carrier=True),
        Worked(({},), None),
    ),
    scale=100,
)
TALK = Metric(
    "talk",
    "Duration",
    "s",
    None,
    "answer to release as the switch measured it; of a carrier, of its seizures",
    "domain rule",
    Ratio(_seconds("talk_ms")),
    (Worked(_TWO_HOURS, 3000 + 600),),
    Ratio(_seconds("seizure_talk_ms")),
)
MINUTES = Metric(
    "minutes",
    "Minutes",
    "min",
    None,
    "talk in minutes; of a carrier, of its seizures",
    "domain rule",
    Ratio(pl.col("talk_ms") / 60_000),
    (Worked(_TWO_HOURS, (3000 + 600) / 60),),
    Ratio(pl.col("seizure_talk_ms") / 60_000),
)
BILLED = Metric(
    "billed",
    "Billed duration",
    "s",
    None,
    "billed duration of calls by their customer's deck; of a carrier, of its seizures by the carrier's deck",
    "domain rule",
    Ratio(pl.col("billed_s"), known=("charged",)),
    (Worked(({"billed_s": 66, "charged": 1}, {"billed_s": 60, "charged": 1}), 66 + 60),),
    Ratio(pl.col("seizure_billed_s"), known=("costed",)),
)
CHARGE = Metric(
    "charge",
    "Customer charge",
    "money",
    None,
    "what customers pay for their rated calls; per carrier, for the calls it answered or was last tried for",
    "domain rule",
    Ratio(pl.col("charge"), known=("charged",)),
    (Worked((_BUY_AND_SELL,), Decimal("0.0024")), Worked(({"attempts": 1, "unrated": 1},), None)),
)
COST = Metric(
    "cost",
    "Cost",
    "money",
    None,
    "what carriers ask for their rated seizures",
    "domain rule",
    Ratio(pl.col("cost"), known=("costed",)),
    (Worked((_BUY_AND_SELL,), Decimal("0.005")),),
)
MARGIN = Metric(
    "margin",
    "Margin",
    "money",
    "higher",
    "charge - cost, the Customer Summary's profit, in one currency; null unless both are known of every call and "
    "seizure",
    "domain rule",
    Ratio(pl.col("charge") - pl.col("cost"), known=("charged", "costed"), missing=_UNRATED),
    (
        Worked((_BUY_AND_SELL,), Decimal("0.0024") - Decimal("0.005")),
        Worked(({"charged": 1},), None),
        Worked((_BUY_AND_SELL, {"seizures": 1, "seizure_unrated": 1}), None),
        Worked((_BUY_AND_SELL, {"attempts": 1, "unrated": 1}), None),
    ),
)
MARGIN_RATIO = Metric(
    "margin_ratio",
    "Margin %",
    "%",
    "higher",
    "(charge - cost) / charge, the Customer Summary's profit in percent",
    "domain rule",
    Ratio(pl.col("charge") - pl.col("cost"), pl.col("charge"), known=("charged", "costed"), missing=_UNRATED),
    (Worked(({"charge": Decimal(10), "charged": 1, "cost": Decimal(8), "costed": 1},), (10 - 8) / 10),),
    scale=100,
)
UNRATED = Metric(
    "unrated",
    "Unrated",
    "",
    "lower",
    "calls that should have a charge and have none; of a carrier, its seizures that should have a cost",
    "domain rule",
    _sum("unrated"),
    (Worked(({"attempts": 9, "unrated": 2},), 2),),
    _sum("seizure_unrated"),
)
CPS = Metric(
    "cps",
    "CPS",
    "1/s",
    None,
    "attempts / length of the interval in seconds, an average; of a carrier, its seizures / that length",
    "domain rule",
    _over("attempts", INTERVAL_S),
    (Worked(({"attempts": 1800, INTERVAL_S: 3600},), 1800 / 3600),),
    _over("seizures", INTERVAL_S),
)

CHANNELS = Metric(
    "channels",
    "Live channels",
    "",
    None,
    "the most calls in progress (start <= t < end, INVITE to release) at a minute's start; per carrier, of those that "
    "it answered or was the last to be tried for",
    "domain rule",
    _sum(LIVE),
    (Worked(({LIVE: 1}, {LIVE: 2}, {LIVE: 1}), 2),),
)
ERLANG = Metric(
    "erlang",
    "Erlang",
    "E",
    None,
    "busy seconds of calls in progress / length of the interval in seconds, exact; per carrier as for channels",
    "ITU-T E.600",
    # Polars multiplies by the reciprocal, so that the last digit is rounded back.
    Ratio((pl.col(BUSY_US) / 1_000_000).round(6), pl.col(INTERVAL_S)),
    # Three calls [0, 10), [5, 15), [10, 20), over 20 s.
    (Worked(({BUSY_US: 10_000_000}, {BUSY_US: 10_000_000}, {BUSY_US: 10_000_000, INTERVAL_S: 20}), 30 / 20),),
)

METRICS: Final = {m.name: m for m in list(globals().values()) if isinstance(m, Metric)}
"""Every metric by its name."""


def metric_named(name: str, known: Mapping[str, Metric] = METRICS) -> Metric:
    """The metric of that name, of those known.

    Raises:
        UsageError: there is none.
    """
    if name not in known:
        raise UsageError(f"unknown metric '{name}'{did_you_mean(name, known)}")
    return known[name]

"""What the demo's figures must be: counted by the generator from its own calls, before any of it is imported."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from tollbook.demo.calls import ANSWERED, Traffic
from tollbook.demo.network import INCIDENT
from tollbook.periods import iso_z

FILE: Final = "truth.json"

_ANSWERS: Final = (pl.col("code") == ANSWERED).sum().alias("answers")
_OF_CALLS: Final = (
    pl.len().alias("attempts"),
    _ANSWERS,
    pl.col("talk_ms").sum(),
    (pl.col("digits") > 0).sum().alias("dtmf_answers"),
)
_OF_TRIES: Final = (pl.len().alias("seizures"), _ANSWERS, pl.col("talk_ms").sum())


def truth(traffic: Traffic) -> dict[str, Any]:
    """Counts in total, per customer and its days, per carrier; the peak of channels; the incident."""
    calls = traffic.calls.with_columns(day=pl.from_epoch("start_us", "us").dt.date().cast(pl.String))
    tries = _with_talk(traffic)
    customers = _by("customer", calls, "told", *_OF_CALLS)
    for customer, figures in customers.items():
        figures["days"] = _counts("day", calls.filter(pl.col("customer") == customer), *_OF_CALLS)
    return {
        "seed": traffic.seed,
        "days": traffic.days,
        "calls_per_day": traffic.calls_per_day,
        "now": iso_z(traffic.now),
        "total": {**calls.select(_OF_CALLS).row(0, named=True), "seizures": tries.height},
        "customers": customers,
        "carriers": _by("carrier", tries, "code", *_OF_TRIES),
        "peak": _peak(calls),
        "incident": _incident(traffic, tries),
    }


def write_truth(figures: dict[str, Any], folder: Path) -> Path:
    """Write `truth.json` into the folder, whole or not at all."""
    path = folder / FILE
    aside = path.with_suffix(".tmp")
    aside.write_text(json.dumps(figures, indent=1) + "\n")
    aside.replace(path)
    return path


def _with_talk(traffic: Traffic) -> pl.DataFrame:
    talk = traffic.calls.select("call", "talk_ms")
    of_call = traffic.tries.join(talk, on="call", maintain_order="left")
    return of_call.with_columns(talk_ms=pl.when(pl.col("code") == ANSWERED).then("talk_ms").otherwise(0))


def _by(owner: str, rows: pl.DataFrame, code: str, *sums: pl.Expr) -> dict[str, dict[str, Any]]:
    """The sums of each owner, and how often each code came."""
    figures = _counts(owner, rows, *sums)
    for name, of_owner in figures.items():
        codes = rows.filter(pl.col(owner) == name).group_by(code).len().sort(code)
        of_owner["codes"] = {str(found): count for found, count in codes.iter_rows()}
    return figures


def _counts(key: str, rows: pl.DataFrame, *sums: pl.Expr) -> dict[str, dict[str, Any]]:
    counted = rows.group_by(key).agg(sums).sort(key)
    return {row.pop(key): row for row in counted.iter_rows(named=True)}


def _peak(calls: pl.DataFrame) -> dict[str, Any]:
    """Most calls in progress at once and since when: +1 at each start, -1 at each end, ends first."""
    at_us = np.concatenate([calls["end_us"].to_numpy(), calls["start_us"].to_numpy()])
    change = np.repeat([-1, 1], calls.height)
    order = np.lexsort((change, at_us))
    channels = np.cumsum(change[order])
    if not len(channels):
        return {"peak": 0, "at": None}
    highest = int(np.argmax(channels))
    return {"peak": int(channels[highest]), "at": _instant(int(at_us[order][highest]))}


def _incident(traffic: Traffic, tries: pl.DataFrame) -> dict[str, Any]:
    """The struck carrier's tries and answers within the incident's hours."""
    start_us, end_us = traffic.incident.start_us, traffic.incident.end_us
    struck = tries.filter(
        pl.col("carrier") == INCIDENT.carrier, pl.col("start_us").is_between(start_us, end_us, closed="left")
    )
    return {
        "carrier": INCIDENT.carrier,
        "from": _instant(start_us),
        "to": _instant(end_us),
        **struck.select(_OF_TRIES).row(0, named=True),
    }


def _instant(at_us: int) -> str:
    whole, fraction = divmod(at_us, 1_000_000)
    return iso_z(datetime.fromtimestamp(whole, UTC).replace(microsecond=fraction))

"""A Master.csv to import."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from bench.month import CARRIERS, CUSTOMERS, FIRST, SEED


def make(count: int, folder: Path) -> None:
    """A Master.csv of 21 columns, in UTC; a call has 1.3 rows on average, one for each carrier tried."""
    rng = np.random.default_rng(SEED + 2)
    tries = rng.choice((1, 2, 3), count, p=(0.78, 0.14, 0.08))
    call = np.repeat(np.arange(count), tries)[:count]
    last = np.append(call[1:] != call[:-1], True)
    answered = last & (rng.random(count) < 0.5)
    billsec = np.where(answered, rng.integers(1, 300, count), 0)
    raw = pl.DataFrame(
        {
            "no": np.arange(count), "call": call, "answered": answered, "billsec": billsec,
            "ringing": rng.integers(0, 20, count), "carrier": rng.integers(0, CARRIERS, count),
            "start": int(FIRST.timestamp()) + call // 8,
        }
    )  # fmt: skip
    _master(raw).write_csv(folder / "Master.csv", include_header=False, quote_style="never")


def _master(raw: pl.DataFrame) -> pl.DataFrame:
    src, dst = 390410000000 + pl.col("call") * 7 % 9999999, 442000000000 + pl.col("call") * 7919 % 999999999
    unique = pl.format('"{}.{}"', "start", "call")
    end = pl.col("start") + pl.col("ringing") + pl.col("billsec")
    carrier, customer = pl.col("carrier"), pl.col("call") % CUSTOMERS
    cells: Mapping[str, pl.Expr] = {
        "accountcode": pl.format('"c{}"', customer),
        "src": pl.format('"{}"', src),
        "dst": pl.format('"{}"', dst),
        "dcontext": pl.lit('"wholesale"'),
        "clid": pl.format('""""" <{}>"', src),
        "channel": pl.format('"SIP/c{}-{}"', customer, pl.col("no") + 10_000_000),
        "dstchannel": pl.format('"SIP/carrier{}-{}"', carrier, pl.col("no") + 10_000_000),
        "lastapp": pl.lit('"Dial"'),
        "lastdata": pl.format('"SIP/carrier{}/{},60"', carrier, dst),
        "start": _stamp(pl.col("start")),
        "answer": pl.when("answered").then(_stamp(pl.col("start") + pl.col("ringing"))).otherwise(pl.lit("")),
        "end": _stamp(end),
        "duration": pl.col("ringing") + pl.col("billsec"),
        "billsec": pl.col("billsec"),
        "disposition": pl.when("answered").then(pl.lit('"ANSWERED"')).otherwise(pl.lit('"NO ANSWER"')),
        "amaflags": pl.lit('"DOCUMENTATION"'),
        "uniqueid": pl.format('"{}.{}"', "start", pl.col("no")),
        "userfield": pl.lit('""'),
        "peeraccount": pl.lit('""'),
        "linkedid": unique,
        "sequence": pl.col("no"),
    }
    return raw.select(cell.alias(name) for name, cell in cells.items())


def _stamp(epoch_s: pl.Expr) -> pl.Expr:
    return pl.from_epoch(epoch_s).dt.strftime('"%Y-%m-%d %H:%M:%S"')

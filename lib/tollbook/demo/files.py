"""The traffic as a Kamailio writes it: acc_cdrs, missed_calls and acc, exported from PostgreSQL as CSV.

Times are UTC. As in a real export, an empty text is `""`, a refused call's CDR starts and ends with its
INVITE, an answered one's starts with the answer, and a row is written when what it tells of is over.
"""

from pathlib import Path
from typing import Final

import polars as pl

from tollbook.demo.calls import ANSWERED, Traffic
from tollbook.demo.network import CUSTOMERS

REASONS: Final = {
    200: "OK",
    404: "Not Found",
    408: "Request Timeout",
    480: "Temporarily Unavailable",
    484: "Address Incomplete",
    486: "Busy Here",
    487: "Request Terminated",
    500: "Server Internal Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    603: "Decline",
}
SWITCH: Final = "198.51.100.10"
HANDLED_IN_US: Final = 900
"""How long after a carrier's code the switch has noted it."""

_SECOND_US: Final = 1_000_000
_EMPTY: Final = pl.lit("")
_CALL_ID: Final = pl.format("{}-{}@{}", "start_us", "call", pl.lit(SWITCH)).alias("callid")
_CDR_COLUMNS: Final = (
    "id", "start_time", "end_time", "duration", "callid", "customer", "carrier", "src", "dst", "invite_ts",
    "pdd_ms", "sip_code", "attempts", "bye_by", "dtmf", "codec",
)  # fmt: skip
_ACC_COLUMNS: Final = (
    "id", "method", "from_tag", "to_tag", "callid", "sip_code", "sip_reason", "time", "time_s", "time_us", "src",
    "dst", "src_ip", "customer", "carrier",
)  # fmt: skip


def write(traffic: Traffic, folder: Path) -> list[Path]:
    """Write the three files; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "acc_cdrs": _cdrs(traffic.calls),
        "missed_calls": _missed_calls(traffic),
        "acc": _acc(traffic.calls),
    }
    paths = [folder / f"{name}.csv" for name in tables]
    for path, table in zip(paths, tables.values(), strict=True):
        table.write_csv(path)
    return paths


def _cdrs(calls: pl.DataFrame) -> pl.DataFrame:
    """A row per call."""
    begun_us = pl.coalesce("answer_us", "start_us")
    over_us = pl.when(pl.col("code") == ANSWERED).then("end_us").otherwise("start_us")
    return (
        calls.sort("end_us", "call")
        .with_row_index("id", 1)
        .select(
            "id",
            "customer",
            _CALL_ID,
            *_numbers(),
            start_time=_local(begun_us),
            end_time=_local(over_us),
            duration=_seconds(pl.col("talk_ms")),
            carrier=pl.col("carrier").fill_null(""),
            invite_ts=_epoch(pl.col("start_us")),
            pdd_ms=pl.col("pdd_ms").cast(pl.String).fill_null(""),
            sip_code="code",
            attempts="tries",
            bye_by=pl.col("bye_by").fill_null(""),
            dtmf="digits",
            codec=pl.col("codec").fill_null(""),
        )
        .select(_CDR_COLUMNS)
    )


def _missed_calls(traffic: Traffic) -> pl.DataFrame:
    """A row per try that was not answered."""
    of_call = traffic.calls.select("call", "caller", "called", call_us="start_us")
    failed = traffic.tries.filter(pl.col("code") != ANSWERED).join(of_call, on="call", maintain_order="left")
    return _transactions(
        failed.select(
            "call", "customer", "carrier", "caller", "called", "seizure",
            start_us="call_us", method=pl.lit("INVITE"), code="code", at_us=pl.col("end_us") + HANDLED_IN_US,
        )
    )  # fmt: skip


def _acc(calls: pl.DataFrame) -> pl.DataFrame:
    """A row per INVITE with the code that the customer got, and one per BYE."""
    answered = pl.col("code") == ANSWERED
    invites = _transaction_of(calls, "INVITE", pl.col("told"), pl.coalesce("answer_us", "end_us"))
    byes = _transaction_of(calls.filter(answered), "BYE", pl.lit(ANSWERED, pl.Int64), pl.col("end_us"))
    return _transactions(pl.concat([invites, byes]))


def _transaction_of(calls: pl.DataFrame, method: str, code: pl.Expr, at_us: pl.Expr) -> pl.DataFrame:
    return calls.select(
        "call", "customer", "carrier", "caller", "called", "start_us",
        seizure="tries", method=pl.lit(method), code=code, at_us=at_us,
    )  # fmt: skip


def _transactions(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of acc or missed_calls, in the order in which they were written."""
    at_us = pl.col("at_us")
    # The switch's own refusals carry no tag of a far side.
    tagged = pl.col("carrier").is_not_null() & ((pl.col("code") != 500) | (pl.col("method") != "INVITE"))  # noqa: PLR2004 - SIP's 500
    return (
        rows.sort("at_us", "call", "method", descending=[False, False, True])
        .with_row_index("id", 1)
        .select(
            "id",
            "method",
            "customer",
            _CALL_ID,
            *_numbers(),
            from_tag=pl.format("t{}", "call"),
            to_tag=pl.when(tagged).then(pl.format("{}{}-{}", "carrier", "call", "seizure")).otherwise(_EMPTY),
            sip_code="code",
            sip_reason=pl.col("code").replace_strict(REASONS, return_dtype=pl.String),
            time=_local(at_us),
            time_s=at_us // _SECOND_US,
            time_us=at_us % _SECOND_US,
            src_ip=pl.col("customer").replace_strict({c.id: c.source_ip for c in CUSTOMERS}),
            carrier=pl.col("carrier").fill_null(""),
        )
        # A BYE names the far side's contact, not the number that was called.
        .with_columns(dst=pl.when(pl.col("method") == "INVITE").then("dst").otherwise(_EMPTY))
        .select(_ACC_COLUMNS)
    )


def _numbers() -> tuple[pl.Expr, pl.Expr]:
    return pl.col("caller").cast(pl.String).alias("src"), pl.col("called").cast(pl.String).alias("dst")


def _local(at_us: pl.Expr) -> pl.Expr:
    """`2026-11-23 01:34:41`, whole seconds."""
    return pl.from_epoch(at_us // _SECOND_US, "s").dt.strftime("%Y-%m-%d %H:%M:%S")


def _epoch(at_us: pl.Expr) -> pl.Expr:
    """`1795397681.579089`."""
    fraction = (at_us % _SECOND_US).cast(pl.String).str.zfill(6)
    return pl.format("{}.{}", at_us // _SECOND_US, fraction)


def _seconds(ms: pl.Expr) -> pl.Expr:
    """Seconds as PostgreSQL prints a double: `1.47`, `12`."""
    fraction = (ms % 1000).cast(pl.String).str.zfill(3)
    return pl.format("{}.{}", ms // 1000, fraction).str.strip_chars_end("0").str.strip_chars_end(".")

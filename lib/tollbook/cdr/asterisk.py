"""Asterisk: Master.csv of cdr_csv (16 to 21 columns, no header) and of cdr_custom's default order.

A row is one leg or one try, not a call: the rows of a call share its `linkedid`. A row with a
`dstchannel` is a try on that channel's peer; the closing row without one carries the dial plan's last
application, and its Hangup cause is what the customer was told. Times are whole seconds without a zone;
`uniqueid` begins with an epoch second, which proves the zone. The switch writes no SIP code; the one
here is what Asterisk sends for the cause (its own table, `hangup_cause2sip`).
"""

import re
from collections.abc import Mapping
from typing import Final

import polars as pl

from tollbook.cdr.format import Format, Layout, Sample, Zone
from tollbook.cdr.numbers import digits, raw_if_different
from tollbook.cdr.outcomes import ASTERISK_SIP, outcome_of_sip
from tollbook.tables import INSTANT, Dtype

_BASE: Final = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata",
    "start", "answer", "end", "duration", "billsec", "disposition", "amaflags",
)  # fmt: skip
_NEW: Final = ("peeraccount", "linkedid", "sequence")
_CUSTOM: Final = (
    "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
    "end", "duration", "billsec", "disposition", "amaflags", "accountcode", "uniqueid", "userfield", "sequence",
)  # fmt: skip
_COLUMNS: Final = {
    "asterisk-16": _BASE,
    "asterisk-17-uniqueid": (*_BASE, "uniqueid"),
    "asterisk-17-userfield": (*_BASE, "userfield"),
    "asterisk-18": (*_BASE, "uniqueid", "userfield"),
    "asterisk-19": (*_BASE, *_NEW),
    "asterisk-20-uniqueid": (*_BASE, "uniqueid", *_NEW),
    "asterisk-20-userfield": (*_BASE, "userfield", *_NEW),
    "asterisk-21": (*_BASE, "uniqueid", "userfield", *_NEW),
    "asterisk-custom": _CUSTOM,
}
_DISPOSITIONS: Final = ("ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION", "CANCEL")
_UNIQUE: Final = re.compile(r"^(.*-)?\d{9,10}\.\d+$")
_STAMP: Final = r"^[12]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d$"
_STAMP_FORMAT: Final = "%Y-%m-%d %H:%M:%S"

_OUTCOME_OF_DISPOSITION: Final = {
    "ANSWERED": "answered", "BUSY": "busy", "CONGESTION": "congestion", "FAILED": "failed",
    "CANCEL": "cancelled", "NO ANSWER": "no_answer",
}  # fmt: skip
_SIP_OF_APP: Final = {"Busy": 486, "Congestion": 503}
_SIP_OF_DISPOSITION: Final = {"BUSY": 486, "CONGESTION": 503, "FAILED": 500, "CANCEL": 487}
_NO_CAUSE_SIP: Final = 603
_ZERO_YEAR: Final = 1970
_QUARTER_S: Final = 900
_LATE_S: Final = 2
_FARTHEST_QUARTERS: Final = 14 * 4
"""No zone is farther from UTC than 14 hours."""

_NUMBERS: Final = ("caller", "called", "caller_raw", "called_raw")
_TALKED: Final = pl.col("answered") & (pl.col("app") != "Local")
"""An answered row that repeats no other: the Local channel's own leg has a row too."""
_ANSWERED_AT: Final = pl.col("ended_at") - pl.duration(seconds="talk_s")

_TYPES: Final[dict[str, Dtype]] = {
    "call_id": pl.String, "customer": pl.String, "caller": pl.String, "called": pl.String,
    "caller_raw": pl.String, "called_raw": pl.String,
    "carrier": pl.String, "started_at": INSTANT, "duration_s": pl.Int64, "talk_s": pl.Int64,
    "disposition": pl.String, "app": pl.String, "cause": pl.Int32, "patience_s": pl.Int64,
    "sequence": pl.Int64,
}  # fmt: skip


def peer_of_channel(channel: pl.Expr) -> pl.Expr:
    """The peer of `SIP/alpha-0000001b` or `PJSIP/alpha-0000001b`: `alpha`; a channel of another form as it is."""
    peer = channel.str.extract(r"^[^/]+/(.+)-[0-9a-f]{8}(?:;\d)?$")
    return pl.coalesce(peer, channel.replace("", None))


def _layout(name: str, columns: tuple[str, ...]) -> Layout:
    at = {column: i for i, column in enumerate(columns)}

    def fits(row: tuple[str, ...]) -> bool:
        return (
            row[at["disposition"]] in _DISPOSITIONS
            and re.match(_STAMP, row[at["start"]]) is not None
            and ("uniqueid" not in at or _UNIQUE.match(row[at["uniqueid"]]) is not None)
            and ("userfield" not in at or _UNIQUE.match(row[at["userfield"]]) is None)
        )

    def recognise(sample: Sample) -> bool:
        """Most rows fit: some may be bad."""
        rows = [row for row in sample.rows if len(row) == len(columns)]
        return 2 * sum(map(fits, rows)) > len(sample.rows)

    identity = next((c for c in ("linkedid", "uniqueid") if c in at), None)
    return Layout(
        name=name,
        recognise=recognise,
        record=lambda zone: _record(zone, at, identity),
        columns=columns,
        rules=_rules(identity),
        local_times=True,
        local_time=_local("start"),
        zone_proof=_zone_proof(identity) if identity else None,
    )


def _local(column: str) -> pl.Expr:
    return pl.col(column).str.to_datetime(_STAMP_FORMAT, time_unit="us", strict=False)


def _rules(identity: str | None) -> dict[str, pl.Expr]:
    seconds = pl.col("duration").cast(pl.Int64, strict=False), pl.col("billsec").cast(pl.Int64, strict=False)
    known = pl.col(identity).is_not_null() & (pl.col(identity) != "") if identity else pl.lit(value=True)
    numbers = pl.concat_str(pl.col("src").fill_null(""), pl.lit(" "), pl.col("dst").fill_null(""))
    return {
        "bad_disposition": pl.col("disposition").is_in(_DISPOSITIONS),
        "bad_time": _local("start").is_not_null() & (_local("start").dt.year() > _ZERO_YEAR),
        "bad_number": seconds[0].is_not_null() & seconds[1].is_not_null(),
        "negative_duration": (seconds[0] >= 0) & (seconds[1] >= 0),
        "end_before_start": seconds[1] <= seconds[0],
        "no_call_id": known,
        "scientific_notation": ~numbers.str.contains("E+", literal=True),
    }


def _zone_proof(identity: str) -> pl.Expr:
    """Minutes that `start` is ahead of the epoch second in the id, where that is a whole quarter of an hour."""
    epoch = pl.col(identity).str.extract(r"(\d{9,10})\.\d+$").cast(pl.Int64)
    ahead = _local("start").dt.epoch("s") - epoch
    quarter = (ahead / _QUARTER_S).round().cast(pl.Int64)
    exact = (ahead - quarter * _QUARTER_S).abs() <= _LATE_S
    return pl.when(exact & (quarter.abs() <= _FARTHEST_QUARTERS)).then(quarter * 15)


def _record(zone: Zone, at: Mapping[str, int], identity: str | None) -> dict[str, pl.Expr]:
    is_local = pl.col("dstchannel").str.starts_with("Local/")
    return {
        "call_id": pl.col(identity)
        if identity
        else pl.format("{}@{}", "channel", pl.col("start").str.slice(0, 10)),
        "customer": pl.col("accountcode").replace("", None),
        "caller": digits(pl.col("src")),
        "called": digits(pl.col("dst")),
        "caller_raw": raw_if_different(pl.col("src")),
        "called_raw": raw_if_different(pl.col("dst")),
        "carrier": pl.when(~is_local).then(peer_of_channel(pl.col("dstchannel"))),
        "started_at": zone.to_utc(_local("start"), _zone_proof(identity) if identity else None),
        "duration_s": pl.col("duration").cast(pl.Int64, strict=False),
        "talk_s": pl.col("billsec").cast(pl.Int64, strict=False),
        "disposition": pl.col("disposition"),
        "app": pl.when(is_local).then(pl.lit("Local")).otherwise("lastapp"),
        "cause": pl.when(pl.col("lastapp") == "Hangup").then(pl.col("lastdata").cast(pl.Int32, strict=False)),
        "patience_s": pl.when(pl.col("lastapp") == "Dial").then(
            pl.col("lastdata").str.extract(r"^[^,]*,(\d+)").cast(pl.Int64, strict=False)
        ),
        "sequence": pl.col("sequence").cast(pl.Int64, strict=False) if "sequence" in at else pl.lit(None),
    }


def _assemble(records: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Most calls are told by one row: only rows that may share their id with another need grouping.

    A hash that two ids have in common sends both of them to the grouping, which goes by the id itself.
    """
    rows = records.with_columns(
        ended_at=pl.col("started_at") + pl.duration(seconds="duration_s"),
        answered=pl.col("disposition") == "ANSWERED",
        order=pl.coalesce("sequence", "record_no"),
        shared=pl.col("call_id").hash().is_duplicated(),
    )
    alone, shared = rows.filter(~pl.col("shared")), rows.filter("shared")
    calls = pl.concat([alone.select(_call_of_row()), shared.group_by("call_id").agg(*_call_of_rows())])
    order = pl.col("order").rank("ordinal").over("call_id").cast(pl.Int32)
    tries = pl.concat([alone.with_columns(seizure=pl.lit(1, pl.Int32)), shared.with_columns(seizure=order)])
    return _calls(calls), _seizures(tries)


def _call_of_rows() -> list[pl.Expr]:
    """What several rows of a call say together. Talk of several answered rows (a transfer) adds up."""
    carrier = pl.col("carrier").is_not_null()
    return [
        _first("customer", pl.col("customer").is_not_null()),
        *(_first(name) for name in _NUMBERS),
        pl.coalesce(_first("carrier", _TALKED & carrier), _last("carrier", carrier)).alias("carrier"),
        pl.col("started_at").min(),
        _ANSWERED_AT.filter(_TALKED).min().alias("answered_at"),
        pl.col("ended_at").max(),
        pl.col("talk_s").filter(_TALKED).sum(),
        _last("app"),
        _last("cause"),
        _last("disposition"),
        (_last("duration_s") < _last("patience_s")).alias("impatient"),
        pl.len().cast(pl.Int32).alias("records"),
    ]


def _call_of_row() -> list[pl.Expr]:
    """The same of the only row of a call."""
    return [
        *(pl.col(name) for name in ("call_id", "customer", *_NUMBERS, "carrier", "started_at")),
        pl.when(_TALKED).then(_ANSWERED_AT).alias("answered_at"),
        pl.col("ended_at"),
        pl.when(_TALKED).then("talk_s").otherwise(0).alias("talk_s"),
        *(pl.col(name) for name in ("app", "cause", "disposition")),
        (pl.col("duration_s") < pl.col("patience_s")).alias("impatient"),
        pl.lit(1, pl.Int32).alias("records"),
    ]


def _calls(grouped: pl.LazyFrame) -> pl.LazyFrame:
    coded = grouped.with_columns(q850=pl.col("cause").replace(0, None), sip_code=_call_sip())
    return coded.select(
        "call_id",
        "customer",
        "carrier",
        *_NUMBERS,
        "started_at",
        "answered_at",
        "ended_at",
        (pl.col("talk_s") * 1000).alias("talk_ms"),
        pl.lit(None, pl.Int64).alias("pdd_ms"),
        "sip_code",
        "q850",
        outcome_of_sip(pl.col("sip_code")).alias("outcome"),
        "records",
    )


def _seizures(tries: pl.LazyFrame) -> pl.LazyFrame:
    """One seizure per row that has a carrier; its SIP code is known only where it was answered."""
    by_disposition = pl.col("disposition").replace_strict(_OUTCOME_OF_DISPOSITION, return_dtype=pl.String)
    return tries.filter(pl.col("carrier").is_not_null()).select(
        "call_id",
        "seizure",
        "customer",
        "carrier",
        *_NUMBERS,
        "started_at",
        pl.when("answered").then(_ANSWERED_AT).alias("answered_at"),
        "ended_at",
        pl.when("answered").then(pl.col("talk_s") * 1000).otherwise(0).alias("talk_ms"),
        pl.when("answered").then(pl.lit(200, pl.Int32)).alias("sip_code"),
        by_disposition.alias("outcome"),
        pl.lit(1, pl.Int32).alias("records"),
    )


def _first(column: str, where: pl.Expr | None = None) -> pl.Expr:
    if where is None:
        return pl.col(column).min_by("order")
    return pl.col(column).filter(where).min_by(pl.col("order").filter(where))


def _last(column: str, where: pl.Expr | None = None) -> pl.Expr:
    if where is None:
        return pl.col(column).max_by("order")
    return pl.col(column).filter(where).max_by(pl.col("order").filter(where))


def _call_sip() -> pl.Expr:
    """What the caller was told: by the last application, its Hangup cause, or how its Dial ended.

    A Dial that ends the call unanswered before its own time ran out was cancelled by the caller (487).
    """
    of_cause = pl.col("cause").replace_strict(ASTERISK_SIP, default=_NO_CAUSE_SIP, return_dtype=pl.Int32)
    impatient = (pl.col("app") == "Dial") & pl.col("impatient").fill_null(value=True)
    gave_up = pl.when(impatient).then(487).otherwise(480).cast(pl.Int32)
    return (
        pl.when(pl.col("answered_at").is_not_null())
        .then(pl.lit(200, pl.Int32))
        .when(pl.col("cause").is_not_null())
        .then(of_cause)
        .when(pl.col("app").is_in(list(_SIP_OF_APP)))
        .then(pl.col("app").replace_strict(_SIP_OF_APP, default=None, return_dtype=pl.Int32))
        .when(pl.col("disposition") == "NO ANSWER")
        .then(gave_up)
        .otherwise(
            pl.col("disposition").replace_strict(_SIP_OF_DISPOSITION, default=None, return_dtype=pl.Int32)
        )
    )


FORMAT: Final = Format(
    name="asterisk",
    description="Asterisk Master.csv of cdr_csv (16 to 21 columns) and of cdr_custom's default order",
    schema=pl.Schema(_TYPES),
    layouts=tuple(_layout(name, columns) for name, columns in _COLUMNS.items()),
    assemble=_assemble,
)

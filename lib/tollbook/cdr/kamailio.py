"""Kamailio: acc_cdrs, missed_calls and acc as CSV, db_flatstore or acc_json's lines, and rtpengine's DTMF log.

Import the files of a time together: acc_cdrs gives the calls, missed_calls the failed tries on carriers, acc
the code that the customer was told, the DTMF log digits sent in RTP. Rows without their CDR in the same
import tell no call; importing them again beside it does no harm. Two CDRs of one call-id and INVITE time are
one call. Without acc, a carrier's 503 in the CDR is told as 500, as Kamailio does by default.

Times are epoch seconds wherever the file has them (`invite_ts`, `time_s`, `time_us`); they prove the zone of
the local ones beside them.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import polars as pl

from tollbook.cdr import rules
from tollbook.cdr.columns import epoch, instant, local, milliseconds, mostly, schema, text, whole
from tollbook.cdr.format import UTC_ZONE, Format, Layout, Sample, Zone
from tollbook.cdr.kamailio_calls import assemble
from tollbook.tables import INSTANT

_SCHEMA: Final = schema(
    told=pl.String,
    call_id=pl.String,
    customer=pl.String,
    carrier=pl.String,
    caller=pl.String,
    called=pl.String,
    started_at=INSTANT,
    begun_at=INSTANT,
    at=INSTANT,
    talk_ms=pl.Int64,
    pdd_ms=pl.Int64,
    sip_code=pl.Int32,
    digits=pl.Int32,
    codec=pl.String,
    mark=pl.String,
)
"""`told`: call, branch, reply, event (reply or branch) or digit; `begun_at`: the CDR's start_time; `at`: when
the record was made; `mark`: what tells two records of the same moment apart."""

FLAT_CDRS: Final = (
    "start_time", "end_time", "duration", "callid", "customer", "carrier", "src", "dst", "invite_ts", "pdd_ms",
    "sip_code", "attempts", "bye_by", "dtmf", "codec",
)  # fmt: skip
"""Order of `cdr_extra` by which a headerless acc_cdrs is known."""

FLAT_ACC: Final = (
    "method", "from_tag", "to_tag", "callid", "sip_code", "sip_reason", "time", "time_s", "time_us", "src", "dst",
    "src_ip", "customer", "carrier",
)  # fmt: skip
"""Order of `db_extra`, with `time_mode=1`, by which headerless acc and missed_calls are known."""

_QUARTER_S: Final = 900
_CUT_S: Final = 2

_CALL_ID: Final = text("callid", "call_id")
_FROM: Final = text("src", "src_user", "caller")
_TO: Final = text("dst", "dst_user", "dst_ouser", "called")
_PARTIES: Final = {
    "call_id": _CALL_ID,
    "customer": text("customer"),
    "carrier": text("carrier"),
    "caller": _FROM,
    "called": _TO,
}


def _cdr_record(zone: Zone) -> dict[str, pl.Expr]:
    begun = instant(text("start_time"), zone)
    return {
        **_PARTIES,
        "told": pl.lit("call"),
        "started_at": pl.coalesce(epoch(text("invite_ts")), begun),
        "begun_at": begun,
        "at": instant(text("end_time"), zone),
        "talk_ms": milliseconds(text("duration")),
        "pdd_ms": milliseconds(text("pdd_ms")) // 1000,
        "sip_code": whole(text("sip_code")),
        "digits": whole(text("dtmf")),
        "codec": text("codec").str.extract("^([^/]+)"),
    }


def _transaction_record(kind: str) -> Callable[[Zone], Mapping[str, pl.Expr]]:
    """A row of acc, missed_calls or acc_json; of other methods than INVITE nothing is used."""

    def record(zone: Zone) -> dict[str, pl.Expr]:
        micros = pl.duration(microseconds=whole(text("time_us")).fill_null(0))
        return {
            **_PARTIES,
            "told": pl.when(text("method").str.to_uppercase() == "INVITE")
            .then(pl.lit(kind))
            .otherwise(pl.lit("other")),
            "at": pl.coalesce(epoch(text("time_s")) + micros, instant(text("time"), zone)),
            "sip_code": whole(text("sip_code")),
            "mark": text("to_tag"),
        }

    return record


def _digit_record(_zone: Zone) -> dict[str, pl.Expr]:
    return {
        "told": pl.lit("digit"),
        "call_id": _CALL_ID,
        "at": epoch(text("timestamp")),
        "mark": pl.concat_str(text("source_tag"), text("event"), separator="/", ignore_nulls=True),
    }


def _times_of(*names: str) -> Mapping[str, pl.Expr]:
    cells = [text(name) for name in names]
    return rules.real_times(cells, [instant(cell, UTC_ZONE) for cell in cells])


_START: Final = instant(text("start_time"), UTC_ZONE)
_CDR_RULES: Final = {
    **rules.has_call_id(_CALL_ID),
    **_times_of("start_time", "end_time", "invite_ts"),
    "no_time": text("start_time", "invite_ts").is_not_null(),
    **rules.in_order(_START, _START, instant(text("end_time"), UTC_ZONE)),
    **rules.durations([text("duration"), text("pdd_ms")]),
    **rules.plain_numbers(_FROM, _TO),
}
_TRANSACTION_RULES: Final = {
    **rules.has_call_id(_CALL_ID),
    **_times_of("time", "time_s"),
    "no_time": text("time", "time_s").is_not_null(),
}
_DIGIT_RULES: Final = {**rules.has_call_id(_CALL_ID), **_times_of("timestamp")}


def _minutes_ahead(cell: pl.Expr, epoch_cell: pl.Expr) -> pl.Expr:
    """By how much local time is ahead of an epoch at most a quarter of an hour before it; 0 where none is local."""
    moment = local(cell)
    ahead_s = moment.dt.epoch("s") - epoch_cell.cast(pl.Float64, strict=False).floor().cast(pl.Int64)
    minutes = (ahead_s + _CUT_S).floordiv(_QUARTER_S) * (_QUARTER_S // 60)
    is_epoch = epoch(pl.coalesce(cell, epoch_cell)).is_not_null()
    return pl.when(moment.is_not_null()).then(minutes).when(is_epoch).then(0)


def _has(*columns: str) -> Callable[[Sample], bool]:
    return lambda sample: set(columns) <= set(sample.header)


def _is_missed(sample: Sample) -> bool:
    return "missed" in sample.name.lower()


def _is_acc(sample: Sample) -> bool:
    return _has("method", "callid", "sip_code", "time")(sample) and "start_time" not in sample.header


def _is_flat_cdrs(sample: Sample) -> bool:
    at = FLAT_CDRS.index("invite_ts")
    return mostly(
        sample, lambda row: len(row) == len(FLAT_CDRS) and all(map(_is_epoch, (row[0], row[1], row[at])))
    )


def _is_flat_acc(sample: Sample) -> bool:
    code, time = FLAT_ACC.index("sip_code"), FLAT_ACC.index("time_s")
    return mostly(
        sample,
        lambda row: (
            len(row) == len(FLAT_ACC) and row[0].isupper() and row[code].isdigit() and _is_epoch(row[time])
        ),
    )


def _is_epoch(cell: str) -> bool:
    return re.fullmatch(r"\d{10}(\.\d+)?", cell) is not None


def _first_event(sample: Sample) -> Mapping[str, Any]:
    """The object of the first line, with what a message queue wrapped in `val`; empty where it is none."""
    line = sample.text.lstrip().partition("\n")[0]
    try:
        event: dict[str, Any] = json.loads(line)
        return {**event, **json.loads(event["val"])} if isinstance(event.get("val"), str) else event
    except (ValueError, AttributeError):
        return {}


def _is_event(*keys: str) -> Callable[[Sample], bool]:
    return lambda sample: set(keys) <= set(_first_event(sample))


def _transactions(name: str, kind: str, *, missed: bool) -> tuple[Layout, Layout]:
    """CSV with a header, as a database's own export writes it, and db_flatstore."""
    return (
        Layout(
            name=name,
            recognise=lambda sample: _is_acc(sample) and _is_missed(sample) == missed,
            record=_transaction_record(kind),
            rules=_TRANSACTION_RULES,
            local_times=True,
            local_time=local(text("time")),
            zone_proof=_minutes_ahead(text("time"), text("time_s")),
        ),
        Layout(
            name=f"{name}-flat",
            recognise=lambda sample: _is_flat_acc(sample) and _is_missed(sample) == missed,
            record=_transaction_record(kind),
            columns=FLAT_ACC,
            separator="|",
            rules=_TRANSACTION_RULES,
        ),
    )


FORMAT: Final = Format(
    name="kamailio",
    description="Kamailio acc_cdrs with missed_calls and acc: CSV, db_flatstore, acc_json; rtpengine's DTMF log",
    schema=_SCHEMA,
    layouts=(
        Layout(
            name="acc_cdrs",
            recognise=_has("start_time", "end_time", "duration", "callid"),
            record=_cdr_record,
            rules=_CDR_RULES,
            local_times=True,
            local_time=local(text("start_time")),
            zone_proof=_minutes_ahead(text("start_time"), text("invite_ts")),
        ),
        Layout(
            name="acc_cdrs-flat",
            recognise=_is_flat_cdrs,
            record=_cdr_record,
            columns=FLAT_CDRS,
            separator="|",
            rules=_CDR_RULES,
        ),
        *_transactions("missed_calls", "branch", missed=True),
        *_transactions("acc", "reply", missed=False),
        Layout(
            name="cdr-events",
            recognise=_is_event("start_time", "end_time", "duration", "callid"),
            record=_cdr_record,
            kind="jsonl",
            rules=_CDR_RULES,
        ),
        Layout(
            name="acc-events",
            recognise=_is_event("method", "callid", "sip_code", "time"),
            record=_transaction_record("event"),
            kind="jsonl",
            rules=_TRANSACTION_RULES,
        ),
        Layout(
            name="rtpengine-dtmf",
            recognise=lambda sample: (
                _first_event(sample).get("type") == "DTMF" and "callid" in _first_event(sample)
            ),
            record=_digit_record,
            kind="jsonl",
            rules=_DIGIT_RULES,
        ),
    ),
    assemble=assemble,
)

"""mod_json_cdr: one document per leg, with exact times in UTC, codes of both sides, PDD, digits and quality.

The documents are large, so reading keeps of each only the variables used here, as one small text, and
`expanded` makes a leg of it. Values are URL-encoded unless the switch is told not to (`encode-values`).
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from tollbook.cdr import rules
from tollbook.cdr.columns import text, whole
from tollbook.cdr.format import Layout, Sample, Zone
from tollbook.cdr.freeswitch_legs import LEG, carrier_of_channel, q850_of_cause, sip_of_cause
from tollbook.tables import INSTANT

_VARIABLES: Final = (
    "session_id", "direction", "originator", "originating_leg_uuid", "call_uuid", "accountcode", "carrier",
    "sip_gateway_name", "channel_name", "bridge_channel", "sip_req_user", "sip_to_user", "sip_destination_url", "caller_id",
    "sip_from_user", "start_stamp", "start_uepoch", "answer_uepoch", "end_uepoch", "billmsec", "progressmsec",
    "progress_mediamsec", "hangup_cause", "hangup_cause_q850", "sip_term_status", "sip_invite_failure_status",
    "digits_dialed", "read_codec", "rtp_audio_in_mos",
)  # fmt: skip
_KEPT: Final = pl.Struct(dict.fromkeys(_VARIABLES, pl.String))
_DOCUMENT: Final = pl.Struct({"variables": _KEPT})
_PERCENT: Final = {f"%{code:02X}": chr(code) for code in range(0x20, 0x7F)}


def _path(variable: str) -> pl.Expr:
    value = pl.col("document").str.json_path_match(f"$.variables.{variable}")
    return pl.when(value != "").then(value)


def _record(_zone: Zone) -> Mapping[str, pl.Expr]:
    uuid = _path("uuid")
    document = pl.when(uuid.is_not_null()).then("document").str.json_decode(_DOCUMENT)
    return {
        "uuid": uuid,
        "fine": pl.lit(value=True),
        "variables": document.struct.field("variables").struct.json_encode(),
    }


def expanded(records: pl.LazyFrame) -> pl.LazyFrame:
    """Records with the variables that reading kept made into the columns of a leg."""
    coarse = records.filter(~pl.col("fine")).drop("variables")
    kept = records.filter("fine").select(
        "uuid", "fine", "record_no", pl.col("variables").str.json_decode(_KEPT)
    )
    fine = kept.unnest("variables").with_columns(
        encoded=text("start_stamp").str.contains("%20", literal=True)
    )
    return pl.concat([coarse, fine.select("uuid", "fine", "record_no", *_leg())], how="diagonal")


def _leg() -> list[pl.Expr]:
    answered = _moment("answer_uepoch").is_not_null()
    told = pl.coalesce(whole(text("sip_term_status")), whole(text("sip_invite_failure_status")))
    unanswered = pl.coalesce(told, sip_of_cause(text("hangup_cause")))
    leg = {
        "number": whole(text("session_id")),
        "side": text("direction").replace_strict({"inbound": "a", "outbound": "b"}, default=None),
        "other": _caller_leg(),
        "unheard": pl.lit(value=False),
        "customer": _plain("accountcode"),
        "carrier": _carrier(),
        "caller": pl.coalesce(_plain("caller_id").str.extract("<([^>]*)>"), _plain("sip_from_user")),
        "called": _plain("sip_req_user", "sip_to_user", "sip_destination_url"),
        "started_at": _moment("start_uepoch"),
        "answered_at": _moment("answer_uepoch"),
        "ended_at": _moment("end_uepoch"),
        "talk_ms": pl.when(answered).then(whole(text("billmsec"))).otherwise(0),
        "pdd_ms": pl.coalesce(_above_zero("progressmsec"), _above_zero("progress_mediamsec")),
        "sip_code": pl.when(answered).then(pl.lit(200)).otherwise(unanswered),
        "q850": pl.coalesce(whole(text("hangup_cause_q850")), q850_of_cause(text("hangup_cause"))),
        "digits": _digits(),
        "codec": text("read_codec"),
        "mos": text("rtp_audio_in_mos").cast(pl.Float64, strict=False),
    }
    return [value.cast(LEG[name]).alias(name) for name, value in leg.items()]


def _plain(*variables: str) -> pl.Expr:
    """The first of the variables that is set, without URL encoding where the switch encodes, as its stamps show."""
    value = text(*variables)
    decoded = value.str.replace_many(list(_PERCENT), list(_PERCENT.values()), ascii_case_insensitive=True)
    return pl.when("encoded").then(decoded).otherwise(value)


def _caller_leg() -> pl.Expr:
    """The leg for which this one went out; null where it went out for none."""
    other = text("originator", "originating_leg_uuid", "call_uuid")
    return pl.when(other != pl.col("uuid")).then(other)


def _carrier() -> pl.Expr:
    """The variable `carrier`, else the gateway, else where the leg that went out went to."""
    out = pl.col("direction") == "outbound"
    channel = pl.when(out).then(_plain("channel_name")).otherwise(_plain("bridge_channel"))
    return pl.coalesce(_plain("carrier", "sip_gateway_name"), carrier_of_channel(channel))


def _digits() -> pl.Expr:
    """Digits pressed, `none` is 0, by RTP and by INFO alike."""
    pressed = _plain("digits_dialed")
    return pl.when(pressed == "none").then(0).otherwise(pressed.str.count_matches("[0-9*#A-D]"))


def _moment(variable: str) -> pl.Expr:
    return _from_micros(text(variable))


def _from_micros(cell: pl.Expr) -> pl.Expr:
    """Microseconds since 1970; 0 means never."""
    micros = whole(cell)
    return pl.when(micros > 0).then(pl.from_epoch(micros, "us").dt.replace_time_zone("UTC").cast(INSTANT))


def _above_zero(variable: str) -> pl.Expr:
    value = whole(text(variable))
    return pl.when(value > 0).then(value)


def _is_leg(sample: Sample) -> bool:
    return all(
        f'"{key}"' in sample.text for key in ("core-uuid", "variables", "hangup_cause", "start_uepoch")
    )


_START, _ANSWER, _END = (_from_micros(_path(f"{name}_uepoch")) for name in ("start", "answer", "end"))
_RULES: Final = {
    **rules.has_call_id(_path("uuid")),
    "bad_time": _START.is_not_null() & _END.is_not_null(),
    **rules.in_order(_START, _ANSWER, _END),
    **rules.durations([_path("billmsec")]),
}

LAYOUT: Final = Layout("json", _is_leg, _record, kind="json", rules=_RULES)

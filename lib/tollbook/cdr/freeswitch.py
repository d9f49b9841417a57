"""FreeSWITCH: mod_cdr_csv's templates (local times, whole seconds) and mod_json_cdr's documents (UTC, exact).

A record is a leg. A leg that came in is a call, a leg that went out for it is a try on a carrier; one that
went out for nobody, as a dialler's does, is a call with that one try. Import the legs of a time together.
The customer is the accountcode. The carrier is the variable `carrier` of the leg that went out, else its
gateway, else its host and port.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from tollbook.cdr import rules
from tollbook.cdr.columns import whole
from tollbook.cdr.format import Format, Layout, Sample, Zone
from tollbook.cdr.freeswitch_calls import assemble
from tollbook.cdr.freeswitch_csv import LAYOUTS
from tollbook.cdr.freeswitch_legs import SCHEMA, carrier_of_channel, q850_of_cause, sip_of_cause
from tollbook.tables import INSTANT

_VARIABLES: Final = (
    "uuid", "direction", "originator", "originating_leg_uuid", "call_uuid", "accountcode", "carrier",
    "sip_gateway_name", "channel_name", "bridge_channel", "sip_req_user", "sip_from_user", "start_stamp",
    "start_uepoch", "answer_uepoch", "end_uepoch", "billmsec", "progressmsec", "progress_mediamsec",
    "hangup_cause", "hangup_cause_q850", "sip_term_status", "sip_invite_failure_status", "digits_dialed",
    "read_codec", "rtp_audio_in_mos",
)  # fmt: skip
_PROFILE: Final = pl.Struct({"caller_id_number": pl.String, "destination_number": pl.String})
_DOCUMENT: Final = pl.Struct(
    {
        "variables": pl.Struct(dict.fromkeys(_VARIABLES, pl.String)),
        "callflow": pl.List(pl.Struct({"caller_profile": _PROFILE})),
    }
)
_PERCENT: Final = {f"%{code:02X}": chr(code) for code in range(0x20, 0x7F)}


def _document() -> pl.Expr:
    """The parts of the document that are used; null where it is none of mod_json_cdr's."""
    document = pl.col("document")
    leg = document.str.json_path_match("$.variables.uuid").is_not_null()
    return pl.when(leg).then(document).str.json_decode(_DOCUMENT)


def _variable(name: str) -> pl.Expr:
    value = _document().struct.field("variables").struct.field(name)
    return pl.when(value != "").then(value)


def _plain(name: str) -> pl.Expr:
    """A variable without its URL encoding, if the switch encodes (`encode-values`): its stamps show that."""
    value = _variable(name)
    return (
        pl.when(_variable("start_stamp").str.contains("%20", literal=True))
        .then(_decoded(value))
        .otherwise(value)
    )


def _decoded(value: pl.Expr) -> pl.Expr:
    return value.str.replace_many(list(_PERCENT), list(_PERCENT.values()), ascii_case_insensitive=True)


def _profile(name: str) -> pl.Expr:
    """Of the leg's first caller profile, as it was before any transfer; never encoded."""
    value = _document().struct.field("callflow").list.last().struct.field("caller_profile").struct.field(name)
    return pl.when(value != "").then(value)


def _moment(name: str) -> pl.Expr:
    """Microseconds since 1970; 0 means never."""
    micros = whole(_variable(name))
    at = pl.from_epoch(micros, "us").dt.replace_time_zone("UTC").cast(INSTANT)
    return pl.when(micros > 0).then(at)


def _above_zero(name: str) -> pl.Expr:
    value = whole(_variable(name))
    return pl.when(value > 0).then(value)


def _record(_zone: Zone) -> Mapping[str, pl.Expr]:
    answered = _moment("answer_uepoch").is_not_null()
    told = pl.coalesce(whole(_variable("sip_term_status")), whole(_variable("sip_invite_failure_status")))
    channel = (
        pl.when(_variable("direction") == "outbound")
        .then(_plain("channel_name"))
        .otherwise(_plain("bridge_channel"))
    )
    pressed = _plain("digits_dialed")
    return {
        "uuid": _variable("uuid"),
        "side": _variable("direction").replace_strict({"inbound": "a", "outbound": "b"}, default=None),
        "other": _caller_leg(),
        "unheard": pl.lit(value=False),
        "fine": pl.lit(value=True),
        "customer": _plain("accountcode"),
        "carrier": pl.coalesce(_plain("carrier"), _plain("sip_gateway_name"), carrier_of_channel(channel)),
        "caller": pl.coalesce(_profile("caller_id_number"), _plain("sip_from_user")),
        "called": pl.coalesce(_plain("sip_req_user"), _profile("destination_number")),
        "started_at": _moment("start_uepoch"),
        "answered_at": _moment("answer_uepoch"),
        "ended_at": _moment("end_uepoch"),
        "talk_ms": pl.when(answered).then(whole(_variable("billmsec"))).otherwise(0),
        "pdd_ms": pl.coalesce(_above_zero("progressmsec"), _above_zero("progress_mediamsec")),
        "sip_code": pl.when(answered)
        .then(pl.lit(200))
        .otherwise(pl.coalesce(told, sip_of_cause(_variable("hangup_cause")))),
        "q850": pl.coalesce(whole(_variable("hangup_cause_q850")), q850_of_cause(_variable("hangup_cause"))),
        "digits": pl.when(pressed == "none").then(0).otherwise(pressed.str.count_matches(r"[0-9*#A-D]")),
        "codec": _variable("read_codec"),
        "mos": _variable("rtp_audio_in_mos").cast(pl.Float64, strict=False),
    }


def _caller_leg() -> pl.Expr:
    """The leg for which this one went out; null where it went out for none."""
    other = pl.coalesce(_variable("originator"), _variable("originating_leg_uuid"), _variable("call_uuid"))
    return pl.when(other != _variable("uuid")).then(other)


def _is_leg(sample: Sample) -> bool:
    return all(
        f'"{key}"' in sample.text for key in ("core-uuid", "variables", "hangup_cause", "start_uepoch")
    )


_TIMES: Final = ("start_uepoch", "answer_uepoch", "end_uepoch")
_RULES: Final = {
    **rules.has_call_id(_variable("uuid")),
    "bad_time": _moment("start_uepoch").is_not_null() & _moment("end_uepoch").is_not_null(),
    **rules.in_order(*(_moment(name) for name in _TIMES)),
    **rules.durations([_variable("billmsec"), _variable("progressmsec")]),
}

FORMAT: Final = Format(
    name="freeswitch",
    description="FreeSWITCH mod_cdr_csv (example, sql, asterisk, opencdrrate) and mod_json_cdr (files, tar.gz)",
    schema=SCHEMA,
    layouts=(*LAYOUTS, Layout("json", _is_leg, _record, kind="json", rules=_RULES)),
    assemble=assemble,
)

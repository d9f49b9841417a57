"""mod_cdr_csv: the templates example, sql, asterisk and opencdrrate, told apart by their columns.

Stamps are whole seconds, local to the switch. Rows have no leg marker but in opencdrrate, so a row's side is
left open where only the rows beside it can tell. `unheard` rows have neither codec nor answer.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from tollbook.cdr import rules
from tollbook.cdr.columns import local, mostly, text, whole
from tollbook.cdr.format import Layout, Sample, Zone
from tollbook.cdr.freeswitch_legs import carrier_of_channel, q850_of_cause, sip_of_cause

_EXAMPLE: Final = (
    "caller_id_name", "caller", "called", "context", "start", "answer", "end", "duration", "billsec",
    "hangup_cause", "uuid", "bleg_uuid", "accountcode", "read_codec", "write_codec",
)  # fmt: skip
_SQL: Final = _EXAMPLE[:13]
_ASTERISK: Final = (
    "accountcode", "caller", "called", "context", "caller_id", "channel_name", "bridge_channel", "last_app",
    "last_arg", "start", "answer", "end", "duration", "billsec", "hangup_cause", "amaflags", "uuid", "userfield",
)  # fmt: skip
_OPENCDRRATE: Final = (
    "uuid", "signal_bond", "direction", "caller", "called", "answer", "end", "billsec", "accountcode",
    "userfield", "network_addr", "caller_name_flag", "sip_gateway_name",
)  # fmt: skip

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CAUSE: Final = re.compile(r"[A-Z][A-Z0-9_]+")
_SQL_BEGINNING: Final = "INSERT INTO "
_SQL_AROUND: Final = ' ();"'
_CHANNEL_USER: Final = r"^sofia/[^/]+/(?:sips?:)?([^@/]+)"

_ACCOUNT: Final = text("accountcode").str.strip_chars(_SQL_AROUND).replace("", None)
_CALLER: Final = text("caller")
_CALLED: Final = text("called")


def _record(zone: Zone) -> dict[str, pl.Expr]:
    """What all templates share."""
    answered_at = zone.to_utc(local(text("answer")))
    cause = text("hangup_cause")
    return {
        "uuid": text("uuid"),
        "other": text("bleg_uuid"),
        "unheard": pl.lit(value=False),
        "fine": pl.lit(value=False),
        "customer": _ACCOUNT,
        "caller": _CALLER,
        "called": _CALLED,
        "started_at": zone.to_utc(local(text("start", "answer", "end"))),
        "answered_at": answered_at,
        "ended_at": zone.to_utc(local(text("end"))),
        "talk_ms": pl.when(answered_at.is_not_null()).then(whole(text("billsec")) * 1000).otherwise(0),
        "sip_code": pl.when(answered_at.is_not_null()).then(pl.lit(200)).otherwise(sip_of_cause(cause)),
        "q850": q850_of_cause(cause),
        "codec": text("read_codec"),
    }


def _example(zone: Zone) -> dict[str, pl.Expr]:
    unheard = text("read_codec").is_null() & text("answer").is_null()
    return {**_record(zone), "unheard": unheard}


def _asterisk(zone: Zone) -> dict[str, pl.Expr]:
    """The channel's name shows the side: a carrier's has the called number or a gateway in it."""
    channel = text("channel_name")
    dialled = channel.str.starts_with("sofia/gateway/") | (channel.str.extract(_CHANNEL_USER) == _CALLED)
    side = (
        pl.when(dialled.fill_null(value=False) & (_CALLED != _CALLER))
        .then(pl.lit("b"))
        .otherwise(pl.lit("a"))
    )
    far = pl.when(side == "b").then(channel).otherwise(text("bridge_channel"))
    return {**_record(zone), "side": side, "other": pl.lit(None), "carrier": carrier_of_channel(far)}


def _opencdrrate(zone: Zone) -> dict[str, pl.Expr]:
    return {
        **_record(zone),
        "side": text("direction").replace_strict({"inbound": "a", "outbound": "b"}, default=None),
        "other": text("signal_bond"),
        "carrier": text("sip_gateway_name"),
    }


_START: Final = local(text("start", "answer", "end"))
_RULES: Final = {
    **rules.has_call_id(text("uuid")),
    **rules.real_times(
        [text(name) for name in ("start", "answer", "end")],
        [local(text(name)) for name in ("start", "answer", "end")],
    ),
    "no_time": text("start", "answer", "end").is_not_null(),
    **rules.in_order(_START, local(text("answer")), local(text("end"))),
    **rules.durations([text("duration"), text("billsec")], whole=True),
    **rules.plain_numbers(_CALLER, _CALLED),
}


def _has(width: int, at: Mapping[int, re.Pattern[str]]) -> Callable[[Sample], bool]:
    """Most rows have so many columns and these patterns in some of them."""

    def fits(row: tuple[str, ...]) -> bool:
        return len(row) == width and all(pattern.fullmatch(row[i]) for i, pattern in at.items())

    return lambda sample: mostly(sample, fits)


def _is_sql(sample: Sample) -> bool:
    return sample.text.startswith(_SQL_BEGINNING) and mostly(sample, lambda row: len(row) == len(_SQL))


def _layout(
    name: str,
    columns: tuple[str, ...],
    recognise: Callable[[Sample], bool],
    record: Callable[[Zone], Mapping[str, pl.Expr]],
) -> Layout:
    return Layout(name, recognise, record, columns=columns, rules=_RULES, local_times=True)


LAYOUTS: Final = (
    _layout(
        "example",
        _EXAMPLE,
        _has(len(_EXAMPLE), {_EXAMPLE.index("hangup_cause"): _CAUSE, _EXAMPLE.index("uuid"): _UUID}),
        _example,
    ),
    _layout("sql", _SQL, _is_sql, _record),
    _layout(
        "asterisk",
        _ASTERISK,
        _has(len(_ASTERISK), {_ASTERISK.index("hangup_cause"): _CAUSE, _ASTERISK.index("uuid"): _UUID}),
        _asterisk,
    ),
    _layout(
        "opencdrrate",
        _OPENCDRRATE,
        _has(len(_OPENCDRRATE), {0: _UUID, _OPENCDRRATE.index("direction"): re.compile("(in|out)bound")}),
        _opencdrrate,
    ),
)

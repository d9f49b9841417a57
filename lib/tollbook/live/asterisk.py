"""Asterisk: `CoreShowChannels` by its manager interface (AMI). A call is all channels of one linkedid.

As in its records the customer is the account code of the channel that came in, and the carrier the peer of the other
one. It does not tell when a call was answered.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from tollbook.cdr.asterisk import peer_of_channel
from tollbook.cdr.columns import epoch
from tollbook.cdr.numbers import digits
from tollbook.live.snapshot import Answer, Row, Switch
from tollbook.live.wire import Line, connected, refused
from tollbook.switches import Source

_FIELDS: Final = ("linkedid", "account", "far", "caller", "called", "answered")
_END: Final = b"\r\n\r\n"
_MINE: Final = "tollbook"
_DIALS: Final = "Dial"
"""What a channel does that calls another."""
_IS_CALLED: Final = "AppDial"
"""And the other one."""
Event = Mapping[str, str]


def _ask(source: Source, secret: str) -> Answer:
    if not (source.user + secret).isprintable():
        raise refused(source, "user or password is more than one line")
    with connected(source) as line:
        line.until(b"\r\n")  # the banner
        _send(line, Action="Login", Username=source.user, Secret=secret, Events="off")
        if _answered(line).get("Response") != "Success":
            raise refused(source, "it refuses user and password")
        _send(line, Action="CoreShowChannels", ActionID=_MINE)
        if _answered(line).get("Response") != "Success":
            raise refused(
                source,
                "it refuses CoreShowChannels: the user needs the right to read `reporting` or `system`",
            )
        found: list[Event] = []
        while (event := _event(line)).get("Event") != "CoreShowChannelsComplete":
            if event.get("Event") == "CoreShowChannel":
                found.append(event)
        line.send("Action: Logoff\r\n\r\n")
    return Answer(calls(found), complete=event.get("ListItems", "") == str(len(found)))


def _send(line: Line, **headers: str) -> None:
    line.send("".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n")


def _event(line: Line) -> Event:
    pairs = (each.partition(":") for each in line.until(_END).decode(errors="replace").split("\r\n"))
    return {name: value.strip() for name, _, value in pairs}


def _answered(line: Line) -> Event:
    """The next response; events of others that come before it are passed over."""
    while "Response" not in (event := _event(line)):
        pass
    return event


def calls(channels: Iterable[Event]) -> list[Row]:
    """One row per linkedid; Local channels are the dial plan's own, and no leg."""
    by_call: dict[str, list[Event]] = {}
    for channel in channels:
        if channel.get("Linkedid") and not channel.get("Channel", "").startswith("Local/"):
            by_call.setdefault(channel["Linkedid"], []).append(channel)
    return [_call(linkedid, legs) for linkedid, legs in by_call.items()]


def _call(linkedid: str, legs: list[Event]) -> Row:
    """Channels come and go one by one: where the one that was called is listed alone, it tells of the other what it knows."""
    came = [leg for leg in legs if leg.get("Application") != _IS_CALLED]
    near = next((leg for leg in legs if leg.get("Uniqueid") == linkedid), came[0] if came else {})
    others = [leg for leg in legs if leg is not near]
    far = next((leg for leg in others if leg.get("BridgeId")), others[-1] if others else {})
    told = near or far
    up = told.get("ChannelStateDesc") == "Up" and bool(
        told.get("BridgeId") or told.get("Application") not in {_DIALS, _IS_CALLED}
    )
    return {
        "linkedid": linkedid,
        "account": told.get("AccountCode") or None,
        "far": far.get("Channel"),
        "caller": near.get("CallerIDNum") if near else far.get("ConnectedLineNum"),
        "called": near.get("Exten") if near else far.get("CallerIDNum"),
        "answered": "yes" if up else "no",
    }


def _columns(_source: Source) -> dict[str, pl.Expr]:
    return {
        "call_id": pl.col("linkedid"),
        "customer": pl.col("account"),
        "carrier": peer_of_channel(pl.col("far")),
        "caller": digits(pl.col("caller").replace("<unknown>", None)),
        "called": digits(pl.col("called")),
        "started_at": epoch(pl.col("linkedid").str.extract(r"(\d{9,10})\.\d+$")),
        "answered": pl.col("answered") == "yes",
    }


SWITCHES: Final = (
    Switch("asterisk", "Asterisk: CoreShowChannels by the manager interface (AMI)", _ask, _FIELDS, _columns),
)

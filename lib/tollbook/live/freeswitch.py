"""FreeSWITCH: `show calls as json` by its event socket.

Before the answer both legs are rows of their own, after it they share one: the leg that came in is the call, and the
leg that went out for it tells the carrier. As in its records the customer is the accountcode.
"""

from typing import Any, Final

import polars as pl

from tollbook.cdr.columns import epoch
from tollbook.cdr.freeswitch_legs import carrier_of_channel
from tollbook.cdr.numbers import digits
from tollbook.live.snapshot import Answer, Row, Switch
from tollbook.live.wire import Line, connected, parsed, refused
from tollbook.switches import Source

_FIELDS: Final = (
    "uuid",
    "accountcode",
    "far",
    "cid_num",
    "dest",
    "created_epoch",
    "call_created_epoch",
    "callstate",
)
_TALKING: Final = ("ACTIVE", "HELD", "UNHELD")
_SEPARATOR: Final = b"\n\n"


def _ask(source: Source, secret: str) -> Answer:
    with connected(source) as line:
        if _headers(line).get("content-type") != "auth/request":
            raise refused(source, "it is no event socket, or does not let this machine in")
        line.send(f"auth {_one_line(source, secret)}\n\n")
        if not _headers(line).get("reply-text", "").startswith("+OK"):
            raise refused(source, "it refuses the password")
        line.send("api show calls as json\n\n")
        head = _headers(line)
        if head.get("content-type") != "api/response" or not head.get("content-length", "").isdecimal():
            raise refused(source, "it refuses show calls")
        told = parsed(source, line.exactly(int(head["content-length"])))
    if not isinstance(told, dict) or "row_count" not in told:
        raise refused(source, "show calls has no row_count")
    rows = [row for row in told.get("rows", []) if isinstance(row, dict)]
    return Answer(calls(rows), complete=told["row_count"] == len(rows))


def _headers(line: Line) -> dict[str, str]:
    block = line.until(_SEPARATOR).decode(errors="replace")
    pairs = (each.partition(":") for each in block.splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _one_line(source: Source, secret: str) -> str:
    if not secret.isprintable():
        raise refused(source, "the password is more than one line")
    return secret


def calls(rows: list[dict[str, Any]]) -> list[Row]:
    """The legs that came in, each with the channel of the leg that went out for it last, where there is one."""
    out = {row.get("call_uuid"): row.get("name") for row in rows if row.get("direction") == "outbound"}
    return [
        {name: row.get(name) for name in _FIELDS} | {"far": row.get("b_name") or out.get(row.get("uuid"))}
        for row in rows
        if row.get("direction") == "inbound"
    ]


def _text(column: str) -> pl.Expr:
    return pl.col(column).replace("", None)


def _columns(_source: Source) -> dict[str, pl.Expr]:
    answered = pl.col("callstate").is_in(_TALKING)
    return {
        "call_id": _text("uuid"),
        "customer": _text("accountcode"),
        "carrier": carrier_of_channel(pl.col("far")),
        "caller": digits(pl.col("cid_num")),
        "called": digits(pl.col("dest")),
        "started_at": epoch(pl.col("created_epoch")),
        "answered_at": pl.when(answered).then(epoch(pl.col("call_created_epoch"))),
        "answered": answered,
    }


SWITCHES: Final = (
    Switch("freeswitch", "FreeSWITCH: show calls as json by the event socket", _ask, _FIELDS, _columns),
)

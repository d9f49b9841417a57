"""Dialogs as Kamailio and OpenSIPS list them by JSON-RPC. Both keep those that are over for a while, which do not count."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import polars as pl

from tollbook.cdr.columns import epoch
from tollbook.cdr.numbers import digits
from tollbook.live.snapshot import Row
from tollbook.live.wire import datagram, http, parsed, refused
from tollbook.switches import Source

_OVER: Final = 5
"""State of a dialog that has ended; 1 and 2 are before the answer, 3 and 4 after it."""
_ANSWERED: Final = ("3", "4")
_VARIABLES: Final = {"customer": "customer", "carrier": "carrier", "caller": "src", "called": "dst"}
"""Variables of a dialog that tell our columns, as the records of acc have them, unless `columns` names others."""
FIELDS: Final = ("call_id", "state", "begun", "confirmed", "from_uri", "to_uri", *_VARIABLES)


def rpc(source: Source, secret: str, method: str, params: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401
    """What a method gives.

    Raises:
        SwitchError: no answer, or none of this method.
    """
    question = {"jsonrpc": "2.0", "method": method, "id": 1, **({"params": params} if params else {})}
    if source.address.startswith(("udp:", "unix:")):
        told = parsed(source, datagram(source, json.dumps(question).encode()))
    else:
        told = http(source, secret, question)
    if not isinstance(told, dict) or "result" not in told:
        raise refused(source, f"it refuses {method}")
    return told["result"]


def dialogs(
    source: Source, listed: list[Any], call_id: str, begun: str, confirmed: str, values: Callable[[Any], Any]
) -> Iterator[Row]:
    """The dialogs that are not over; `values` finds the variables of one."""
    wanted = _names(source)
    for one in listed:
        if not isinstance(one, dict) or one.get("state") in (_OVER, str(_OVER)):
            continue
        held = {
            key: value for each in values(one) or () if isinstance(each, dict) for key, value in each.items()
        }
        yield {
            "call_id": _text(one.get(call_id)),
            "state": _text(one.get("state")),
            "begun": _text(one.get(begun)),
            "confirmed": _text(one.get(confirmed)),
            "from_uri": _text(one.get("from_uri")),
            "to_uri": _text(one.get("to_uri")),
            **{ours: _text(held.get(theirs)) for ours, theirs in wanted.items()},
        }


def _names(source: Source) -> dict[str, str]:
    return {ours: source.columns.get(ours, usual) for ours, usual in _VARIABLES.items()}


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def _moment(column: str) -> pl.Expr:
    """Seconds since 1970; 0 means not yet."""
    return epoch(pl.when(pl.col(column) != "0").then(pl.col(column)))


def columns(_source: Source) -> dict[str, pl.Expr]:
    """Ours, from `FIELDS`."""
    answered = pl.col("state").is_in(_ANSWERED)
    return {
        "call_id": pl.col("call_id"),
        "customer": pl.col("customer"),
        "carrier": pl.col("carrier"),
        "caller": digits(pl.coalesce("caller", "from_uri")),
        "called": digits(pl.coalesce("called", "to_uri")),
        "started_at": _moment("begun"),
        "answered_at": pl.when(answered).then(_moment("confirmed")),
        "answered": answered,
    }

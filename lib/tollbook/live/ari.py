"""Asterisk: `/channels` of its REST interface (ARI), for those who cannot open the manager interface.

It does not tell which channels belong together. One that the dial plan called (AppDial) is the far leg of another, so
all others are calls; the carrier is read from what was dialled.
"""

from typing import Any, Final

import polars as pl

from tollbook.cdr.columns import epoch, zoned
from tollbook.cdr.numbers import digits
from tollbook.live.snapshot import Answer, Row, Switch
from tollbook.live.wire import http, refused
from tollbook.switches import Source

_FIELDS: Final = ("id", "account", "dialled", "caller", "called", "state", "created")
_PATH: Final = "/ari/channels"
_FAR: Final = "AppDial"


def _ask(source: Source, secret: str) -> Answer:
    listed = http(source, secret, path=_PATH)
    if not isinstance(listed, list):
        raise refused(source, "/ari/channels is no list")
    return Answer(calls([one for one in listed if isinstance(one, dict)]))


def calls(channels: list[dict[str, Any]]) -> list[Row]:
    """The channels that came in."""
    rows: list[Row] = []
    for one in channels:
        plan, caller = one.get("dialplan") or {}, one.get("caller") or {}
        if plan.get("app_name") == _FAR or str(one.get("name", "")).startswith("Local/"):
            continue
        rows.append(
            {
                "id": one.get("id"),
                "account": one.get("accountcode"),
                "dialled": plan.get("app_data") if plan.get("app_name") == "Dial" else None,
                "caller": caller.get("number"),
                "called": plan.get("exten"),
                "state": one.get("state"),
                "created": one.get("creationtime"),
            }
        )
    return rows


def _columns(_source: Source) -> dict[str, pl.Expr]:
    # `SIP/alpha/4420…,60` and `PJSIP/4420…@alpha,60`; of several at once (`&`) nobody knows which will answer.
    one = pl.col("dialled").str.extract(r"^[^/,&]+/([^,&]*)(?:,[^&]*)?$")
    return {
        "call_id": pl.col("id").replace("", None),
        "customer": pl.col("account").replace("", None),
        "carrier": pl.coalesce(one.str.extract(r"@([^@/]+)$"), one.str.extract(r"^([^/]+)/")),
        "caller": digits(pl.col("caller")),
        "called": digits(pl.col("called")),
        "started_at": zoned(pl.col("created")).fill_null(
            epoch(pl.col("id").str.extract(r"(\d{9,10})\.\d+$"))
        ),
        "answered": pl.col("state") == "Up",
    }


SWITCHES: Final = (Switch("ari", "Asterisk: channels by the REST interface (ARI)", _ask, _FIELDS, _columns),)

"""Kamailio: `dlg.list` by JSON-RPC, over HTTP (xhttp) or by datagram (jsonrpcs); customer and carrier are dialog variables."""

from typing import Final

from tollbook.live.dialogs import FIELDS, columns, dialogs, rpc
from tollbook.live.snapshot import Answer, Switch
from tollbook.live.wire import refused
from tollbook.switches import Source


def _ask(source: Source, secret: str) -> Answer:
    listed = rpc(source, secret, "dlg.list")
    if not isinstance(listed, list):
        raise refused(source, "dlg.list is no list")
    return Answer(
        list(dialogs(source, listed, "call-id", "init_ts", "start_ts", lambda one: one.get("variables")))
    )


SWITCHES: Final = (
    Switch(
        "kamailio",
        "Kamailio: dlg.list by JSON-RPC over HTTP (xhttp) or datagram (jsonrpcs)",
        _ask,
        FIELDS,
        columns,
    ),
)

"""OpenSIPS: `dlg_list_ctx` of its management interface, over HTTP (mi_http) or by datagram (mi_datagram).

It does not tell when a call began: that is when it was first seen.
"""

from typing import Any, Final

from tollbook.live.dialogs import FIELDS, columns, dialogs, rpc
from tollbook.live.snapshot import Answer, Switch
from tollbook.live.wire import refused
from tollbook.switches import Source

_PAGE: Final = 500
_MOST_PAGES: Final = 400


def _ask(source: Source, secret: str) -> Answer:
    """Page by page: calls that come or go meanwhile can be missed or seen twice, where there is more than one."""
    found: list[Any] = []
    for number in range(_MOST_PAGES):
        asked = {"index": number * _PAGE, "counter": _PAGE}
        told = rpc(source, secret, "dlg_list_ctx", asked)
        page = told.get("Dialogs") if isinstance(told, dict) else None
        if not isinstance(page, list):
            raise refused(source, "dlg_list_ctx has no Dialogs")
        found += page
        if len(page) < _PAGE:
            break
    rows = list(
        dialogs(
            source, found, "callid", "", "timestart", lambda one: (one.get("context") or {}).get("values")
        )
    )
    return Answer(rows, complete=len(found) < _PAGE * _MOST_PAGES)


SWITCHES: Final = (
    Switch(
        "opensips",
        "OpenSIPS: dlg_list_ctx by the management interface over HTTP (mi_http) or datagram (mi_datagram)",
        _ask,
        FIELDS,
        columns,
    ),
)

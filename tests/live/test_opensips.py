"""OpenSIPS: its dialogs, page by page."""

from typing import Any

import pytest

from live.servers import http, json_rpc
from tollbook.live.snapshot import SwitchError


def dialog(number: int, state: int = 4) -> dict[str, Any]:
    answered = state in (3, 4)
    return {
        "ID": str(number), "state": state, "timestart": 1795397700 if answered else 0, "callid": f"c{number}@sbc",
        "from_uri": f"sip:39041{number}@192.0.2.1", "to_uri": "sip:+442071838750@192.0.2.2", "caller_tag": "a",
        "context": {"values": [{"customer": "acme"}, {"carrier": "alpha"}], "profiles": []},
    }  # fmt: skip


def test_dialogs_that_are_over_are_dropped(asked) -> None:
    listed = {"Dialogs": [dialog(1), dialog(2, state=5), dialog(3, state=2)]}
    with http(json_rpc({"dlg_list_ctx": listed})) as address:
        told = asked("opensips", f"{address}/mi")
    assert [(call.call_id, call.answered) for call in told.calls] == [("c1@sbc", True), ("c3@sbc", False)]
    first = told.calls[0]
    assert (first.customer, first.carrier, first.caller, first.called) == (
        "acme", "alpha", "390411", "442071838750",
    )  # fmt: skip
    assert first.started_at is None


def test_it_is_asked_page_by_page(asked) -> None:
    def page(params: dict[str, int]) -> dict[str, Any]:
        first = params["index"]
        return {
            "count": 720,
            "Dialogs": [dialog(n) for n in range(first, min(720, first + params["counter"]))],
        }

    with http(json_rpc({"dlg_list_ctx": page})) as address:
        told = asked("opensips", address)
    assert len(told.calls) == 720


def test_another_answer_is_refused(asked) -> None:
    with (
        http(json_rpc({"dlg_list_ctx": {"dialogs": 3}})) as address,
        pytest.raises(SwitchError, match="no Dialogs"),
    ):
        asked("opensips", address)

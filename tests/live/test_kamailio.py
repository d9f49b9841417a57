"""Kamailio: an answer of a real one, with the calls that SIPp had in progress at that moment."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from live.servers import FIXTURES, datagrams, http, json_rpc, rpc
from tollbook.live.snapshot import SwitchError

LISTED = json.loads((FIXTURES / "kamailio_dlg_list.json").read_text())
IN_PROGRESS = 51
"""Of 92 dialogs 41 were over."""


def test_dialogs_that_are_over_are_dropped(asked) -> None:
    with http(json_rpc({"dlg.list": LISTED})) as address:
        told = asked("kamailio", f"{address}/RPC")
    assert len(LISTED) == 92
    assert len(told.calls) == IN_PROGRESS
    assert told.complete
    assert Counter(call.customer for call in told.calls) == {"acme": 23, "bolt": 15, "cobra": 13}
    assert Counter(call.carrier for call in told.calls) == {"alpha": 31, "bravo": 20}
    assert sum(call.answered for call in told.calls) == 33


def test_a_call_has_the_numbers_and_times_that_its_record_will_have(asked) -> None:
    with http(json_rpc({"dlg.list": LISTED[:1]})) as address:
        (call,) = asked("kamailio", address).calls
    assert (call.call_id, call.caller, call.called) == ("49-4154@127.0.0.1", "390419057209", "442049670008")
    assert call.started_at == datetime.fromtimestamp(1795397697, UTC)
    assert call.answered_at == datetime.fromtimestamp(1795397700, UTC)


def test_a_dialog_without_variables_tells_the_numbers_of_its_addresses(asked) -> None:
    bare = {**LISTED[0], "variables": [], "start_ts": 0, "state": 2}
    with http(json_rpc({"dlg.list": [bare]})) as address:
        (call,) = asked("kamailio", address).calls
    assert (call.caller, call.called, call.customer) == ("390419057209", "442049670008", None)
    assert (call.answered, call.answered_at) == (False, None)


def test_variables_may_have_other_names(asked) -> None:
    named = {**LISTED[0], "variables": [{"account": "zeta"}, {"customer": "acme"}]}
    with http(json_rpc({"dlg.list": [named]})) as address:
        (call,) = asked("kamailio", address, columns={"customer": "account"}).calls
    assert call.customer == "zeta"


@pytest.mark.parametrize("by_path", [True, False], ids=["unix", "udp"])
def test_it_answers_by_datagram_too(asked, tmp_path: Path, by_path: object) -> None:
    few = LISTED[:12]
    path = tmp_path / "rpc.sock" if by_path else None
    with datagrams(lambda body: rpc({"dlg.list": few}, body), path) as address:
        told = asked("kamailio", address)
    assert len(told.calls) == sum(one["state"] != 5 for one in few)


def test_an_answer_that_is_cut_off_is_none(asked) -> None:
    with (
        datagrams(lambda body: rpc({"dlg.list": LISTED}, body)[:4000]) as address,
        pytest.raises(SwitchError, match="s1: the answer is no JSON, or is cut off"),
    ):
        asked("kamailio", address)


def test_a_switch_without_calls_tells_none(asked) -> None:
    with http(json_rpc({"dlg.list": []})) as address:
        assert asked("kamailio", address).calls == ()


def test_without_the_dialog_module_there_is_no_answer(asked) -> None:
    with http(json_rpc({})) as address, pytest.raises(SwitchError, match=r"s1: it refuses dlg\.list"):
        asked("kamailio", address)

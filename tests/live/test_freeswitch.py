"""FreeSWITCH: each call once, before the answer and after it."""

import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from live.servers import PASSWORD, event_socket, tcp
from tollbook.live import freeswitch
from tollbook.live.snapshot import SwitchError


def leg(uuid: str, direction: str, state: str, **more: str):
    return {
        "uuid": uuid, "direction": direction, "callstate": state, "created_epoch": "1795399893",
        "created": "2026-11-23 02:11:33", "cid_num": "+390417824452", "dest": "33146737828", "accountcode": "",
        "call_uuid": "", "b_uuid": "", "b_name": "", "call_created_epoch": "", "name": "", **more,
    }  # fmt: skip


TALKING = leg(
    "a1", "inbound", "ACTIVE", accountcode="acme", b_uuid="b1", call_created_epoch="1795399895",
    b_name="sofia/gateway/alpha/33146737828",
)  # fmt: skip
RINGING = leg("a2", "inbound", "RINGING", accountcode="bolt")
RINGING_OUT = leg("b2", "outbound", "RINGING", call_uuid="a2", name="sofia/edge/33146737828@127.0.0.1:15072")
ROWS = [TALKING, RINGING, RINGING_OUT]


def test_a_call_is_one_before_and_after_the_answer(asked) -> None:
    with tcp(event_socket({"row_count": 3, "rows": ROWS})) as address:
        told = asked("freeswitch", address)
    assert told.complete
    assert [(c.call_id, c.customer, c.carrier, c.answered) for c in told.calls] == [
        ("a1", "acme", "alpha", True),
        ("a2", "bolt", "127.0.0.1:15072", False),
    ]
    assert told.calls[0].started_at == datetime.fromtimestamp(1795399893, UTC)
    assert told.calls[0].answered_at == datetime.fromtimestamp(1795399895, UTC)
    assert (told.calls[0].caller, told.calls[0].called) == ("390417824452", "33146737828")


def test_without_calls_there_are_no_rows(asked) -> None:
    with tcp(event_socket({"row_count": 0})) as address:
        told = asked("freeswitch", address)
    assert (told.calls, told.complete) == ((), True)


def test_rows_that_are_missing_make_it_incomplete(asked) -> None:
    with tcp(event_socket({"row_count": 4, "rows": ROWS})) as address:
        assert not asked("freeswitch", address).complete


def test_a_wrong_password_is_told_without_it(asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCH_PASSWORD", "another " + PASSWORD)
    with tcp(event_socket({"row_count": 0})) as address, pytest.raises(SwitchError) as told:
        asked("freeswitch", address)
    assert str(told.value) == "s1: it refuses the password"


def test_a_real_answer_has_the_calls_of_that_moment(samples: Path) -> None:
    told = json.loads((samples / "freeswitch" / "show_calls.15.json").read_text())
    found = freeswitch.calls(told["rows"])
    assert (told["row_count"], len(found)) == (61, 45)
    # When its youngest call had just begun: by the switch's own records, call by call.
    youngest = max(begun for uuid, begun, _ in _records(samples) if uuid in {row["uuid"] for row in found})
    assert {row["uuid"] for row in found} == {
        uuid for uuid, begun, over in _records(samples) if begun <= youngest < over
    }


def _records(samples: Path) -> list[tuple[str, int, int]]:
    """Identity, begin and end (us since 1970) of every call that came in."""
    with tarfile.open(samples / "freeswitch" / "json_cdr.tar.gz") as packed:
        files = [packed.extractfile(member) for member in packed if member.isfile()]
        told = [json.load(file)["variables"] for file in files if file]
    return [
        (one["uuid"], int(one["start_uepoch"]), int(one["end_uepoch"]))
        for one in told
        if one["direction"] == "inbound"
    ]

"""Asterisk's REST interface: channels, of which those that came in are calls."""

import base64
import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from live.servers import PASSWORD, http
from tollbook.live import ari
from tollbook.live.snapshot import SwitchError


def channel(unique: str, account: str, app: str, data: str, state: str = "Up"):
    return {
        "id": unique, "name": f"SIP/x-{unique}", "state": state, "accountcode": account,
        "caller": {"number": "390417054472"}, "dialplan": {"exten": "442096125032", "app_name": app, "app_data": data},
        "creationtime": "2026-11-23T01:49:24.406+0000",
    }  # fmt: skip


CHANNELS = [
    channel("1795398564.110", "cobra", "Dial", "SIP/alpha/442096125032,60"),
    channel("1795398564.112", "cobra", "AppDial", "(Outgoing Line)"),
    channel("1795398565.1", "acme", "Dial", "PJSIP/442096125032@bravo,60,tT", state="Ring"),
    channel("1795398566.1", "", "Dial", "SIP/alpha/1&SIP/bravo/1,60"),
    channel("1795398567.1", "bolt", "Playback", "hello"),
]


def test_channels_that_were_called_are_legs_of_others(asked) -> None:
    wanted = "Basic " + base64.b64encode(f"reader:{PASSWORD}".encode()).decode()

    def answer(path, headers, _body):
        good = path == "/ari/channels" and headers["Authorization"] == wanted
        return (200, json.dumps(CHANNELS).encode()) if good else (401, b"")

    with http(answer) as address:
        told = asked("ari", f"{address}/", user="reader")
        with pytest.raises(SwitchError, match="s1: HTTP 401"):
            asked("ari", address, user="somebody")
    assert [(c.call_id, c.customer, c.carrier, c.answered) for c in told.calls] == [
        ("1795398564.110", "cobra", "alpha", True),
        ("1795398565.1", "acme", "bravo", False),
        ("1795398566.1", None, None, True),
        ("1795398567.1", "bolt", None, True),
    ]
    assert told.calls[0].started_at == datetime(2026, 11, 23, 1, 49, 24, 406_000, tzinfo=UTC)


def test_a_real_answer_has_half_as_many_calls_as_channels(samples: Path) -> None:
    channels = json.loads((samples / "asterisk" / "ari_channels.json").read_text())
    found = {row["id"] for row in ari.calls(channels)}
    assert (len(channels), len(found)) == (86, 43)
    # By the switch's own event log these and no others were in progress in the fifth of a second of that answer.
    begun: dict[str, float] = {}
    over: dict[str, float] = {}
    with (samples / "asterisk" / "cel-Master.csv").open(encoding="utf-8", newline="") as log:
        for row in csv.reader(log):
            event, at, linkedid = row[0], float(row[1]), row[15]
            if event == "CHAN_START":
                begun.setdefault(linkedid, at)
            elif event == "LINKEDID_END":
                over[linkedid] = at
    moment = (max(begun[name] for name in found) + min(over[name] for name in found)) / 2
    assert found == {name for name in begun if begun[name] <= moment < over[name]}

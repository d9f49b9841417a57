"""Asterisk: channels of its manager interface, one call per linkedid.

What a real one told is held against its own log of events (CEL), where the samples of real switches are at hand.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from live.servers import FIXTURES, PASSWORD, manager, tcp
from tollbook.cdr.asterisk import peer_of_channel
from tollbook.live import asterisk
from tollbook.live.snapshot import SwitchError


def channel(
    name: str,
    unique: str,
    linked: str,
    *,
    account: str = "",
    state: str = "Up",
    bridge: str = "b1",
    app: str = "Dial",
):
    return {
        "Channel": name, "ChannelStateDesc": state, "CallerIDNum": "390417824452", "AccountCode": account,
        "Exten": "442071838750" if app == "Dial" else "", "Uniqueid": unique, "Linkedid": linked,
        "Application": app, "BridgeId": bridge,
    }  # fmt: skip


TALKING = [
    channel("SIP/acme-00000000", "1795398560.0", "1795398560.0", account="acme"),
    channel("SIP/alpha-00000001", "1795398560.1", "1795398560.0", app="AppDial"),
]
RINGING = [
    channel(
        "PJSIP/bravo-00000003", "1795398561.3", "1795398561.2", state="Ringing", bridge="", app="AppDial"
    ),
    channel("PJSIP/bolt-00000002", "1795398561.2", "1795398561.2", account="bolt", state="Ring", bridge=""),
]
ALONE = [
    channel(
        "SIP/acme-00000004", "pbx-1795398562.4", "pbx-1795398562.4", account="acme", app="Playback", bridge=""
    )
]
LOCAL = [channel("Local/1@x-00000005;1", "1795398563.5", "1795398563.5")]


def test_the_channels_of_a_linkedid_are_one_call(asked) -> None:
    with tcp(manager([*TALKING, *RINGING, *ALONE, *LOCAL])) as address:
        told = asked("asterisk", address, user="reader")
    assert told.complete
    assert [(c.call_id, c.customer, c.carrier, c.answered) for c in told.calls] == [
        ("1795398560.0", "acme", "alpha", True),
        ("1795398561.2", "bolt", "bravo", False),
        ("pbx-1795398562.4", "acme", None, True),
    ]
    assert told.calls[0].started_at == datetime.fromtimestamp(1795398560, UTC)
    assert (told.calls[0].caller, told.calls[0].called) == ("390417824452", "442071838750")


def test_an_answer_in_full_with_a_call_of_which_only_the_far_channel_is_left(asked) -> None:
    with tcp(manager(lines(FIXTURES / "asterisk_channels.jsonl"))) as address:
        told = asked("asterisk", address, user="reader")
    assert [(c.call_id, c.customer, c.carrier, c.caller, c.called, c.answered) for c in told.calls] == [
        ("1795000010.32", "acme", "alpha", "390655500101", "442055500101", True),
        ("1795000014.35", "bolt", "bravo", "390655500102", "442055500102", False),
        ("1795000017.38", "cobra", None, "390655500103", "442055500103", False),
        ("1795000004.24", "bolt", "alpha", "390655500104", "442055500104", True),
    ]


def lines(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@dataclass
class Logged:
    """A call as the switch's own log has it: its channels by identity, and when each thing happened."""

    begun: float
    account: str
    caller: str
    called: str
    over: float = 0.0
    up: float = float("inf")
    channels: dict[str, tuple[float, str]] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)

    def is_in_progress(self, at: float) -> bool:
        return self.begun <= at < self.over

    def listed(self, linkedid: str, at: float) -> Iterator[dict[str, str]]:
        """Its channels as they would be listed then."""
        up = at >= self.up
        for unique, (begun, name) in self.channels.items():
            if begun <= at < self.ended[unique]:
                yield {
                    "Channel": name, "Uniqueid": unique, "Linkedid": linkedid, "AccountCode": self.account,
                    "Application": "Dial" if unique == linkedid else "AppDial", "BridgeId": "b" if up else "",
                    "ChannelStateDesc": "Up" if up else "Ring", "CallerIDNum": self.caller, "Exten": self.called,
                }  # fmt: skip


@pytest.fixture(scope="module")
def log(samples: Path) -> dict[str, Logged]:
    """The 300 calls of the log, by linkedid."""
    made: dict[str, Logged] = {}
    with (samples / "asterisk" / "cel-Master.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            event, at, name, account, unique, linkedid = (
                row[0],
                float(row[1]),
                row[9],
                row[13],
                row[14],
                row[15],
            )
            call = made.setdefault(linkedid, Logged(at, account, row[3], row[7]))
            if event == "CHAN_START":
                call.channels[unique] = at, name
            elif event == "CHAN_END":
                call.ended[unique] = at
            elif event == "BRIDGE_ENTER" and unique == linkedid:
                call.up = min(call.up, at)
            elif event == "LINKEDID_END":
                call.over = at
    assert len(made) == 300
    return made


def peer(channel: str | None) -> str | None:
    return pl.select(peer_of_channel(pl.lit(channel, pl.String))).item()


STEPS = [n / 100 for n in range(20)]
"""An answer was noted within a fifth of a second of the moment that it tells of."""


def test_every_second_of_a_real_one_is_as_many_calls_as_its_own_log_has(
    samples: Path, log: dict[str, Logged]
) -> None:
    seconds = lines(samples / "asterisk" / "ami_live.jsonl")
    assert (len(seconds), max(one["calls"] for one in seconds)) == (62, 47)
    for second in seconds:
        counts = set()
        for moment in (second["t"] - step for step in STEPS):
            now = {name: call for name, call in log.items() if call.is_in_progress(moment)}
            rows = asterisk.calls(leg for name, call in now.items() for leg in call.listed(name, moment))
            assert {row["linkedid"]: row["account"] for row in rows} == {n: c.account for n, c in now.items()}
            counts.add(len(rows))
        assert second["calls"] in counts


def test_every_channel_of_a_real_one_tells_account_peer_numbers_and_state(
    samples: Path, log: dict[str, Logged]
) -> None:
    told = [
        (one["t"], channel)
        for one in lines(samples / "asterisk" / "ami_live.jsonl")
        for channel in one["sample"]
    ]
    assert len(told) == 57
    for at, channel in told:
        (row,) = asterisk.calls([channel])
        call = log[channel["Linkedid"]]
        assert any(call.is_in_progress(at - step) for step in STEPS)
        assert (row["account"], row["caller"], row["called"]) == (call.account, call.caller, call.called)
        far = channel["Uniqueid"] != channel["Linkedid"]
        assert peer(row["far"]) == (peer(call.channels[channel["Uniqueid"]][1]) if far else None)
        assert row["answered"] in {"yes" if at - step >= call.up else "no" for step in STEPS}


def test_events_of_a_real_one_leave_the_channels_of_the_calls_in_progress(
    samples: Path, log: dict[str, Logged]
) -> None:
    channels: dict[str, dict[str, str]] = {}
    for event in lines(samples / "asterisk" / "ami_events.head.jsonl"):
        if event["Event"] == "Hangup":
            channels.pop(event["Uniqueid"], None)
        elif event["Event"] in {"Newchannel", "BridgeEnter"}:
            before = channels.get(event["Uniqueid"], {})
            channels[event["Uniqueid"]] = {**before, **event, "BridgeId": event.get("BridgeUniqueid", "")}
    rows = {row["linkedid"]: row for row in asterisk.calls(channels.values())}
    assert event["Event"] == "Newchannel"  # the last one: it tells when that was
    moment = log[event["Linkedid"]].channels[event["Uniqueid"]][0]
    assert set(rows) == {name for name, call in log.items() if call.is_in_progress(moment)}
    for name, row in rows.items():
        call = log[name]
        there = {peer(leg["Channel"]) for leg in call.listed(name, moment) if leg["Uniqueid"] != name}
        assert (row["account"], row["called"], {peer(row["far"])} - {None}) == (
            call.account,
            call.called,
            there,
        )
        assert (row["answered"] == "yes") == (call.up <= moment)


def test_it_says_itself_how_many_channels_there_are(asked) -> None:
    with tcp(manager([*TALKING, *RINGING], left_out=2)) as address:
        told = asked("asterisk", address, user="reader")
    assert (len(told.calls), told.complete) == (1, False)


def test_a_wrong_password_is_told_without_it(asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCH_PASSWORD", "another " + PASSWORD)
    with tcp(manager([])) as address, pytest.raises(SwitchError) as told:
        asked("asterisk", address, user="reader")
    assert str(told.value) == "s1: it refuses user and password"


def test_a_password_of_two_lines_asks_for_nothing(asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCH_PASSWORD", "x\r\nAction: Command")
    with tcp(manager([])) as address, pytest.raises(SwitchError, match="more than one line"):
        asked("asterisk", address, user="reader")


def test_one_that_hangs_up_has_not_answered(asked) -> None:
    def talk(file) -> None:
        file.write(b"Asterisk Call Manager/9.0.0\r\n")

    with tcp(talk) as address, pytest.raises(SwitchError, match=r"hung up|no answer"):
        asked("asterisk", address, user="reader")

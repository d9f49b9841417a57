"""Asterisk: channels of its manager interface, one call per linkedid."""

from datetime import UTC, datetime

import pytest

from live.servers import PASSWORD, manager, tcp
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

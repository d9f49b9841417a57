"""Asking over sockets: what is not answered, or wrongly, and that no credentials are told."""

import socket

import pytest

from live.servers import PASSWORD, datagrams, http, tcp
from tollbook.live.snapshot import SwitchError, poll_of
from tollbook.switches import Source


def nobody() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("kamailio", "http://127.0.0.1:{port}/RPC"),
        ("kamailio", "udp://127.0.0.1:{port}"),
        ("kamailio", "unix:/nowhere/rpc.sock"),
        ("asterisk", "tcp://127.0.0.1:{port}"),
        ("freeswitch", "tcp://127.0.0.1:{port}"),
        ("ari", "http://127.0.0.1:{port}"),
    ],
)
def test_where_nobody_listens_there_is_no_answer(asked, kind: str, address: str) -> None:
    with pytest.raises(SwitchError) as told:
        asked(kind, address.format(port=nobody()), user="reader")
    assert "no answer by" in str(told.value)
    assert PASSWORD not in str(told.value)


def test_one_that_never_answers_is_not_waited_for(asked) -> None:
    with datagrams(lambda _: None) as address, pytest.raises(SwitchError, match="no answer by datagram"):
        asked("kamailio", address, timeout_s=0.1)
    with tcp(lambda file: file.readline()) as address, pytest.raises(SwitchError, match="no answer by TCP"):
        asked("freeswitch", address, timeout_s=0.1)


def test_an_address_without_a_port_is_told(asked) -> None:
    with pytest.raises(SwitchError, match="no host or no port"):
        asked("asterisk", "tcp://127.0.0.1", user="reader")


def test_a_page_of_words_is_no_answer(asked) -> None:
    with http(lambda *_: (200, b"<html>")) as address, pytest.raises(SwitchError, match="no JSON"):
        asked("http", address)


def test_the_secret_is_in_no_text_of_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCH_PASSWORD", PASSWORD)
    told = Source(name="s", kind="asterisk", address="tcp://h:1", user="u", secret_env="SWITCH_PASSWORD")
    poll = poll_of(told)
    assert poll.secret == PASSWORD
    assert PASSWORD not in repr(poll) + repr(told) + told.model_dump_json()

"""Sources by their kind, and rows as calls."""

import pytest

from tollbook.errors import UsageError
from tollbook.live.snapshot import calls_of, poll_of, switches
from tollbook.switches import Source


def test_every_switch_has_a_kind() -> None:
    assert sorted(switches()) == ["ari", "asterisk", "freeswitch", "http", "kamailio", "opensips", "sql"]
    assert all(switch.description for switch in switches().values())


def test_an_unknown_kind_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="kind 'kamalio', did you mean 'kamailio'"):
        poll_of(Source(name="s1", kind="kamalio", address="http://127.0.0.1"))


def test_a_variable_that_is_named_has_to_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MISSING", raising=False)
    with pytest.raises(UsageError, match="source 's1': MISSING is not set"):
        poll_of(Source(name="s1", kind="ari", address="http://127.0.0.1", secret_env="MISSING"))


def test_a_call_that_is_told_twice_is_one() -> None:
    source = Source(name="s1", kind="http", address="http://127.0.0.1")
    rows = [{"call_id": "a", "customer": "x"}, {"call_id": "a", "customer": "y"}, {"call_id": None}]
    (call,) = calls_of(source, switches()["http"], rows)
    assert (call.call_id, call.customer) == ("a", "x")

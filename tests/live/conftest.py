"""Sources of tests."""

from collections.abc import Callable
from typing import Any

import pytest

from live.servers import PASSWORD
from secrets_kept import SECRETS
from tollbook.live.snapshot import Snapshot, poll_of
from tollbook.switches import Source


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Snapshot]:
    """What a switch of this kind at this address tells, asked with the password."""
    monkeypatch.setenv("SWITCH_PASSWORD", SECRETS.add("the password of a switch", PASSWORD))

    def ask(kind: str, address: str, **more: Any) -> Snapshot:
        told = {
            "name": "s1",
            "kind": kind,
            "address": address,
            "timeout_s": 60,
            "secret_env": "SWITCH_PASSWORD",
        }
        return poll_of(Source.of({**told, **more}, "a test")).snapshot()

    return ask

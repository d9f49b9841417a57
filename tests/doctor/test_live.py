"""Checks of the switches."""

from pathlib import Path

import pytest

from live.servers import PASSWORD, http, json_rpc
from tollbook.doctor.live import live
from tollbook.workspace import Workspace


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    return tmp_path / "live.yml"


def test_without_a_source_there_is_only_advice(workspace: Workspace, params: Path) -> None:
    (check,) = live(workspace)
    assert check.ok
    assert check.mend is not None


def test_each_switch_is_asked_and_its_secret_is_in_no_word(
    workspace: Workspace, params: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWITCH_PASSWORD", PASSWORD)
    with http(json_rpc({"dlg.list": []})) as address:
        silent = (
            "{name: pbx, kind: asterisk, address: 'tcp://127.0.0.1:1', user: u, secret_env: SWITCH_PASSWORD}"
        )
        good = f"{{name: sbc, kind: kamailio, address: '{address}', timeout_s: 60}}"
        params.write_text(f"sources: [{good}, {silent}]\n")
        first, second, third = live(workspace)
    assert first.ok
    assert first.found.startswith("0 calls in progress, ")
    assert (second.check, second.ok) == ("live source pbx", False)
    assert PASSWORD not in repr(second)
    assert third.found == "0 calls without a record, 0 records of calls never seen"


def test_a_file_that_is_wrong_is_told(workspace: Workspace, params: Path) -> None:
    params.write_text("sources: 3\n")
    (check,) = live(workspace)
    assert not check.ok

"""`tollbook live`."""

import json
from pathlib import Path

import pytest

from live.servers import FIXTURES, http, json_rpc
from tollbook.cli import main


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    return tmp_path / "live.yml"


def shown(workspace, capsys: pytest.CaptureFixture[str], *words: str):
    main(["--home", str(workspace.home), "live", *words, "--json"])
    said = capsys.readouterr()
    return json.loads(said.out), said.err


def test_without_a_source_nobody_can_tell(workspace, capsys, params: Path) -> None:
    told, said = shown(workspace, capsys)
    assert (told["at"], told["channels"], told["by_customer"], told["by_carrier"]) == (None, None, [], [])
    assert "no live source" in said


def test_the_switches_are_asked_where_no_server_asks_them(workspace, capsys, params: Path) -> None:
    listed = json.loads((FIXTURES / "kamailio_dlg_list.json").read_text())
    with http(json_rpc({"dlg.list": listed})) as address:
        params.write_text(
            f"sources: [{{name: sbc1, kind: kamailio, address: '{address}/RPC', timeout_s: 60}}]\n"
        )
        told, _ = shown(workspace, capsys)
        own, _ = shown(workspace, capsys, "--customer", "bolt")
    assert told["channels"] == 51
    assert told["at"].endswith("Z")
    assert {row["customer"]: row["channels"] for row in told["by_customer"]} == {
        "acme": 23,
        "bolt": 15,
        "cobra": 13,
    }
    assert {row["carrier"]: row["channels"] for row in told["by_carrier"]} == {"alpha": 31, "bravo": 20}
    assert own["channels"] == 15


def test_a_switch_that_does_not_answer_is_said(workspace, capsys, params: Path) -> None:
    params.write_text("sources: [{name: sbc1, kind: kamailio, address: 'unix:/nowhere/rpc.sock'}]\n")
    told, said = shown(workspace, capsys)
    assert told["channels"] is None
    assert "sbc1 does not answer: it has never answered" in said


def test_an_unknown_customer_is_refused(workspace, capsys, params: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--home", str(workspace.home), "live", "--customer", "nobody"])
    assert stopped.value.code == 2
    assert "unknown customer 'nobody'" in capsys.readouterr().err


def test_the_history_of_nothing(workspace, capsys, params: Path) -> None:
    told, _ = shown(workspace, capsys, "--history", "--from", "2026-10-05", "--to", "2026-10-06")
    assert (told["from"], told["peak"], told["breaches"]) == ("2026-10-05T00:00:00Z", 0, [])


def test_watching_tells_until_it_is_stopped(workspace, capsys, params: Path, monkeypatch) -> None:
    def stop(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tollbook.cli.live.sleep", stop)
    main(["--home", str(workspace.home), "live", "--watch"])
    assert capsys.readouterr().out == "–  –\n"

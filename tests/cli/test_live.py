"""`tollbook live`."""

import json
import re
from pathlib import Path

import pytest

from live.served import Kamailio
from live.servers import FIXTURES, http, json_rpc
from tollbook.account.database import shared
from tollbook.account.models import Customer
from tollbook.cli import main
from tollbook.live.collect import collector


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


@pytest.fixture
def watched(workspace, capsys, params: Path, monkeypatch):
    """What `--watch` prints of a switch that has other calls each second, and at last does not answer."""
    switch = Kamailio()
    seconds = [
        [("acme", "alpha"), ("acme", "bravo"), ("bolt", "bravo")],
        [("acme", "alpha")],
        None,
    ]

    def watch(*words: str) -> list[str]:
        asking = collector(workspace)
        (asked,) = [one for one, _ in asking._asked]
        monkeypatch.setattr(asking, "start", lambda: None)  # asked by the second, not by a thread of its own
        monkeypatch.setattr("tollbook.cli.live.collector", lambda _: asking)
        left = list(seconds)

        def second(_seconds: float) -> None:
            if not left:
                raise KeyboardInterrupt
            calls = left.pop(0)
            switch.calls, switch.down = calls or [], calls is None
            asking.poll(asked)

        monkeypatch.setattr("tollbook.cli.live.sleep", second)
        main(["--home", str(workspace.home), "live", "--watch", *words])
        return capsys.readouterr().out.splitlines()

    with http(switch.answer) as address:
        params.write_text(f"sources: [{{name: sbc1, kind: kamailio, address: '{address}', timeout_s: 60}}]\n")
        yield watch


def test_each_second_of_a_watch_is_a_line_and_a_silent_switch_is_told_in_it(watched) -> None:
    first, *lines = watched()
    assert first == "–  –  (no answer: sbc1)"
    assert [line.partition("  ")[2] for line in lines] == [
        "3  acme 2  bolt 1  alpha 1  bravo 2",
        "1  acme 1  alpha 1",
        "1  acme 1  alpha 1  (no answer: sbc1)",  # its last answer counts on
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", line.partition("  ")[0]) for line in lines)


def test_a_watch_as_json_is_a_document_a_line(watched) -> None:
    told = [json.loads(line) for line in watched("--json")]
    assert [one["channels"] for one in told] == [None, 3, 1, 1]
    assert [one["silent"] for one in told] == [True, False, False, True]
    assert [one["sources"][0]["answers"] for one in told] == [False, True, True, False]


def test_a_watch_of_one_customer_counts_its_calls_alone(watched, workspace) -> None:
    with shared(workspace).session() as session:
        session.add(Customer(id="acme", name="Acme", channels=9))
    lines = watched("--customer", "acme")
    assert [line.partition("  ")[2] for line in lines] == [
        "– / 9  (no answer: sbc1)",
        "2 / 9  acme 2  alpha 1  bravo 1",
        "1 / 9  acme 1  alpha 1",
        "1 / 9  acme 1  alpha 1  (no answer: sbc1)",
    ]


def test_watching_tells_until_it_is_stopped(workspace, capsys, params: Path, monkeypatch) -> None:
    def stop(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tollbook.cli.live.sleep", stop)
    main(["--home", str(workspace.home), "live", "--watch"])
    assert capsys.readouterr().out == "–  –\n"

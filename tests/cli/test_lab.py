"""`tollbook lab` as it is typed."""

import os

import pytest

from tollbook.cli import main
from tollbook.runs import lab


@pytest.fixture
def started(monkeypatch):
    """What would have been started, instead of this test."""
    seen = []
    monkeypatch.setattr(lab.os, "execve", lambda *given: seen.append(given))
    return seen


def run(*words):
    main(["lab", *words])


def test_it_copies_says_so_and_starts(workspace, tmp_path, started, capsys):
    folder = tmp_path / "mine"
    run("--home", str(workspace.home), "--folder", str(folder), "--no-browser", "--", "--allow-root")
    said = capsys.readouterr().err
    assert said.startswith(f"copied to {folder}: ")
    assert "carriers.ipynb, dashboard.ipynb" in said
    ((_, command, environment),) = started
    assert command[-2:] == ["--no-browser", "--allow-root"]
    assert environment["TOLLBOOK_HOME"] == str(workspace.home)
    (folder / "carriers.ipynb").write_text("mine")
    (folder / lab.LIST).unlink()
    run("--home", str(workspace.home), "--folder", str(folder), "--", "--allow-root")
    assert f"{folder / 'carriers.ipynb'}: yours is kept" in capsys.readouterr().err
    assert (folder / "carriers.ipynb").read_text() == "mine"


@pytest.mark.parametrize("words", [["--ip=0.0.0.0"], ["--port", "http"], ["--", "--ip=0.0.0.0"]])
def test_what_it_does_not_take_is_refused(workspace, tmp_path, started, words):
    with pytest.raises(SystemExit) as ended:
        run("--home", str(workspace.home), "--folder", str(tmp_path / "mine"), *words)
    assert ended.value.code == 2
    assert started == []


def test_without_a_workspace_nothing_is_copied(tmp_path, started):
    with pytest.raises(SystemExit) as ended:
        run("--home", str(tmp_path / "none"), "--folder", str(tmp_path / "mine"))
    assert ended.value.code == 1
    assert not (tmp_path / "mine").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is root")
def test_root_has_to_say_who_runs_it(workspace, tmp_path, started, capsys):
    with pytest.raises(SystemExit) as ended:
        run("--home", str(workspace.home), "--folder", str(tmp_path / "mine"))
    assert ended.value.code == 1
    assert "will not run notebooks as root" in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()
    assert started == []

"""The folder of an installation: made once, never overwritten, refused where it is too new."""

import json
from pathlib import Path

import pytest

from tollbook.errors import TollbookError
from tollbook.workspace import LAYOUT, Workspace, open_workspace


def test_a_workspace_is_made_once_and_then_left_alone(tmp_path: Path) -> None:
    made = Workspace(tmp_path / "home")
    assert made.create()
    (made.rejects / "kept.csv").write_text("1")
    assert not made.create()
    assert (made.rejects / "kept.csv").read_text() == "1"


def test_a_new_one_is_closed_to_others_on_the_machine(workspace: Workspace) -> None:
    assert workspace.home.stat().st_mode & 0o007 == 0


def test_a_folder_that_is_no_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(TollbookError, match="no workspace: make one with `tollbook init`"):
        open_workspace(tmp_path)


def test_a_newer_workspace_is_refused_and_left_as_it_is(workspace: Workspace) -> None:
    newer = json.dumps({"layout": LAYOUT + 1})
    workspace.marker.write_text(newer)
    for touch in (lambda: open_workspace(workspace.home), workspace.create):
        with pytest.raises(TollbookError, match="newer Tollbook"):
            touch()
    assert workspace.marker.read_text() == newer


@pytest.mark.parametrize("damage", ["", "{}", "[]", "not json"])
def test_a_damaged_marker_is_no_licence_to_start_again(workspace: Workspace, damage: str) -> None:
    workspace.marker.write_text(damage)
    with pytest.raises(TollbookError, match="damaged"):
        open_workspace(workspace.home)


def test_the_home_is_named_or_the_environments(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    assert open_workspace().home == workspace.home.resolve()


def test_the_database_is_sqlite_unless_another_is_named(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOLLBOOK_DATABASE_URL", raising=False)
    assert workspace.database_url == f"sqlite:///{workspace.home.resolve()}/tollbook.db"
    monkeypatch.setenv("TOLLBOOK_DATABASE_URL", "postgresql+psycopg:///tollbook")
    assert workspace.database_url == "postgresql+psycopg:///tollbook"

"""Which workspace a notebook shows."""

import pytest

from tollbook.errors import TollbookError
from tollbook.show.home import workspace as shown
from tollbook.workspace import Workspace


def test_the_one_that_is_named(workspace, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    assert shown() == workspace


def test_else_the_data_beside_the_folder_of_notebooks(tmp_path, monkeypatch):
    monkeypatch.delenv("TOLLBOOK_HOME", raising=False)
    made = Workspace(tmp_path / "data")
    made.create()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert shown() == made


def test_where_there_is_none_it_says_how_to_make_one(tmp_path, monkeypatch):
    monkeypatch.delenv("TOLLBOOK_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TollbookError, match="is no workspace: make one with `tollbook init`"):
        shown()

"""Copies of the notebooks: new ones come, untouched ones follow what is shipped, edited ones are the analyst's."""

import json
import os
import pwd
import shutil
import subprocess
import sys

import nbformat
import pytest

from tollbook.errors import TollbookError, UsageError
from tollbook.params import folder
from tollbook.runs import lab
from tollbook.runs.lab import LIST, Copied, Lab, cells_of


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """What a Tollbook ships: two notebooks, one of them in a folder."""
    place = tmp_path / "shipped"
    (place / "gallery").mkdir(parents=True)
    for name in ("summary.ipynb", "gallery/one.ipynb"):
        write(place / name, name)
    monkeypatch.setattr(lab, "folder", lambda _name: place)
    return place


@pytest.fixture
def mine(tmp_path, workspace, shipped):
    return Lab.of(tmp_path / "mine", workspace, port=8888)


def write(path, *sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


def sources(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


def test_everything_is_copied_once_and_for_our_kernel(mine, shipped):
    assert mine.copy() == Copied(new=["gallery/one.ipynb", "summary.ipynb"])
    assert mine.copy() == Copied()
    copy = nbformat.read(mine.folder / "summary.ipynb", as_version=4)
    assert copy.metadata.kernelspec.name == "tollbook"
    assert sources(mine.folder / "summary.ipynb") == ["summary.ipynb"]
    assert "kernelspec" not in nbformat.read(shipped / "summary.ipynb", as_version=4).metadata


def test_a_copy_that_nobody_edited_follows_what_is_shipped(mine, shipped):
    mine.copy()
    write(shipped / "summary.ipynb", "newer")
    assert mine.copy() == Copied(updated=["summary.ipynb"])
    assert sources(mine.folder / "summary.ipynb") == ["newer"]


def test_an_edit_is_never_overwritten(mine, shipped):
    mine.copy()
    write(mine.folder / "summary.ipynb", "mine")
    assert mine.copy() == Copied()
    write(shipped / "summary.ipynb", "newer")
    assert mine.copy() == Copied(kept=["summary.ipynb"])
    assert sources(mine.folder / "summary.ipynb") == ["mine"]


def test_renaming_ones_own_brings_the_shipped_one(mine, shipped):
    mine.copy()
    write(mine.folder / "summary.ipynb", "mine")
    (mine.folder / "summary.ipynb").rename(mine.folder / "mine.ipynb")
    assert mine.copy() == Copied(new=["summary.ipynb"])
    assert sources(mine.folder / "mine.ipynb") == ["mine"]


def test_running_a_copy_is_no_edit(mine, shipped):
    mine.copy()
    copy = nbformat.read(mine.folder / "summary.ipynb", as_version=4)
    copy.cells[0].outputs = [nbformat.v4.new_output("stream", text="409")]
    copy.cells[0].execution_count = 7
    nbformat.write(copy, mine.folder / "summary.ipynb")
    write(shipped / "summary.ipynb", "newer")
    assert mine.copy() == Copied(updated=["summary.ipynb"])


@pytest.mark.parametrize("text", ["no notebook", "[]", '{"cells": 7}', "\ud800"])
def test_what_is_no_notebook_any_more_is_kept(mine, shipped, text):
    mine.copy()
    write(shipped / "summary.ipynb", "newer")
    (mine.folder / "summary.ipynb").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert mine.copy() == Copied(kept=["summary.ipynb"])


def test_a_file_that_was_there_before_is_kept(mine):
    mine.folder.mkdir()
    write(mine.folder / "summary.ipynb", "somebody's")
    assert mine.copy() == Copied(new=["gallery/one.ipynb"], kept=["summary.ipynb"])


def test_a_damaged_list_is_said_and_nothing_is_touched(mine):
    mine.copy()
    (mine.folder / LIST).write_text("[1")
    with pytest.raises(TollbookError, match="is damaged: remove it"):
        mine.copy()


def test_the_shipped_notebooks_and_the_workspace_are_no_place_for_copies(workspace, shipped):
    for place in (shipped, shipped / "gallery", workspace.home, workspace.home / "calls"):
        with pytest.raises(TollbookError, match="choose another folder"):
            Lab.of(place, workspace, port=8888)


@pytest.mark.parametrize("word", ["--ip=0.0.0.0", "--ServerApp.ip=::", "--port=1"])
def test_it_listens_on_this_machine_whatever_is_asked(tmp_path, workspace, word):
    with pytest.raises(UsageError, match="is settled by `tollbook lab`"):
        Lab.of(tmp_path / "mine", workspace, port=8888, more=[word])


def test_jupyterlab_gets_the_copies_the_workspace_and_our_kernel(mine, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", "other")
    assert {f"--ServerApp.root_dir={mine.folder}", "--ip=127.0.0.1", "--port=8888"} <= set(mine.command)
    assert "--no-browser" not in mine.command
    assert mine.environment["TOLLBOOK_HOME"] == str(mine.workspace.home)
    ours, other = mine.environment["JUPYTER_PATH"].split(lab.os.pathsep)
    assert other == "other"
    assert (lab.Path(ours) / "kernels" / "tollbook" / "kernel.json").is_file()


def test_the_notebooks_that_are_really_shipped_can_be_copied(tmp_path, workspace):
    made = Lab.of(tmp_path / "mine", workspace, port=8888)
    done = made.copy()
    assert {"dashboard.ipynb", "carriers.ipynb", "gallery/new-metric.ipynb"} <= set(done.new)
    for name, digest in json.loads((made.folder / LIST).read_text()).items():
        assert cells_of(made.folder / name) == cells_of(folder("notebooks") / name) == digest
    shutil.rmtree(made.folder)


BECOME = """
import json, os, sys
from tollbook.errors import TollbookError
from tollbook.runs.lab import become
def told(*words):
    try:
        become(*words)
    except TollbookError as error:
        return str(error)
    return [os.getuid(), os.geteuid(), os.getgid(), os.getgroups()]
nobody, root = told("nobody-of-that-name"), told(None)
became = told("nobody")
print(json.dumps([nobody, root, became, told("nobody"), told(None), dict(os.environ)]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_becomes_the_named_user_for_good():
    theirs = {"XDG_CONFIG_HOME": "/etc/roots", "TOLLBOOK_SECRET": "x" * 32, "TOLLBOOK_HOME": "/srv/data"}
    done = subprocess.run(
        [sys.executable, "-c", BECOME], env=os.environ | theirs, capture_output=True, text=True, check=True
    )
    nobody, root, became, again, unnamed, environment = json.loads(done.stdout)
    who = pwd.getpwnam("nobody")
    assert nobody == "--user nobody-of-that-name: there is no such user on this machine"
    assert root.startswith("will not run notebooks as root")
    assert became == [who.pw_uid, who.pw_uid, who.pw_gid, [who.pw_gid]]
    assert again == "--user nobody: only root can run it as somebody else; leave --user out"
    assert unnamed == became
    assert (environment["HOME"], environment["USER"]) == (who.pw_dir, "nobody")
    assert not {"XDG_CONFIG_HOME", "TOLLBOOK_SECRET"} & set(environment)
    assert environment["TOLLBOOK_HOME"] == "/srv/data"

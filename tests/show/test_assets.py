"""The charts' library."""

import re
import sys

import pytest

from tollbook.errors import TollbookError
from tollbook.show import assets


@pytest.fixture
def prefix(tmp_path, monkeypatch):
    """An installation that has no library yet, and no other place to find one."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    monkeypatch.setattr(assets, "jupyter_path", lambda: [str(tmp_path / "prefix" / "share" / "jupyter")])
    monkeypatch.setattr(assets, "jupyter_data_dir", lambda: str(tmp_path / "own"))
    assets.published.cache_clear()
    yield tmp_path
    assets.published.cache_clear()


def test_it_is_made_once_and_then_found(prefix):
    made = assets.bundle()
    assert made == prefix / "prefix/share/jupyter/labextensions/tollbook/static" / assets.bundle_name()
    assert sorted(file.name for file in made.iterdir()) == ["view.mjs", "whole.mjs"]
    written = [file.stat().st_mtime_ns for file in made.iterdir()]
    assert assets.bundle() == made
    assert [file.stat().st_mtime_ns for file in made.iterdir()] == written


def exported(module):
    return {
        name for held in re.findall(r"export\{([^}]*)\}", module) for name in re.findall(r"as (\w+)", held)
    }


def test_it_draws_without_asking_any_other_machine(prefix):
    view, whole = ((assets.bundle() / name).read_text(encoding="utf-8") for name in ("view.mjs", "whole.mjs"))
    assert "cdn.jsdelivr" not in view + whole
    assert exported(view) == {"View", "Handler", "locale", "usual"}
    assert exported(whole) == {"View", "Handler", "locale", "usual", "parse", "compile"}
    assert len(view) < 0.5 * len(whole)  # what a second visit loads


def test_a_library_of_another_version_is_replaced(prefix):
    folder = prefix / "prefix/share/jupyter/labextensions/tollbook/static"
    folder.mkdir(parents=True)
    (folder / "vega-5.0-1.0.mjs").write_text("old")
    (folder / "vega-5.1-1.0").mkdir()
    assets.bundle()
    assert [path.name for path in folder.iterdir()] == [assets.bundle_name()]


def test_where_nothing_can_be_written_the_message_says_what_to_do(prefix, monkeypatch):
    def refused(_folder):
        raise PermissionError

    monkeypatch.setattr(assets, "_write", refused)
    with pytest.raises(TollbookError, match=r"run `python -m tollbook.show.assets` once as a user who may"):
        assets.bundle()


def test_our_modules_lie_in_a_folder_named_by_what_they_are(prefix):
    folder = assets.published()
    assert folder.parent == prefix / "prefix/share/jupyter/labextensions/tollbook/static"
    assert (folder / "base.js").read_bytes() == (assets.STATIC / "base.js").read_bytes()
    assert assets.module_path("grid.js") == f"tollbook/static/{folder.name}/grid.js"


def test_a_changed_module_has_another_address(prefix, monkeypatch, tmp_path):
    before = assets.published()
    changed = tmp_path / "changed"
    changed.mkdir()
    (changed / "base.js").write_text("// other")
    monkeypatch.setattr(assets, "STATIC", changed)
    assets.published.cache_clear()
    assert assets.published().name != before.name
    assert before.is_dir()

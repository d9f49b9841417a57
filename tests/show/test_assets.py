"""The charts' library."""

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
    return tmp_path


def test_it_is_made_once_and_then_found(prefix):
    made = assets.bundle()
    assert made == prefix / "prefix/share/jupyter/labextensions/tollbook/static" / assets.bundle_name()
    written = made.stat().st_mtime_ns
    assert assets.bundle() == made
    assert made.stat().st_mtime_ns == written


def test_it_draws_without_asking_any_other_machine(prefix):
    text = assets.bundle().read_text(encoding="utf-8")
    assert "vegaEmbed" in text
    assert "cdn.jsdelivr" not in text


def test_a_library_of_another_version_is_replaced(prefix):
    folder = prefix / "prefix/share/jupyter/labextensions/tollbook/static"
    folder.mkdir(parents=True)
    (folder / "vega-5.0-1.0.mjs").write_text("old")
    assets.bundle()
    assert [path.name for path in folder.iterdir()] == [assets.bundle_name()]


def test_where_nothing_can_be_written_the_message_says_what_to_do(prefix, monkeypatch):
    def refused(_folder):
        raise PermissionError

    monkeypatch.setattr(assets, "_write", refused)
    with pytest.raises(TollbookError, match=r"run `python -m tollbook.show.assets` once as a user who may"):
        assets.bundle()

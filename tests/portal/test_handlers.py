"""Answers that are no notebook."""

from types import SimpleNamespace

import nbformat

from tollbook.params import folder
from tollbook.portal.handlers import frame, prepare
from tollbook.portal.pages import PAGES


def test_every_page_shows_who_runs_it_and_the_other_pages(tmp_path, monkeypatch):
    (tmp_path / "site.yml").write_text("name: Example Telecom\n")
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    shown = frame("Dashboard", "dashboard")
    assert (shown["site"], shown["pages"]) == ("Example Telecom", PAGES)


def test_before_a_kernel_starts_the_notebook_gets_the_choices_and_its_top():
    page = PAGES[0]
    handler = SimpleNamespace(page=page, chosen=page.chosen({"zone": "Europe/Riga"}))
    read = nbformat.read(folder("notebooks") / page.notebook, as_version=4)
    made = prepare(handler, read, cwd="")
    assert made.metadata["tollbook"]["chosen"]["zone"] == "Europe/Riga"
    assert any("zone = 'Europe/Riga'" in cell.source for cell in made.cells)

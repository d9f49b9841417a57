"""Which notebooks are shown, and how a reader's choices and language reach them."""

import ast

import nbformat
import pytest

from tollbook.errors import UsageError
from tollbook.params import folder
from tollbook.portal import pages
from tollbook.portal.pages import NAVIGATION, PAGES, translated, with_parameters

BY_NAME = {page.name: page for page in PAGES}
DASHBOARD, SUMMARY = BY_NAME["dashboard"], BY_NAME["summary"]


def notebook(page=DASHBOARD):
    return nbformat.read(folder("notebooks") / page.notebook, as_version=4)


def injected(notebook):
    return next(cell for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", ()))


def test_a_person_lands_on_the_dashboard():
    assert PAGES[0] is DASHBOARD


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_notebook_has_a_parameter_for_every_choice(page):
    cell = next(cell for cell in notebook(page).cells if "parameters" in cell.metadata.get("tags", ()))
    names = {line.target.id for line in ast.parse(cell.source).body}
    assert names == set(page.params.model_fields)


def test_the_address_goes_before_the_file_of_parameters():
    chosen = DASHBOARD.chosen({"zone": "Europe/Riga", "start": "-7d"})
    assert (chosen.zone, chosen.start, chosen.by) == ("Europe/Riga", "-7d", "carrier")


def test_names_that_the_page_does_not_know_are_ignored():
    assert DASHBOARD.chosen({"utm_source": "x", "view": "daily"}) == DASHBOARD.chosen({})


def test_the_language_is_the_readers_and_no_part_of_an_address():
    assert DASHBOARD.chosen({"language": "es"}, "de").language == "de"


@pytest.mark.parametrize("value", ["__import__('os')", "'; import os; '", "UTC\n1/0", "../../etc"])
def test_a_value_of_the_wrong_kind_is_refused(value):
    with pytest.raises(UsageError, match="unknown zone"):
        DASHBOARD.chosen({"zone": value})
    with pytest.raises(UsageError, match="is no date or time"):
        DASHBOARD.chosen({"start": value})
    with pytest.raises(UsageError, match="Input should be 'live'"):
        SUMMARY.chosen({"view": value})


def test_choices_are_written_as_literals_after_the_parameters():
    chosen = DASHBOARD.chosen({"zone": "Europe/Riga"})
    made = with_parameters(notebook(), chosen)
    place = made.cells.index(injected(made))
    assert "parameters" in made.cells[place - 1].metadata["tags"]
    lines = ast.parse(injected(made).source).body
    assert {line.targets[0].id: ast.literal_eval(line.value) for line in lines} == chosen.model_dump()


def test_texts_are_translated_paragraph_by_paragraph_and_headings_stay_headings(monkeypatch):
    monkeypatch.setattr(pages, "tr", {"Title": "Titel", "One\ntwo.": "Eins\nzwei."}.__getitem__)
    cells = [nbformat.v4.new_markdown_cell("## Title\n\nOne\ntwo.\n"), nbformat.v4.new_code_cell("x = 1")]
    made = translated(nbformat.v4.new_notebook(cells=cells))
    assert [cell.source for cell in made.cells] == ["## Titel\n\nEins\nzwei.", "x = 1"]


def test_the_head_of_a_page_leads_to_every_notebook_and_to_payments():
    assert [page for page in NAVIGATION if isinstance(page, pages.Page)] == list(PAGES)
    (other,) = [page for page in NAVIGATION if page not in PAGES]
    assert (other.name, other.resource) == ("payments", "payments")

"""Which notebooks are shown, and how a reader's choices become parameters."""

import ast

import nbformat
import pytest

from tollbook.errors import UsageError
from tollbook.params import folder
from tollbook.portal.pages import PAGES, choices, with_parameters

DASHBOARD, SUMMARY = PAGES


def notebook():
    return nbformat.read(folder("notebooks") / "dashboard.ipynb", as_version=4)


def injected(notebook):
    return next(cell for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", ()))


def test_only_the_dashboard_and_the_summary_are_shown():
    assert [page.notebook for page in PAGES] == ["dashboard.ipynb", "summary.ipynb"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_notebook_has_a_parameter_for_every_choice(page):
    read = nbformat.read(folder("notebooks") / page.notebook, as_version=4)
    cell = next(cell for cell in read.cells if "parameters" in cell.metadata.get("tags", ()))
    names = {line.target.id for line in ast.parse(cell.source).body}
    assert names == set(page.params.model_fields)


def test_the_address_goes_before_the_file_of_parameters():
    chosen = DASHBOARD.chosen({"zone": "Europe/Riga", "start": "-7d"})
    assert chosen.model_dump() == {"start": "-7d", "end": "", "zone": "Europe/Riga"}


def test_names_that_the_page_does_not_know_are_ignored():
    assert DASHBOARD.chosen({"utm_source": "x", "view": "daily"}) == DASHBOARD.chosen({})


@pytest.mark.parametrize("value", ["__import__('os')", "'; import os; '", "UTC\n1/0", "../../etc"])
def test_a_value_of_the_wrong_kind_is_refused(value):
    with pytest.raises(UsageError, match="unknown zone"):
        DASHBOARD.chosen({"zone": value})
    with pytest.raises(UsageError, match="is no date or time"):
        DASHBOARD.chosen({"start": value})
    with pytest.raises(UsageError, match="Input should be 'live'"):
        SUMMARY.chosen({"view": value})


def test_choices_are_written_as_literals_after_the_parameters():
    made = with_parameters(notebook(), DASHBOARD.chosen({"zone": "Europe/Riga"}))
    place = made.cells.index(injected(made))
    assert "parameters" in made.cells[place - 1].metadata["tags"]
    lines = ast.parse(injected(made).source).body
    assert {line.targets[0].id: ast.literal_eval(line.value) for line in lines} == {
        "start": "-24h",
        "end": "",
        "zone": "Europe/Riga",
    }


def test_the_top_offers_what_the_notebook_takes():
    dashboard, summary = (choices(page, page.chosen({})) for page in PAGES)
    assert dashboard["views"] == []
    assert "Europe/Riga" in dashboard["zones"]
    assert summary["views"] == ["live", "daily", "weekly", "monthly"]
    assert summary["zones"] == summary["spans"] == []

"""What a page needs, known from the time before."""

from nbformat.v4 import new_code_cell, new_output

from tollbook.portal.preload import Needed, with_imports
from tollbook.show.assets import bundle_name, module_path
from tollbook.show.widget import SNAPSHOT


def cell(name):
    data = {SNAPSHOT: {"key": "k", "module": module_path(name), "state": {}}}
    return new_code_cell("", outputs=[new_output("display_data", data=data)])


def test_a_page_that_has_not_run_needs_nothing_yet():
    assert Needed().modules("dashboard") == []
    assert Needed().styles("dashboard") == []


def test_then_it_needs_its_modules_what_they_import_and_their_styles():
    needed = Needed()
    needed.learn("dashboard", cell("graph.js"))
    assert module_path("vega.js") in needed.modules("dashboard")
    assert module_path("base.js") in needed.modules("dashboard")
    assert needed.library("dashboard") == f"tollbook/static/{bundle_name()}"
    assert module_path("graph.css") in needed.styles("dashboard")
    assert needed.modules("summary") == []
    assert needed.library("summary") == ""


def test_a_page_without_a_drawing_needs_no_library():
    needed = Needed()
    needed.learn("summary", cell("grid.js"))
    assert needed.modules("summary")
    assert needed.library("summary") == ""


def test_imports_are_followed_to_their_end_once():
    names = with_imports(frozenset({"graph.js"}))
    assert len(set(names)) == len(names)
    assert names[0] == "graph.js"

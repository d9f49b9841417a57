"""Parts of pages that ask for something."""

import re

import pytest

from tollbook.show.alerts import AlertPart
from tollbook.show.assets import STATIC
from tollbook.show.decks import DeckPart
from tollbook.show.master import MasterPart
from tollbook.show.number_files import NumberPart

KINDS = (AlertPart, DeckPart, MasterPart, NumberPart)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_page_says_of_one_is_not_heard(kind):
    made = kind(part="intake", label="Files", told={"may": False}, said="Done.")
    made.set_state({"told": {"may": True}, "said": "Paid.", "part": "map", "label": "x"})
    assert (made.part, made.label, made.told, made.said) == ("intake", "Files", {"may": False}, "Done.")


@pytest.mark.parametrize("kind", KINDS)
def test_its_module_draws_each_part_that_python_makes(kind):
    module = (STATIC / kind.module_file).read_text()
    drawn = re.search(r"const PARTS = \{(.*?)\}", module)
    source = re.compile(rf'\b{kind.__name__}\(\s*part="(\w+)"')
    made = {name for path in STATIC.parent.glob("*.py") for name in source.findall(path.read_text())}
    assert made
    assert made == set(re.findall(r"(\w+):", drawn[1]))

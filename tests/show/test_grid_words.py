"""What a grid says."""

import re
from pathlib import Path

import tollbook.show
from tollbook.show.grid_words import words

STATIC = Path(tollbook.show.__file__).parent / "static"


def test_the_modules_say_what_there_is_and_all_of_it():
    code = "\n".join(path.read_text() for path in sorted(STATIC.glob("grid*.js")))
    assert set(re.findall(r"\bwords\.(\w+)", code)) == set(words())

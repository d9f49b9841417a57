"""The catalogues of the languages hold every text that a reader may see."""

import re
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from tollbook.language import LANGUAGES, SOURCE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "docs"))
import messages

OTHERS = [language for language in LANGUAGES if language != SOURCE]
HOLES = re.compile(r"\{\w*\}")


@pytest.fixture(scope="module")
def texts() -> dict[messages.Text, list[str]]:
    return messages.texts()


def forms(message: Message) -> Iterable[str]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def holes(text: str) -> set[str]:
    return set(HOLES.findall(text))


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language, texts) -> None:
    stored = messages.catalogue(language)
    missing = []
    for text, places in texts.items():
        message = stored.get(text if isinstance(text, str) else text[0])
        if message is None or message.fuzzy or not all(forms(message)):
            missing.append(f"{places[0]}: {text}")
    assert missing == [], "run `make messages`, then translate what is empty"


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_same_holes_to_fill(language) -> None:
    for message in messages.catalogue(language):
        texts = message.id if isinstance(message.id, tuple) else (message.id,)
        allowed = set().union(*map(holes, texts))
        for form in forms(message) if message.id else ():
            # One of something may be said without its number.
            assert holes(form) == allowed or (len(texts) > 1 and holes(form) <= allowed), message.id


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_translated_that_nobody_says(language, texts) -> None:
    said = {text if isinstance(text, str) else text[0] for text in texts}
    kept = {m.id[0] if isinstance(m.id, tuple) else m.id for m in messages.catalogue(language) if m.id}
    assert kept - said == set()

"""The reader's language."""

import re

import pytest

from tollbook import language
from tollbook.errors import UsageError
from tollbook.params import Dashboard
from tollbook.periods import parse_instant, parse_zone


@pytest.fixture
def spanish(tmp_path, monkeypatch):
    """A small Spanish catalogue."""
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "tollbook.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "Attempts"\nmsgstr "Intentos"\n\n'
        'msgid "{count} row"\nmsgid_plural "{count} rows"\nmsgstr[0] "{count} fila"\nmsgstr[1] "{count} filas"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(language, "_FOLDER", tmp_path)
    language.catalogue.cache_clear()
    language.use("es")
    yield
    language.use("")
    language.catalogue.cache_clear()


def test_a_text_is_looked_up_by_its_english(spanish):
    assert language.tr("Attempts") == "Intentos"


def test_a_text_that_is_not_there_stays_english(spanish):
    assert language.tr("Seizures") == "Seizures"


@pytest.mark.parametrize(("number", "said"), [(1, "1 fila"), (2, "2 filas")])
def test_a_number_chooses_its_form(spanish, number, said):
    assert language.trn("{count} row", "{count} rows", number).format(count=number) == said


def test_nothing_is_not_the_head_of_the_catalogue(spanish):
    assert language.tr("") == ""


def test_without_a_choice_it_is_english():
    assert (language.current(), language.tr("Attempts")) == ("en", "Attempts")


def test_an_unknown_language_is_refused():
    with pytest.raises(UsageError, match="language 'xx': there is en, es"):
        language.use("xx")


def test_arabic_is_written_from_right_to_left():
    assert (language.direction("ar"), language.direction("de")) == ("rtl", "ltr")


def test_a_text_that_is_looked_up_later_stays_as_it_stands(spanish):
    assert language.later("Attempts") == "Attempts"


@pytest.fixture
def german():
    """The catalogue of German as it is delivered."""
    language.use("de")
    yield
    language.use("")


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("asx", ["asr", "acd"], ", did you mean 'asr'?"),
        ("zzz", ["asr", "acd"], "; known: acd, asr"),
        ("?", [f"name {number:02}" for number in range(27)], "name 24 and 2 more"),
    ],
)
def test_the_nearest_word_or_all_that_are_known_are_suggested(word, known, said):
    assert language.suggested(word, known).endswith(said)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: parse_instant("gestern"), "ist weder Datum noch Uhrzeit"),
        (
            lambda: parse_zone("Europe/Berln"),
            "unbekannte Zeitzone „Europe/Berln“, ist „Europe/Berlin“ gemeint?",
        ),
        (lambda: Dashboard.of({"graphs": "asx"}, "hier"), "unbekannte Grafik „asx“, ist „asr“ gemeint?"),
        (lambda: Dashboard.of({"by": "asr:carier"}, "hier"), "ist „carrier“ gemeint?"),
        (lambda: Dashboard.of({"compare": "x"}, "hier"), "Möglich ist '' or 'previous', nicht 'x'"),
    ],
)
def test_what_is_wrong_in_an_address_is_said_in_the_readers_language(german, wrong, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        wrong()

"""The reader's language: texts are written in English where they are used, and looked up in a catalogue.

`tr("Attempts")` is the text in the language that is in use, else the English one. Catalogues are gettext's,
`languages/<language>/LC_MESSAGES/tollbook.po`, and are read as they are.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from tollbook.errors import LISTED, UsageError, nearest

LANGUAGES: Final = {
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "de": "Deutsch",
    "pt": "Português",
    "ar": "العربية",
}
"""What each calls itself."""

RIGHT_TO_LEFT: Final = frozenset({"ar"})
SOURCE: Final = "en"
_FOLDER: Final = Path(__file__).parent / "languages"
_current: ContextVar[str] = ContextVar("language", default=SOURCE)


def use(language: str) -> None:
    """Speak this language from now on; empty is English.

    Raises:
        UsageError: there is no such catalogue.
    """
    _current.set(known(language))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language for a while, as in a mail to somebody else.

    Raises:
        UsageError: there is no such catalogue.
    """
    before = _current.set(known(language))
    try:
        yield
    finally:
        _current.reset(before)


def known(language: str) -> str:
    """The language itself, or English where it is empty.

    Raises:
        UsageError: it is none of ours.
    """
    if language and language not in LANGUAGES:
        words = tr("language '{name}': there is {names}").format(name=language, names=", ".join(LANGUAGES))
        raise UsageError(f"{words}{suggested(language, LANGUAGES)}")
    return language or SOURCE


def current() -> str:
    """The language in use."""
    return _current.get()


def direction(language: str) -> str:
    """`rtl` where it is written from right to left, else `ltr`."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def tr(text: str) -> str:
    """The text in the language in use; as it stands where the catalogue lacks it."""
    return catalogue(current()).gettext(text) if text else text


def trn(one: str, many: str, number: int) -> str:
    """The form of the text that fits a number: `trn("{count} row", "{count} rows", n).format(count=n)`."""
    return catalogue(current()).ngettext(one, many, number)


def suggested(word: str, known: Iterable[str]) -> str:
    """As `did_you_mean` of the errors, in the language in use: behind what readers typed into an address."""
    names = sorted(known)
    near = nearest(word, names)
    if near:
        return tr(", did you mean '{name}'?").format(name=near)
    count = len(names) - LISTED
    more = trn(" and {count} more", " and {count} more", count).format(count=count) if count > 0 else ""
    return tr("; known: {names}").format(names=", ".join(names[:LISTED])) + more


def later(text: str) -> str:
    """The text as it stands: marks one that a catalogue must hold and that is looked up where it is shown."""
    return text


@lru_cache
def catalogue(language: str) -> NullTranslations:
    """The texts of a language."""
    path = _FOLDER / language / "LC_MESSAGES" / "tollbook.po"
    if not path.is_file():
        return NullTranslations()
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - English needs neither
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    return GNUTranslations(BytesIO(compiled.getvalue()))

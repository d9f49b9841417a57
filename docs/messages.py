"""Bring the catalogues of all languages up to date with the texts in the code. `make messages` runs it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import nbformat
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from tollbook.calls.table import COLUMNS
from tollbook.language import LANGUAGES, SOURCE
from tollbook.metrics import METRICS
from tollbook.portal.pages import PAGES
from tollbook.tables import UNRATED

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = ROOT / "lib" / "tollbook"
TEMPLATES: Final = PACKAGE / "portal" / "jupyter" / "voila" / "templates" / "tollbook"
KEYWORDS: Final = {"tr": None, "later": None, "trn": (1, 2)}
Text = str | tuple[str, str]


def texts() -> dict[Text, list[str]]:
    """Every text that a reader may see, and the files that say it."""
    found: dict[Text, list[str]] = {}
    for place, text in (
        *_of_code(),
        *_of_templates(),
        *_of_notebooks(),
        *_of_metrics(),
        *_of_calls(),
    ):
        found.setdefault(text, [])
        if place not in found[text]:
            found[text].append(place)
    return found


def _of_code() -> Iterator[tuple[str, Text]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield from _extracted(path, "python")


def _of_templates() -> Iterator[tuple[str, Text]]:
    for path in sorted(TEMPLATES.glob("*.j2")):
        yield from _extracted(path, "jinja2.ext:babel_extract")


def _extracted(path: Path, method: str) -> Iterator[tuple[str, Text]]:
    with path.open("rb") as file:
        for _line, message, *_more in extract(method, file, keywords=KEYWORDS):
            text = (message[0], message[1]) if isinstance(message, tuple) else message
            if text:
                yield str(path.relative_to(ROOT)), text


def _of_notebooks() -> Iterator[tuple[str, Text]]:
    """The paragraphs of the notebooks that pages show."""
    for path in (ROOT / "notebooks" / page.notebook for page in PAGES):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                yield from ((str(path.relative_to(ROOT)), text) for text in paragraphs(cell.source))


def _of_calls() -> Iterator[tuple[str, Text]]:
    """What the columns of calls mean, and why a call has no charge."""
    for text in (*(column.meaning for column in COLUMNS.values()), *UNRATED.values()):
        yield "lib/tollbook/tables.py", text


def paragraphs(source: str) -> list[str]:
    """The paragraphs of a cell of text, headings without their marks."""
    return [part.strip().lstrip("#").strip() for part in source.split("\n\n") if part.strip()]


def _of_metrics() -> Iterator[tuple[str, Text]]:
    for metric in METRICS.values():
        for text in (metric.label, metric.meaning, metric.unit):
            if text:
                yield "lib/tollbook/metrics/definitions.py", text


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is stored; an empty one where there is none."""
    path = file_of(language)
    if not path.is_file():
        return Catalog(language, project="tollbook", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def file_of(language: str) -> Path:
    """Where a language's texts lie."""
    return PACKAGE / "languages" / language / "LC_MESSAGES" / "tollbook.po"


def update(language: str) -> None:
    """Write the catalogue: texts that are new without a translation, those that are gone left out."""
    old, new = catalogue(language), Catalog(language, project="tollbook", charset="utf-8")
    for text, places in sorted(texts().items(), key=str):
        known = old.get(text if isinstance(text, str) else text[0])
        new.add(text, known.string if known else None, locations=[(place, 0) for place in places])
    path = file_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, new, width=110, omit_header=False, include_lineno=False)


if __name__ == "__main__":
    for each in LANGUAGES:
        if each != SOURCE:
            update(each)

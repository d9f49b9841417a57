"""The first sheet of an XLSX workbook, read as it is stored: no cell is computed, and no number becomes a float.

What a spreadsheet has made of a text that looks like a number is told beside the cell, for columns whose digits count.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Final, NamedTuple
from zipfile import BadZipFile, ZipFile

from lxml import etree

from tollbook.errors import UsageError

MOST_BYTES: Final = 128 * 1024 * 1024
"""Of one part of a workbook, unpacked."""
MOST_COLUMNS: Final = 16_384
"""Of a sheet: no spreadsheet has more."""
_LONGEST_FORMAT: Final = 255
"""Characters of a format, as spreadsheets allow."""
_LONGEST_COLUMN: Final = 3
"""Letters of a column's name."""

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW: Final = f"{_MAIN}row"
_CELL: Final = f"{_MAIN}c"
_VALUE: Final = f"{_MAIN}v"
_INLINE: Final = f"{_MAIN}is"
_PART: Final = f"{_MAIN}t"
_LINKS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_LINK: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DATES: Final = frozenset({*range(14, 23), *range(45, 48)})
"""Numbers of the formats that every spreadsheet knows for dates and times."""
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
EXACT_DIGITS: Final = 15
"""Of a number that a spreadsheet keeps."""
_DAY_0: Final = {"1900": datetime(1899, 12, 30), "1904": datetime(1904, 1, 1)}  # noqa: DTZ001 - a clock without a zone
"""From which a workbook counts days."""
_FIRST_DAY: Final = {"1900": 61, "1904": 1}
"""From which on they are counted right: the older calendar has a 29th of February that never was."""
_LAST_DAY: Final = 2_900_000


_BROKEN: Final = (
    *(BadZipFile, EOFError, RuntimeError, zlib.error, etree.XMLSyntaxError),
    *(KeyError, IndexError, ValueError, InvalidOperation),
)
"""What a file that is no workbook, or a damaged or an encrypted one, ends in."""


class Cell(NamedTuple):
    """The text of a cell, and why its digits may not be those that somebody typed; empty where they are.

    `when` is the date and time that a cell shows, as ISO 8601 writes it.
    """

    text: str
    doubt: str = ""
    when: str = ""


EMPTY: Final = Cell("")


def read_workbook(path: Path, most: int = MOST_BYTES) -> Iterator[tuple[int, list[Cell]]]:
    """The cells of each row of the first sheet, from its first column to its last filled one, with the row's number.

    No part of it is read that has more than `most` bytes when it is unpacked.

    Raises:
        UsageError: it is no workbook, or too large.
    """
    try:
        with ZipFile(path) as archive:
            book = _Book(archive, most)
            sheet = _first_sheet(book)
            made = _Made(_texts(book), _formats(book), _calendar(book))
            with book.part(sheet) as part:
                yield from _rows(part, made)
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file") from None
    except _BROKEN as error:
        raise UsageError(f"{path.name}: it is no XLSX workbook that can be read ({error})") from None


@dataclass(frozen=True)
class _Book:
    """The parts of a workbook, none of them larger than `most` bytes."""

    archive: ZipFile
    most: int

    def part(self, name: str) -> IO[bytes]:
        if self.archive.getinfo(name).file_size > self.most:
            raise ValueError(f"{name} is too large")
        return self.archive.open(name)

    def has(self, name: str) -> bool:
        return name in self.archive.NameToInfo


@dataclass(frozen=True)
class _Made:
    texts: list[str]
    formats: list[str]
    calendar: str

    def cell(self, node: etree._Element) -> Cell:
        kind = node.get("t", "n")
        if kind == "inlineStr":
            return Cell(_text(node.find(_INLINE)))
        value = node.findtext(_VALUE) or ""
        if kind == "s":
            return Cell(self.texts[int(value)])
        if kind != "n" or not value:
            return Cell(value)
        style = int(node.get("s", "0"))
        shown = self.formats[style] if style < len(self.formats) else ""
        return Cell(value, _doubt(value, shown), _when(value, self.calendar) if shown == "date" else "")


def _when(value: str, calendar: str) -> str:
    """The second that a number of days means; empty where that is not certain."""
    days = Decimal(value)
    if not _FIRST_DAY[calendar] <= days < _LAST_DAY:
        return ""
    return (_DAY_0[calendar] + timedelta(seconds=round(days * 86400))).isoformat()


def _doubt(value: str, shown: str) -> str:
    if shown == "date":
        return "it is a date or a time"
    if not value.isdigit():
        return f"it is the number {value}"
    if len(value) > EXACT_DIGITS:
        return "it is a number of more digits than a spreadsheet keeps"
    if shown and len(shown) > len(value):
        return f"it is a number that is shown as {value.zfill(len(shown))}"
    return ""


def _rows(part: IO[bytes], made: _Made) -> Iterator[tuple[int, list[Cell]]]:
    """Each cell and each row is let go as soon as it is read, so that none grows with what was before it."""
    cells: list[Cell] = []
    place = 0
    for _, node in _parsed(part, _ROW, _CELL):
        if node.tag == _ROW:
            yield int(node.get("r", "0")), cells
            cells, place = [], 0
        else:
            place = _column(node.get("r", "")) if node.get("r") else place
            if place >= MOST_COLUMNS:
                raise ValueError("a row has too many cells")
            if (cell := made.cell(node)) != EMPTY:
                cells.extend([EMPTY] * (place + 1 - len(cells)))
                cells[place] = cell
            place += 1
        _let_go(node)


def _let_go(node: etree._Element) -> None:
    """Forget what is in an element that was read, and those before it."""
    node.clear()
    parent = node.getparent()
    while parent is not None and node.getprevious() is not None:
        del parent[0]


def _column(reference: str) -> int:
    """The place of a cell such as B7 in its row, from 0."""
    letters, place = reference.rstrip("0123456789"), 0
    if len(letters) > _LONGEST_COLUMN:
        raise ValueError("a cell has no column")
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    if not 1 <= place <= MOST_COLUMNS:
        raise ValueError(reference[:40])
    return place - 1


def _calendar(book: _Book) -> str:
    with book.part("xl/workbook.xml") as part:
        told = next((one.get("date1904", "0") for _, one in _parsed(part, f"{_MAIN}workbookPr")), "0")
    return "1904" if told in {"1", "true"} else "1900"


def _first_sheet(book: _Book) -> str:
    """The name of the part that holds the first sheet."""
    with book.part("xl/workbook.xml") as part:
        link = next((sheet.get(_LINK) for _, sheet in _parsed(part, f"{_MAIN}sheet")), None)
    with book.part("xl/_rels/workbook.xml.rels") as part:
        targets = {one.get("Id"): one.get("Target", "") for _, one in _parsed(part, f"{_LINKS}Relationship")}
    target: str = targets[link]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _texts(book: _Book) -> list[str]:
    """The texts that cells share."""
    if not book.has("xl/sharedStrings.xml"):
        return []
    found = []
    with book.part("xl/sharedStrings.xml") as part:
        for _, node in _parsed(part, f"{_MAIN}si"):
            found.append(_text(node))
            _let_go(node)
    return found


def _text(node: etree._Element | None) -> str:
    """A text without its reading aids (`rPh`), however it is divided by its looks."""
    if node is None:
        return ""
    if len(node) == 1 and node[0].tag == _PART:  # as nearly all are
        return node[0].text or ""
    parts = (part for part in node.iter(_PART) if part.getparent().tag != f"{_MAIN}rPh")
    return "".join(part.text or "" for part in parts)


def _formats(book: _Book) -> list[str]:
    """Of each style whether it shows dates, or the zeros of numbers that have as many digits at least."""
    if not book.has("xl/styles.xml"):
        return []
    with book.part("xl/styles.xml") as part:
        root = etree.parse(part, _parser()).getroot()
    own = {int(one.get("numFmtId")): one.get("formatCode", "") for one in root.iter(f"{_MAIN}numFmt")}
    styles = root.find(f"{_MAIN}cellXfs")
    numbers = [int(style.get("numFmtId", "0")) for style in styles] if styles is not None else []
    shown = {number: _shown(number, own.get(number, "")) for number in {*numbers}}
    return [shown[number] for number in numbers]


def _shown(number: int, code: str) -> str:
    if len(code) > _LONGEST_FORMAT:
        raise ValueError("a format is too long")
    bare = _QUOTED.sub("", code).lower()
    if number in _DATES or (bare != "general" and any(sign in bare for sign in "ydhs")):
        return "date"
    return bare if re.fullmatch("0{2,}", bare) else ""


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def _parsed(part: IO[bytes], *tags: str) -> "Iterator[tuple[str, etree._Element]]":
    """Elements as they end; entities stay what they are, so that none grows."""
    return iter(etree.iterparse(part, tag=tags, resolve_entities=False, no_network=True, huge_tree=False))

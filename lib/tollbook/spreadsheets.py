"""Texts that a spreadsheet may open: nothing in them is executed."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from tollbook.money import plain

RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a cell must not begin with."""


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(RISKY) else text


def escaped(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula; `exact` gives back what it was."""
    return f"'{text}" if text.lstrip("'").startswith(RISKY) else text


def exact(text: str) -> str:
    """The text that `escaped` was given; any other as it is."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(RISKY) else text


def cell(value: object) -> object:
    """A value as it stands in CSV: amounts in full, instants to the minute, texts that stay texts."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return harmless(value) if isinstance(value, str) else value


def csv_text(head: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """A head and rows as CSV; what is unknown is empty."""
    return csv_lines([head, *rows])


def csv_lines(rows: Iterable[Iterable[object]]) -> str:
    """Rows alone as CSV, for what is written in pieces."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()

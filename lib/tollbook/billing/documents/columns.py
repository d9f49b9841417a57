"""Tables whose cells are one line each, as the columns that Typst sets at once: many times faster than cell by cell."""

from collections.abc import Sequence
from typing import Final

from tollbook.billing.documents.detail import Words

_LONGEST: Final = 3
"""Texts of a column that tell how wide it is: all digits are equally wide, letters nearly."""


def with_columns(words: Words, rows_a_page: int) -> Words:
    """A table of `words_of` with its columns: each page's, their longest texts, and how many letters these have.

    A table of which a cell has more than one line has none, nor has one without rows: it is to be set by cells.
    """
    rows: Sequence[Sequence[str]] = words.get("rows", ())
    columns = list(zip(*rows, strict=True))
    if not rows or any(len(cell.splitlines()) > 1 for column in columns for cell in column):
        return words
    longest = [sorted(set(column), key=lambda cell: (len(cell), cell))[-_LONGEST:] for column in columns]
    pages = [
        {"count": len(some), "columns": ["\n".join(column) for column in zip(*some, strict=True)]}
        for some in (rows[at : at + rows_a_page] for at in range(0, len(rows), rows_a_page))
    ]
    letters = [len(texts[-1]) for texts in longest]
    return {**words, "pages": pages, "longest": longest, "letters": letters}

"""Number blocks and extensions of some of the demo's customers, as the CSV files that `import` of each reads."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from tollbook.account.numbering.lines import BLOCK_COLUMNS, COLUMNS

START: Final = "1000"
SIZE: Final = 100
"""Where the account's numbers begin, and how many a block has."""
BLOCKS: Final = (
    ("larkfield", "1000", "1099"),
    ("ostsee", "1100", "1199"),
    ("brightcall", "1300", "1399"),
    ("larkfield", "1500", "1599"),
    ("valmy", "0200", "0219"),
)
"""Between them something is free; one customer has two, and the numbers of one begin with a zero."""
USED: Final = (
    *(("larkfield", "1000", 62), ("larkfield", "1500", 8), ("ostsee", "1100", 23)),
    *(("brightcall", "1300", 97), ("valmy", "0200", 11)),
)
"""Whose, from which number on, and how many extensions."""
_PLACES: Final = ("Reception", "Sales", "Support", "Accounts", "Operations", "Warehouse", "Desk")


def write_numbers(folder: Path) -> tuple[Path, Path]:
    """Write blocks.csv and extensions.csv; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    blocks, extensions = folder / "blocks.csv", folder / "extensions.csv"
    rows = [(start, end, customer) for customer, start, end in BLOCKS]
    pl.DataFrame(rows, schema=BLOCK_COLUMNS, orient="row").write_csv(blocks)
    pl.DataFrame(list(_extensions()), schema=COLUMNS, orient="row").write_csv(extensions)
    return blocks, extensions


def _extensions() -> Iterator[tuple[str, str, str]]:
    for customer, start, count in USED:
        for number in range(count):
            place = _PLACES[number % len(_PLACES)]
            yield f"{int(start) + number:0{len(start)}}", customer, f"{place} {number // len(_PLACES) + 1}"

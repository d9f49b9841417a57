"""What the page of number blocks shows, as rows: blocks and the gaps between them, extensions, conflicts, free numbers."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, Final

import polars as pl
from sqlalchemy.orm import Session

from tollbook.account.numbering import extensions
from tollbook.account.numbering.book import ConflictError
from tollbook.account.numbering.digits import key_of, number_of
from tollbook.account.numbering.intake import Conflict
from tollbook.language import tr

MOST_FREE: Final = 60
"""Free numbers that the page offers at a time."""

Row = dict[str, Any]
_EXTENSIONS: Final[Mapping[str, pl.DataType | type[pl.DataType]]] = {
    "number": pl.String,
    "customer": pl.String,
    "name": pl.String,
    "block": pl.String,
    "mark": pl.String,
    "created_at": pl.Datetime("us", "UTC"),
    "created_by": pl.String,
    "removable": pl.Boolean,
}
_CONFLICTS: Final = pl.Schema(
    {"line": pl.Int64, "number": pl.String, "customer": pl.String, "why": pl.String}
)


def segments(rows: Sequence[Row], start: str | None, *, whole: bool) -> list[Row]:
    """Blocks in order; where they are all there are, also the gaps between those of one length, from `start` on."""
    made: list[Row] = []
    for width, group in groupby(rows, lambda row: len(row["start"])):
        wanted = key_of(start) if start is not None and len(start) == width else None
        for row in group:
            first, following = key_of(row["start"]), key_of(row["end"]) + 1
            if whole and wanted is not None and wanted < first:
                made.append({"kind": "gap", "start": number_of(wanted), "end": number_of(first - 1)})
            made.append({"kind": "block", **row})
            wanted = max(wanted or 0, following)
    return made


def extension_frame(rows: Iterable[Row], *, may: bool) -> pl.DataFrame:
    """Extensions as the grid has them."""
    outside = tr("outside of its blocks")
    told = [
        {
            **{name: row[name] for name in ("number", "customer", "name", "created_by")},
            "created_at": row["created_at"].replace(microsecond=0),
            "block": "" if row["block"] is None else str(row["block"]),
            "mark": outside if row["out_of_block"] else "",
            "removable": may,
        }
        for row in rows
    ]
    return pl.DataFrame(told, schema=dict(_EXTENSIONS))


def conflict_frame(conflicts: Iterable[Conflict]) -> pl.DataFrame:
    """Lines that cannot be entered, as the grid has them."""
    return pl.DataFrame([vars(conflict) for conflict in conflicts], schema=_CONFLICTS)


def free_numbers(session: Session, customer: str) -> Row:
    """The first numbers that a customer can take, whether there are more, and why there are none."""
    if not customer:
        return {"numbers": [], "more": False, "why": tr("No customers yet.")}
    try:
        found = list(islice(extensions.free(session, customer), MOST_FREE + 1))
    except ConflictError as error:
        return {"numbers": [], "more": False, "why": str(error)}
    why = "" if found else tr("No number is free.")
    return {"numbers": found[:MOST_FREE], "more": len(found) > MOST_FREE, "why": why}

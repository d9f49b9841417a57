"""The grid: a table of many rows that its reader can sort and filter, on any page of ours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal, Self

import anywidget
import polars as pl
import traitlets

from tollbook.money import plain

_STATIC: Final = Path(__file__).parent / "static"
_LEAST_PLACES: Final = 2

Kind = Literal["text", "integer", "seconds", "duration", "percent", "money"]


@dataclass(frozen=True)
class GridColumn:
    """One column: which of the frame's, its heading, and how its values are written.

    `seconds` with one decimal, `duration` as h:mm:ss of seconds, `percent` from a ratio of 0 to 1, `money`
    as the exact decimal. `of` names two integer columns that the pointer shows as `409 / 1010`.
    """

    name: str
    label: str
    kind: Kind = "text"
    hint: str = ""
    of: tuple[str, str] | None = None


class Grid(anywidget.AnyWidget):
    """A grid on the page."""

    _esm = _STATIC / "grid.js"
    _css = _STATIC / "grid.css"
    label = traitlets.Unicode().tag(sync=True)
    columns = traitlets.List(traitlets.Dict()).tag(sync=True)
    values = traitlets.Dict().tag(sync=True)

    @classmethod
    def of(cls, frame: pl.DataFrame, columns: Sequence[GridColumn], *, label: str) -> Self:
        """The grid of a frame's columns, in their order; only what they name is sent to the page."""
        return cls(label=label, columns=[vars(column) for column in columns], values=sent(frame, columns))


def sent(frame: pl.DataFrame, columns: Sequence[GridColumn]) -> dict[str, list[Any]]:
    """Each column as the page gets it: numbers as they are, money as exact text, instants as text."""
    kinds = {name: "integer" for column in columns for name in column.of or ()}
    kinds |= {column.name: column.kind for column in columns}
    return {name: _written(frame[name].to_list(), kind) for name, kind in kinds.items()}


def _written(values: list[Any], kind: str) -> list[Any]:
    if kind == "money":
        return _amounts(values)
    if kind == "text":
        return [None if value is None else _text(value) for value in values]
    return values


def _amounts(values: Iterable[Decimal | None]) -> list[str | None]:
    # The same number of decimals in the whole column, so that the points stand below each other.
    exact = [None if value is None else plain(value) for value in values]
    places = max((len(text.partition(".")[2]) for text in exact if text), default=0)
    return [None if text is None else _padded(text, max(places, _LEAST_PLACES)) for text in exact]


def _padded(amount: str, places: int) -> str:
    whole, _, decimals = amount.partition(".")
    return f"{whole}.{decimals:0<{places}}"


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)

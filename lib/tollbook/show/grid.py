"""The grid: a table of many rows that handles like a spreadsheet, on any page of ours.

`Grid.of(frame, columns, label=..., key=...)` is a widget to end a cell with. Its reader sorts, filters, selects,
copies, exports, ticks rows; how its columns lie is kept in the browser under `user` and `key`. Figures come from
Python alone: an export is made here, of this frame, and the page only names rows and columns.
"""

import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

import polars as pl
import traitlets

from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.show.grid_export import FORMATS, Area, Export
from tollbook.show.grid_values import GridColumn, Packed, table
from tollbook.show.grid_words import words
from tollbook.show.widget import Message, View

_SNAPSHOT_ROWS: Final = 2_000
"""A larger grid is drawn when its session is connected: its rows would stand in the page twice."""

Row = dict[str, Any]
Acting = Callable[[str, list[Row]], None]
Exporting = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class GridAction:
    """A button above the grid for the rows that are ticked, such as `Generate Invoice (3)`.

    With `among` it is for all rows that the filters leave where that column of the frame is true, ticked or not.
    A press tells the page with the DOM event `tollbook:action`, and those who asked by `Grid.on_action`.
    """

    name: str
    label: str
    hint: str = ""
    among: str = ""


@dataclass(frozen=True)
class RowAction:
    """An entry in the menu of a row: a link to the address in column `href` where there is one, else an action.

    `suffix` follows the address (`/invoice.pdf`, `#credit`). With `among` it is there only in rows where that column,
    names with spaces between them, has its name.
    """

    name: str
    label: str
    href: str = ""
    download: bool = False
    suffix: str = ""
    among: str = ""


class Grid(View):
    """A grid on the page. Its `table` is what `grid_values.table` packs."""

    module_file: ClassVar[str] = "grid.js"
    label = traitlets.Unicode().tag(sync=True)
    key = traitlets.Unicode("summary").tag(sync=True)
    user = traitlets.Unicode("reader").tag(sync=True)
    zone = traitlets.Unicode("UTC").tag(sync=True)
    total = traitlets.Bool(default_value=False).tag(sync=True)
    actions = traitlets.List(traitlets.Dict()).tag(sync=True)
    row_actions = traitlets.List(traitlets.Dict()).tag(sync=True)
    revision = traitlets.Int(0).tag(sync=True)
    table = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:  # noqa: ANN401 - traitlets' own
        super().__init__(**traits)
        self.frame = pl.DataFrame()
        self.given: Sequence[GridColumn] = ()
        self.file_name = self.key
        self._row_key: tuple[str, ...] = ()
        self._checkable: str | None = None
        self._acting: list[Acting] = []
        self._exporting: list[Exporting] = []
        self.answer("export", self._export)
        self.answer("action", self._act)

    @classmethod
    def of(
        cls,
        frame: pl.DataFrame,
        columns: Sequence[GridColumn],
        *,
        label: str,
        key: str = "summary",
        total: bool = False,
        checkable: str | None = None,
        actions: Sequence[GridAction] = (),
        row_actions: Sequence[RowAction] = (),
        row_key: Sequence[str] = (),
        zone: str = "UTC",
        file_name: str = "",
        user: str = "reader",
    ) -> Self:
        """The grid of a frame's columns, in their order; only what they name is sent to the page.

        `checkable` is the column that says which rows may be ticked; `row_key` are the columns that identify a row,
        by which ticks and selections are found again in new figures. `total` adds a row of the sums of all rows that
        the filters leave. Instants are on the clock of `zone`. Exports are called `file_name`.
        """
        grid = cls(
            label=label,
            key=key,
            user=user,
            zone=zone,
            total=total,
            actions=[vars(action) for action in actions],
            row_actions=[vars(action) for action in row_actions],
            words=words(),
        )
        grid.file_name = file_name or key
        grid._row_key, grid._checkable = tuple(row_key), checkable
        grid.replace(frame, columns=columns)
        return grid

    def show(self, frame: pl.DataFrame) -> None:
        """Put new rows in place; sorting, filters, layout, selection and ticks stay."""
        self.replace(frame, columns=self.given)

    def replace(self, frame: pl.DataFrame, *, columns: Sequence[GridColumn], zone: str = "") -> None:
        """Put new rows, columns or another zone in place; what the reader did stays where it still means something."""
        links = {action[name] for action in self.row_actions for name in ("href", "among")} - {""}
        told = table(
            frame,
            columns,
            zone=zone or self.zone,
            row_key=self._row_key,
            checkable=self._checkable,
            links=sorted(links),
            marks=sorted({action["among"] for action in self.actions} - {""}),
        )
        self.frame, self.given = frame, tuple(columns)
        with self.hold_sync():
            self.zone = zone or self.zone
            self.revision += 1
            self.table = told

    def on_action(self, callback: Acting) -> None:
        """Call back with an action's name and the rows that it is for, which are rows of this frame."""
        self._acting.append(callback)

    def on_export(self, callback: Exporting) -> None:
        """Call back before an export is sent, with its format, columns and how many rows; an error keeps it here."""
        self._exporting.append(callback)

    def snapshot(self) -> dict[str, Any]:
        """What the page needs to draw this before its session is connected."""
        shot = super().snapshot()
        later = self.frame.height > _SNAPSHOT_ROWS
        shot["state"]["table"] = {**self.table, "values": {}, "later": True} if later else self.table
        shot["state"]["table"] = _as_json(shot["state"]["table"])
        return shot

    def _act(self, message: Message, _buffers: list[memoryview]) -> None:
        name, rows = str(message.get("action")), message.get("rows")
        ticked, alone = (
            {action["name"]: action for action in known} for known in (self.actions, self.row_actions)
        )
        self._current(message)
        wanted = rows if isinstance(rows, list) else []
        picked = [self.frame.row(row, named=True) for row in self._numbers(wanted)]
        allowed = name in alone and len(picked) == 1
        if not (allowed or (name in ticked and picked and self._may_be_for(ticked[name], picked))):
            raise UsageError(tr("This cannot be done with these rows."))
        for callback in self._acting:
            callback(name, picked)

    def _may_be_for(self, action: Mapping[str, str], rows: list[Row]) -> bool:
        marked = action["among"] or self._checkable
        return marked is not None and all(row[marked] for row in rows)

    def _export(self, message: Message, buffers: list[memoryview]) -> None:
        self._current(message)
        kind = str(message.get("format"))
        if kind not in FORMATS:
            raise UsageError(tr("An export is CSV or XLSX."))
        whole, parts = self._picked(message, buffers)
        for callback in self._exporting:
            callback({"format": kind, "columns": list(whole.columns), "rows": len(whole.rows)})
        export = Export(self.frame, self.given, self.zone, whole, parts)
        data = export.csv() if kind == "csv" else export.xlsx(self.label)
        told = {"kind": "file", "name": f"{self.file_name}.{kind}", "type": FORMATS[kind]}
        self.send(told, [data])

    def _picked(self, message: Message, buffers: list[memoryview]) -> tuple[Area, list[Area]]:
        """The whole area and its parts that the page names: columns of ours, rows as buffers of 32-bit numbers."""
        known, parts = {column.name for column in self.given}, message.get("parts", [])
        named = [message.get("columns"), *(parts if isinstance(parts, list) else [None])]
        if len(named) != len(buffers) or not all(_names(names, known) for names in named):
            raise UsageError(tr("Nothing is selected that could be exported."))
        areas = [
            Area(tuple(names), self._numbers(_unpacked(rows)))
            for names, rows in zip(named, buffers, strict=True)
            if isinstance(names, list)
        ]
        return areas[0], areas[1:]

    def _numbers(self, rows: Sequence[Any]) -> list[int]:
        # Booleans are numbers to Python, but no rows.
        known = [row for row in rows if type(row) is int and 0 <= row < self.frame.height]
        if len(known) != len(rows) or len(set(known)) != len(known):
            raise UsageError(tr("There is no such row."))
        return known

    def _current(self, message: Message) -> None:
        if message.get("revision") != self.revision:
            raise UsageError(tr("New figures have landed meanwhile: please do it once more."))


def _names(area: object, known: set[str]) -> bool:
    return isinstance(area, list) and bool(area) and all(type(n) is str and n in known for n in area)


def _unpacked(rows: memoryview) -> Sequence[int]:
    numbers = array.array("I")
    if rows.nbytes % numbers.itemsize:
        raise UsageError(tr("There is no such row."))
    numbers.frombytes(rows.tobytes())
    return numbers.tolist()


def _as_json(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Bytes as base64, which the page takes as well."""
    from base64 import b64encode  # noqa: PLC0415 - small, and only here

    if isinstance(value, bytes | memoryview):
        return {"base64": b64encode(value).decode()}
    if isinstance(value, Mapping):
        return {name: _as_json(part) for name, part in value.items()}
    return [_as_json(part) for part in value] if isinstance(value, list | tuple) else value


__all__ = ["Grid", "GridAction", "GridColumn", "Packed", "RowAction"]

"""The tables at rest: Delta Lake, partitioned by UTC day, and one file that says which versions belong together.

Several tables change in one step: Parquet files are written first (invisible), each table's commit names
them, and last `lake.json` is replaced, which names the version of every table. Readers go by `lake.json`,
so they see all of a step or nothing of it. A step that was killed before that leaves `lake.json` as it
was, and the next writer takes the tables back to it.
"""

import json
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Self

import polars as pl
from deltalake import DeltaTable, Field, Schema
from deltalake.schema import PrimitiveType
from deltalake.transaction import AddAction, create_table_with_add_actions
from filelock import FileLock, Timeout

from tollbook.errors import TollbookError
from tollbook.money import MONEY, SCALE
from tollbook.tables import INSTANT, Dtype, Table, conform
from tollbook.workspace import Workspace

ROWS_PER_FILE: Final = 4_000_000
WAIT_S: Final = 900.0
"""How long a writer waits for another: a refresh that nobody typed is in nobody's way, however many calls have waited."""

_DELTA_TYPES: Final[Mapping[Dtype, str]] = {
    pl.Date: "date",
    pl.String: "string",
    pl.Int32: "integer",
    pl.Int64: "long",
    pl.Float64: "double",
    INSTANT: "timestamp",
    MONEY: f"decimal(38,{SCALE})",
}


@dataclass(frozen=True)
class Published:
    """What `lake.json` says: the version of each table, and what refresh needs to know of each day.

    `changed` counts, per UTC day, the steps that touched its calls; `rolled` is that count when its
    rollups were last made. A day whose two counts differ is to be rolled up. `decks` names the decks
    with which everything stored was rated, or tried to be; `rerated` counts the re-ratings that changed anything.
    """

    versions: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    rolled: Mapping[str, int] = field(default_factory=dict)
    updated_at: str | None = None
    decks: str | None = None
    rerated: int = 0

    @classmethod
    def read(cls, path: Path) -> Self:
        try:
            return cls(**json.loads(path.read_text()))
        except FileNotFoundError:
            return cls()
        except (ValueError, TypeError):
            raise TollbookError(f"{path} is damaged: restore it from a backup") from None

    def write(self, path: Path) -> None:
        aside = path.with_suffix(".tmp")
        with aside.open("w") as file:
            json.dump(self.__dict__, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)

    def stale_days(self) -> list[date]:
        """Days whose rollups are behind their calls."""
        return [
            date.fromisoformat(day) for day, n in sorted(self.changed.items()) if self.rolled.get(day) != n
        ]


class Lake:
    """The tables of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._manifest = workspace.home / "lake.json"
        self._lock = workspace.home / "lake.lock"

    @property
    def published(self) -> Published:
        """Which versions belong together now."""
        return Published.read(self._manifest)

    @property
    def updated_at(self) -> datetime | None:
        """When the rollups were last brought up to date."""
        stamp = self.published.updated_at
        return datetime.fromisoformat(stamp) if stamp else None

    def path(self, table: Table) -> Path:
        return self.workspace.home / table.name

    def columns(self, table: Table) -> tuple[str, ...]:
        """The columns of a table that whoever reads here has."""
        return table.names

    def scan(self, table: Table, *, published: Published | None = None) -> pl.LazyFrame:
        """The table as published; filter on `day` to read only those partitions."""
        path, files = self.path(table), self._files(table, published)
        if not files:
            return pl.LazyFrame(schema=table.schema)
        # File by file: Polars' own reader of Delta tables does not find those of a folder with a space in its name.
        return pl.scan_parquet(
            [path / file for file in files],
            glob=False,
            schema={name: dtype for name, dtype in table.schema.items() if name != "day"},
            hive_schema={"day": pl.Date},
            missing_columns="insert",  # those of a table that an older Tollbook wrote
        ).select(table.names)

    def days(self, table: Table, *, published: Published | None = None) -> list[date]:
        """The UTC days of which the table as published has rows, in order."""
        return sorted(set(self.file_days(table, published=published)))

    def file_days(self, table: Table, *, published: Published | None = None) -> list[date]:
        """The UTC day of each file of the table as published."""
        return [_day_of(file) for file in self._files(table, published)]

    def _files(self, table: Table, published: Published | None) -> list[str]:
        version = (published or self.published).versions.get(table.name)
        if version is None:
            return []
        added = pl.DataFrame(DeltaTable(self.path(table), version=version).get_add_actions(flatten=True))
        return [] if added.is_empty() else added["path"].to_list()

    def is_older(self, table: Table, *, published: Published | None = None) -> bool:
        """Whether the table was written by a Tollbook that did not know all of its columns."""
        version = (published or self.published).versions.get(table.name)
        if version is None:
            return False
        stored = DeltaTable(self.path(table), version=version).schema().fields
        return not set(table.names).issubset(column.name for column in stored)

    @contextmanager
    def writing(self) -> Iterator["Step"]:
        """One step of changes to several tables, published as a whole at the end or not at all.

        Raises:
            TollbookError: another process is writing, for longer than a refresh takes.
        """
        lock = FileLock(self._lock, timeout=WAIT_S)
        try:
            lock.acquire()
        except Timeout:
            raise TollbookError(
                f"another import or refresh is writing to {self.workspace.home}: wait until it is done, then repeat"
            ) from None
        try:
            step = Step(self)
            yield step
            step.publish()
        finally:
            lock.release()


@dataclass(frozen=True)
class Written:
    """Files that a step added to a table."""

    files: list[Path]
    days: tuple[date, ...]

    @property
    def rows(self) -> int:
        """How many rows they hold."""
        return (
            int(pl.scan_parquet(self.files, glob=False).select(pl.len()).collect().item())
            if self.files
            else 0
        )

    def count(self, column: str) -> int:
        """How many of the rows have a value in the column."""
        return (
            int(pl.scan_parquet(self.files, glob=False).select(column).count().collect().item())
            if self.files
            else 0
        )


class Step:
    """Changes in the making.

    Files are written as changes come; the commits that make them visible to any reader of Delta Lake wait
    until the end, or until the step itself wants to read what it changed.
    """

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self.before = lake.published
        self._after = self.before
        self._waiting: list[tuple[Table, list[AddAction], tuple[date, ...]]] = []
        for name, version in self.before.versions.items():
            self._undo_unpublished(lake.workspace.home / name, version)

    @staticmethod
    def _undo_unpublished(path: Path, version: int) -> None:
        table = DeltaTable(path)
        if table.version() != version:
            table.restore(version)

    def scan(self, table: Table) -> pl.LazyFrame:
        """The table with the changes made so far."""
        self._commit_waiting()
        return self._lake.scan(table, published=self._after)

    def append(self, table: Table, rows: pl.LazyFrame) -> Written:
        """Add rows."""
        files = self._write(table, rows)
        self._waiting.append((table, files, ()))
        days = {date.fromisoformat(str(file.partition_values["day"])) for file in files}
        return Written([self._lake.path(table) / file.path for file in files], tuple(sorted(days)))

    def replace_days(self, table: Table, days: Iterable[date], rows: pl.LazyFrame) -> None:
        """Put `rows`, all of these days, in the place of everything that the days held."""
        self._waiting.append((table, self._write(table, rows), tuple(days)))

    def mark(self, *, changed: Iterable[date] = (), rolled: Iterable[date] = ()) -> None:
        """Note days whose calls changed, or whose rollups were made from the calls as they were before."""
        counts = dict(self._after.changed)
        for day in changed:
            counts[day.isoformat()] = counts.get(day.isoformat(), 0) + 1
        marks = dict(self._after.rolled)
        for day in rolled:
            marks[day.isoformat()] = counts.get(day.isoformat(), 0)
        self._after = replace(self._after, changed=counts, rolled=marks)

    def stamp(self, at: datetime) -> None:
        """Note that the rollups are up to date as of `at`."""
        self._after = replace(self._after, updated_at=at.isoformat())

    def note_decks(self, decks: str | None) -> None:
        """Note the decks with which everything stored was rated, or tried to be; None if not all with the same."""
        self._after = replace(self._after, decks=decks)

    def note_rerated(self, run: int) -> None:
        """Note the number of the re-rating that this step is."""
        self._after = replace(self._after, rerated=run)

    def publish(self) -> None:
        self._commit_waiting()
        if self._after != self.before:
            self._after.write(self._lake._manifest)  # noqa: SLF001 - one unit with its Lake

    def _write(self, table: Table, rows: pl.LazyFrame) -> list[AddAction]:
        folder = self._lake.path(table)
        folder.mkdir(parents=True, exist_ok=True)
        token = uuid.uuid4().hex
        conform(rows, table).sink_parquet(
            pl.PartitionBy(
                folder,
                key="day",
                include_key=False,
                max_rows_per_file=ROWS_PER_FILE,
                approximate_bytes_per_file=None,
                file_path_provider=lambda part: (
                    f"day={part.partition_keys.item()}/{token}-{part.index_in_partition}.parquet"
                ),
            ),
            mkdir=True,
            compression="zstd",
            compression_level=1,
        )
        return [_added(file, folder) for file in sorted(folder.glob(f"day=*/{token}-*.parquet"))]

    def _commit_waiting(self) -> None:
        for table, files, replaced in self._waiting:
            self._commit(table, files, replaced)
        self._waiting = []

    def _commit(self, table: Table, files: list[AddAction], replaced: tuple[date, ...]) -> None:
        path = self._lake.path(table)
        filters: list[tuple[str, str, Any]] = [("day", "in", [day.isoformat() for day in replaced])]
        if table.name not in self.before.versions and table.name not in self._after.versions:
            create_table_with_add_actions(
                str(path),
                _delta_schema(table),
                files,
                mode="overwrite",
                partition_by=["day"],
                name=table.name,
            )
        elif files or replaced:
            DeltaTable(path).create_write_transaction(
                [*files],
                mode="overwrite" if replaced else "append",
                schema=_delta_schema(table),
                partition_by=["day"],
                partition_filters=filters if replaced else None,
            )
        self._after = replace(
            self._after, versions={**self._after.versions, table.name: DeltaTable(path).version()}
        )


def _added(file: Path, folder: Path) -> AddAction:
    status = file.stat()
    rows = pl.scan_parquet(file, glob=False).select(pl.len()).collect().item()
    return AddAction(
        path=str(file.relative_to(folder)),
        size=status.st_size,
        partition_values={"day": file.parent.name.removeprefix("day=")},
        modification_time=int(status.st_mtime * 1000),
        data_change=True,
        stats=json.dumps({"numRecords": rows}),
    )


def _day_of(file: str) -> date:
    return date.fromisoformat(Path(file).parent.name.removeprefix("day="))


def _delta_schema(table: Table) -> Schema:
    return Schema([Field(c.name, PrimitiveType(_DELTA_TYPES[c.dtype])) for c in table.columns])


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)

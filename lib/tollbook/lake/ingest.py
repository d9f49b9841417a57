"""An import: files to records, records to calls and seizures, rated, stored in one step that happens or does not."""

import errno
import shutil
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from tollbook.billing.decks import DeckBook
from tollbook.billing.rating import rate_calls, rate_seizures
from tollbook.cdr.format import Format, Layout, formats
from tollbook.errors import TollbookError
from tollbook.lake.files import Found, find, recognise
from tollbook.lake.read import REJECT_SCHEMA, Reader
from tollbook.lake.rejects import NAMED_BY
from tollbook.lake.store import Lake, Step, now
from tollbook.tables import CALLS, SEIZURES, Table, conform

IDENTITY: Final = ("switch", "call_id", "started_at")
"""A call told twice is one call: these are equal."""

Known = tuple[Found, Layout]
Say = Callable[[str], None]


@dataclass
class Imported:
    """What an import did. `read` and `rejected` count records, the rest counts calls unless it says seizures."""

    files: int = 0
    read: int = 0
    copies: int = 0
    stored: int = 0
    replaced: int = 0
    duplicates: int = 0
    seizures: int = 0
    rejected: int = 0
    unrated: int = 0
    rejects: Path | None = None
    skipped: list[str] = field(default_factory=list)
    rules: dict[str, int] = field(default_factory=dict)


def ingest(
    lake: Lake,
    paths: Iterable[str],
    *,
    decks: DeckBook,
    wanted: Format | None = None,
    layouts: tuple[Layout, ...] = (),
    switch: str | None = None,
    zone: str | None = None,
    say: Say = lambda _: None,
) -> Imported:
    """Import files of call records and rate what can be rated.

    `wanted` is the format to read them as, else each file is known by its content; `layouts` are tried
    before the format's own; `switch` names the source (default: the format's name); `zone` is that of the
    switch's local times. Nothing is stored unless all of it is.

    Raises:
        TollbookError: a named file is of no known format, a zone is missing, or something else is being written.
    """
    done = Imported()
    by_format = _known_files(find(paths), wanted, layouts, done, say)
    with lake.writing() as step, _staging(lake) as staging, _full_disk_in_words():
        for name, known in by_format.items():
            source = Source(formats()[name], switch or name, zone, staging / name, say)
            records = source.stage(known, done)
            if records is not None:
                _store(step, source, records, decks, done)
        if decks.named != step.before.decks:
            step.note_decks(
                None
            )  # what came in was rated with other decks than the rest: refresh looks again
        _file_rejects(staging, lake, done)
    return done


def _known_files(
    found: list[Found], wanted: Format | None, layouts: tuple[Layout, ...], done: Imported, say: Say
) -> dict[str, list[Known]]:
    by_format: dict[str, list[Known]] = defaultdict(list)
    for file in found:
        if file.path.stat().st_size == 0:
            say(f"{file.path}: empty, nothing to read")
            done.files += file.named
            continue
        known = recognise(file.path, wanted, layouts)
        if known:
            by_format[known[0].name].append((file, known[1]))
            done.files += 1
        elif file.named:
            kinds = wanted.name if wanted else "a known format (see `tollbook formats`)"
            raise TollbookError(
                f"{file.path}: is not {kinds}; name another with --format, or its columns with --map"
            )
        else:
            done.skipped.append(file.path.name)
    if done.skipped:
        say(f"not call records, left alone: {', '.join(done.skipped)}")
    return by_format


@dataclass
class Source:
    """The files of one format in one import."""

    format: Format
    switch: str
    zone: str | None
    staging: Path
    say: Say

    def stage(self, known: list[Known], done: Imported) -> pl.LazyFrame | None:
        """All records of the files, on disk, without copies of a record; rejects beside them. None if no record."""
        self.staging.mkdir(parents=True)
        reader = Reader(self.format, self.zone)
        number = 0
        parts = 0
        for file, layout in known:
            for batch in reader.read(file, layout):
                done.read += batch.rows
                if batch.records.height:
                    numbered = batch.records.with_row_index("record_no", number).cast({"record_no": pl.Int64})
                    numbered.write_ipc(self.staging / f"{parts:06}.records", compression="uncompressed")
                    number += batch.records.height
                if batch.rejects.height:
                    batch.rejects.write_ipc(self.staging / f"{parts:06}.rejects")
                parts += 1
        for note in reader.notes:
            self.say(note)
        if not number:
            return None
        records = pl.scan_ipc(sorted(self.staging.glob("*.records")), glob=False)
        unique = _without_copies(records, list(self.format.schema), number)
        done.copies += number - unique[1]
        return unique[0]

    def assembled(self, records: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        """Calls and seizures under the switch's name and their day, computed once, on disk."""
        tables = (CALLS, SEIZURES)
        files = [self.staging / f"{table.name}.arrow" for table in tables]
        made = zip(tables, files, self.format.assemble(records), strict=True)
        pl.collect_all([self._placed(rows, table).sink_ipc(file, lazy=True) for table, file, rows in made])
        calls, seizures = (pl.scan_ipc(file, glob=False) for file in files)
        return calls, seizures

    def _placed(self, rows: pl.LazyFrame, table: Table) -> pl.LazyFrame:
        return conform(
            rows.with_columns(switch=pl.lit(self.switch), day=pl.col("started_at").dt.date()), table
        )


def _without_copies(records: pl.LazyFrame, columns: list[str], number: int) -> tuple[pl.LazyFrame, int]:
    """Records that say the same are one. A hash tells in passing whether there are any at all."""
    told = pl.struct(columns).hash()
    distinct = records.select(told.n_unique()).collect(engine="streaming").item()
    if distinct == number:
        return records, number
    kept = records.unique(subset=columns, keep="any", maintain_order=False)
    return kept, kept.select(pl.len()).collect(engine="streaming").item()


def _store(step: Step, source: Source, records: pl.LazyFrame, decks: DeckBook, done: Imported) -> None:
    """Calls and seizures of the records, but for calls already stored that are told no fuller than before."""
    calls, seizures = source.assembled(records)
    calls, poorer = _new_and_poorer(step, calls, source)
    if poorer is not None:
        done.duplicates += poorer.height
        seizures = _without_calls(seizures, poorer)
        fuller = calls.filter(pl.col("had").is_not_null()).select(*IDENTITY, "ended_at").collect()
        calls = calls.drop("had")
        if fuller.height:
            step.mark(changed=_take_out(step, fuller))
            done.replaced += fuller.height
    written = step.append(CALLS, rate_calls(calls, decks.customers))
    tried = step.append(SEIZURES, rate_seizures(seizures, decks.carriers))
    step.mark(changed=sorted({*written.days, *tried.days}))
    done.stored += written.rows - done.replaced
    done.seizures += tried.rows
    done.unrated += written.count("unrated")


def _new_and_poorer(
    step: Step, calls: pl.LazyFrame, source: Source
) -> tuple[pl.LazyFrame, pl.DataFrame | None]:
    """The calls to store, and those stored already: with `had`, the records that those stored were made of."""
    days = calls.select(pl.col("day").unique()).collect()["day"].to_list()
    stored = step.scan(CALLS).filter(pl.col("day").is_in(days)).select(*IDENTITY, had="records")
    known = stored.collect(engine="streaming")
    told = known.filter(pl.col("switch") == source.switch)
    _tell_of_others(calls, known.filter(pl.col("switch") != source.switch), source)
    if not told.height:
        return calls, None
    compared = calls.join(told.lazy(), on=IDENTITY, how="left")
    poorer = compared.filter(pl.col("had") >= pl.col("records")).select(*IDENTITY, "ended_at").collect()
    return compared.filter(pl.col("had").is_null() | (pl.col("had") < pl.col("records"))), poorer


def _tell_of_others(calls: pl.LazyFrame, others: pl.DataFrame, source: Source) -> None:
    """Two switches may use the same ids, but not at the same instants: then it is one under two names."""
    same = calls.join(
        others.lazy().select("call_id", "started_at", other="switch"), on=("call_id", "started_at")
    )
    for name, count in (
        same.group_by("other").len().sort("other").collect().iter_rows() if others.height else ()
    ):
        source.say(
            f"{count} of these calls are stored already as those of switch '{name}', and now count twice: "
            f"the records of one switch need one name (--switch {name})"
        )


def _without_calls(seizures: pl.LazyFrame, calls: pl.DataFrame) -> pl.LazyFrame:
    """Seizures but for those of the calls: of the same id, begun while the call was in progress."""
    spans = calls.lazy().select("switch", "call_id", call_from="started_at", call_to="ended_at")
    numbered = seizures.with_row_index("at")
    theirs = numbered.join(spans, on=("switch", "call_id")).filter(
        pl.col("started_at").is_between("call_from", "call_to")
    )
    return numbered.join(theirs.select("at").unique(), on="at", how="anti").drop("at")


def _take_out(step: Step, calls: pl.DataFrame) -> list[date]:
    """Remove stored calls and their seizures, to be told anew; returns the days touched."""
    begun = calls["started_at"].dt.date().unique().to_list()
    kept = step.scan(CALLS).filter(pl.col("day").is_in(begun)).join(calls.lazy(), on=IDENTITY, how="anti")
    step.replace_days(CALLS, begun, kept)
    until = sorted({*begun, *calls["ended_at"].dt.date().to_list()})
    tries = step.scan(SEIZURES).filter(pl.col("day").is_in(until))
    step.replace_days(SEIZURES, until, _without_calls(tries, calls))
    return until


def _file_rejects(staging: Path, lake: Lake, done: Imported) -> None:
    """Rejects of all files as one CSV in the workspace; they stay however the calls fare."""
    parts = sorted(staging.glob("*/*.rejects"))
    if not parts:
        return
    rejects = pl.scan_ipc(parts, glob=False).collect().sort("file", "line", maintain_order=True)
    done.rejected = rejects.height
    done.rules = dict(rejects.group_by("rule").len().sort("rule").iter_rows())
    done.rejects = lake.workspace.rejects / f"{now():{NAMED_BY}}.csv"
    aside = staging / "rejects.csv"
    rejects.select(REJECT_SCHEMA.names()).write_csv(aside)
    aside.replace(done.rejects)


@contextmanager
def _staging(lake: Lake) -> Iterator[Path]:
    """A folder for half-done work. Only one import runs at a time, so what lies there already was left by a killed one."""
    for left in lake.workspace.staging.glob("import-*"):
        shutil.rmtree(left)
    folder = lake.workspace.staging / f"import-{uuid.uuid4().hex}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _full_disk_in_words() -> Iterator[None]:
    try:
        yield
    except (OSError, pl.exceptions.ComputeError) as error:
        if getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error):
            raise TollbookError("the disk is full: nothing was stored; make room and import again") from None
        raise

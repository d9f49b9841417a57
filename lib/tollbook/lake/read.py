"""Files to records: each row of a file becomes a record of its format, or a reject with the rule it broke.

A chunk of lines is read at once by Polars' CSV reader. Rows that break a rule, and whole chunks that this
reader cannot split (quotes that were not doubled, line breaks inside a text), are taken apart line by line,
each with the layout that knows its own shape, since a switch may change its columns within one file.
"""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from tollbook.cdr.format import UTC_ZONE, Format, Layout, Sample, Zone
from tollbook.errors import UsageError
from tollbook.lake.files import Chunk, Found, chunks, decode, documents
from tollbook.lake.lines import flat, split
from tollbook.periods import parse_zone

_MORE: Final = "__more"
_BAD: Final = "__bad"
_ROW: Final = "__row"
_PROOF_ROWS: Final = 1000
_PROOF_SHARE: Final = 0.005
_CLOCK_SHIFTS_MIN: Final = (30, 60)
_DOCUMENTS_AT_ONCE: Final = 5000

REJECT_SCHEMA: Final = pl.Schema({"file": pl.String, "line": pl.Int64, "rule": pl.String, "raw": pl.String})


@dataclass(frozen=True)
class Batch:
    """Records of one layout, in reading order, and the rows that are none."""

    records: pl.DataFrame
    rejects: pl.DataFrame
    rows: int


@dataclass
class Reader:
    """Reads files of one format; `zone` is the `--tz` of the command, None where none was given."""

    format: Format
    zone: str | None = None
    notes: list[str] = field(default_factory=list)
    _headers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _offsets: dict[str, set[int]] = field(default_factory=dict)

    def read(self, found: Found, layout: Layout) -> Iterator[Batch]:
        """The file's records in batches."""
        name = str(found.path)
        if layout.kind == "json":
            yield from self._read_documents(found, layout)
        elif layout.kind == "parquet":
            frame = pl.scan_parquet(found.path)
            yield self._sorted_out(frame, layout, name, lambda row: (row + 1, ""))
        else:
            for chunk in chunks(found.path):
                data = self._as_utf8(chunk.data, name)
                yield self._read_chunk(replace(chunk, data=data), layout, name)

    def _as_utf8(self, data: bytes, name: str) -> bytes:
        if data.isascii():
            return data
        text, foreign = decode(data)
        if not foreign:
            return data.removeprefix(b"\xef\xbb\xbf")
        self._note(f"{name}: is not UTF-8, read as Windows-1252")
        return text.encode()

    def _note(self, words: str) -> None:
        if words not in self.notes:
            self.notes.append(words)

    def _read_chunk(self, chunk: Chunk, layout: Layout, name: str) -> Batch:
        if layout.kind == "jsonl":
            return self._read_json_lines(chunk, layout, name)
        layout, chunk = self._header(chunk, layout, name)
        if chunk.data and not chunk.data.endswith((b"\n", b'"')):
            # A line without an end is a chunk of its own. It may be cut within its last value: its writer is not done.
            cut = _rejects(name, [(chunk.first_line, chunk.data.decode())], "cut_line")
            return Batch(_empty(self.format), cut, 1)
        try:
            frame = _scan(chunk.data, layout)
            read = self._sorted_out(frame, layout, name, None)
        except pl.exceptions.ComputeError:
            read = None
        if read is None or read.rows != chunk.lines:
            return self._taken_apart(_numbered(chunk, range(chunk.lines)), layout, name)
        if read.rejects.height == 0:
            return read
        again = self._taken_apart(_numbered(chunk, read.rejects["line"].to_list()), layout, name)
        return Batch(
            pl.concat([read.records, again.records]), again.rejects, read.records.height + again.rows
        )

    def _header(self, chunk: Chunk, layout: Layout, name: str) -> tuple[Layout, Chunk]:
        """A layout whose first line names the columns: with those names, and the chunk without that line."""
        if layout.columns is not None:
            return layout, chunk
        if chunk.first_line == 1:
            first, _, rest = chunk.data.partition(b"\n")
            cells = next(csv.reader([first.decode().rstrip("\r")], delimiter=layout.separator))
            named = [cell.strip().lower() for cell in cells]
            self._headers[name] = tuple(layout.rename.get(cell, cell) for cell in named)
            chunk = Chunk(rest, 2, chunk.lines - 1)
        return replace(layout, columns=self._headers[name]), chunk

    def _sorted_out(
        self, frame: pl.LazyFrame, layout: Layout, name: str, place: Callable[[int], tuple[int, str]] | None
    ) -> Batch:
        """Good rows as records; bad ones by row number, or by `place` of it, with the first rule they break."""
        schema = frame.collect_schema()
        zone = self._zone_of(frame, layout, name)
        made = dict(layout.record(zone))
        columns = [
            (made[column] if column in made else pl.lit(None)).cast(dtype, strict=False).alias(column)
            for column, dtype in self.format.schema.items()
        ]
        result = (
            frame.with_row_index(_ROW)
            .select(*columns, _broken(layout.rules, more=_MORE in schema).alias(_BAD), pl.col(_ROW))
            .collect(engine="streaming")
        )
        bad = (
            result.filter(pl.col(_BAD).is_not_null())
            if result[_BAD].null_count() < result.height
            else result[:0]
        )
        good = result.filter(pl.col(_BAD).is_null()) if bad.height else result
        places = [place(row) if place else (row, "") for row in bad[_ROW]]
        rejects = pl.DataFrame(
            {
                "file": [name] * bad.height,
                "line": [at for at, _ in places],
                "rule": bad[_BAD],
                "raw": [raw for _, raw in places],
            },
            schema=REJECT_SCHEMA,
        )
        return Batch(good.drop(_BAD, _ROW), rejects, result.height)

    def _zone_of(self, frame: pl.LazyFrame, layout: Layout, name: str) -> Zone:
        """The zone of local times: as named, and not against what the rows prove; else as they prove it."""
        if not layout.local_times:
            return UTC_ZONE
        named = Zone(name=str(parse_zone(self.zone))) if self.zone else None
        if layout.zone_proof is None:
            if named is None:
                raise UsageError(
                    f"{name}: its times are local to the switch and nothing in it says where: "
                    "name the switch's zone, for example --tz Europe/Berlin or --tz UTC"
                )
            return named
        local = layout.local_time if layout.local_time is not None else pl.lit(None, pl.Datetime("us"))
        start = frame.head(_PROOF_ROWS).select(local.alias("local"), layout.zone_proof.alias("min")).collect()
        proven = start.drop_nulls("min")
        counted = Counter(proven["min"].to_list())
        if start.is_empty():
            return UTC_ZONE
        proved = self._offsets.setdefault(name, set())
        main = next(iter(proved), counted.most_common(1)[0][0] if counted else None)
        # A leg that began long after its call looks like an offset too; only a shift of the clocks is one.
        offsets = [
            minutes
            for minutes, n in counted.items()
            if minutes == main
            or (n > _PROOF_SHARE * proven.height and abs(minutes - main) in _CLOCK_SHIFTS_MIN)
        ]
        if named is not None:
            if not proved:
                self._refuse_disproved(named, proven.drop_nulls(), name)
            proved.update(offsets)
            return named
        proved.update(offsets)
        if len(proved) != 1:
            known = ", ".join(f"{m:+} min" for m in sorted(proved)) or "none"
            raise UsageError(
                f"{name}: its rows prove these offsets from UTC: {known}: name its zone with --tz"
            )
        return Zone(offset_min=next(iter(proved)))

    def _refuse_disproved(self, zone: Zone, proven: pl.DataFrame, name: str) -> None:
        by_rows = (pl.col("local") - pl.duration(minutes="min")).dt.replace_time_zone("UTC")
        wrong = proven.filter(zone.to_utc(pl.col("local"), pl.col("min")) != by_rows)
        if 2 * wrong.height > proven.height:
            minutes = Counter(wrong["min"].to_list()).most_common(1)[0][0]
            raise UsageError(
                f"{name}: --tz {self.zone} is not where its times are local: its rows prove "
                f"{minutes:+} min from UTC; leave --tz out or name the right zone"
            )

    def _taken_apart(self, lines: Iterable[tuple[int, str]], layout: Layout, name: str) -> Batch:
        """Line by line, each by the layout that knows its shape."""
        shapes: dict[int, list[tuple[int, str, list[str]]]] = defaultdict(list)
        count = 0
        for number, raw, cells in split(lines, layout):
            count += 1
            shapes[len(cells)].append((number, raw, cells))
        parts = [self._one_shape(width, rows, layout, name) for width, rows in sorted(shapes.items())]
        if not parts:
            return Batch(_empty(self.format), pl.DataFrame(schema=REJECT_SCHEMA), 0)
        return Batch(pl.concat([p.records for p in parts]), pl.concat([p.rejects for p in parts]), count)

    def _one_shape(
        self, width: int, rows: list[tuple[int, str, list[str]]], layout: Layout, name: str
    ) -> Batch:
        fitting = layout if layout.columns is not None and len(layout.columns) == width else None
        if fitting is None:
            sample = Sample(
                name, "\n".join(raw for _, raw, _ in rows[:20]), tuple(tuple(c) for *_, c in rows[:20])
            )
            fitting = next(
                (other for other in self.format.layouts if other.columns and other.recognise(sample)), None
            )
        if fitting is None:
            return Batch(
                _empty(self.format), _rejects(name, [(n, raw) for n, raw, _ in rows], "wrong_columns"), 0
            )
        names = fitting.columns or ()
        frame = pl.DataFrame(
            {c: [cells[i] or None for *_, cells in rows] for i, c in enumerate(names)},
            schema=dict.fromkeys(names, pl.String),
        )
        return self._sorted_out(frame.lazy(), fitting, name, lambda row: rows[row][:2])

    def _read_json_lines(self, chunk: Chunk, layout: Layout, name: str) -> Batch:
        good: list[tuple[int, str]] = []
        cells: list[dict[str, str | None]] = []
        bad: list[tuple[int, str]] = []
        lines = chunk.data.decode().split("\n")
        for number, line in enumerate(lines, chunk.first_line):
            if not line.strip():
                continue
            try:
                cells.append(flat(json.loads(line, parse_float=str, parse_int=str)))
                good.append((number, line))
            except (ValueError, TypeError, RecursionError):
                bad.append((number, line))
        columns = dict.fromkeys((*(layout.columns or ()), *(key for row in cells for key in row)), pl.String)
        frame = pl.DataFrame(cells, schema=columns)
        read = self._sorted_out(frame.lazy(), layout, name, lambda row: good[row])
        rejects = pl.concat([read.rejects, _rejects(name, bad, "not_json")])
        return Batch(read.records, rejects, len(good) + len(bad))

    def _read_documents(self, found: Found, layout: Layout) -> Iterator[Batch]:
        batch: list[tuple[str, str]] = []
        for document in documents(found.path):
            batch.append(document)
            if len(batch) == _DOCUMENTS_AT_ONCE:
                yield self._of_documents(batch, layout)
                batch = []
        if batch:
            yield self._of_documents(batch, layout)

    def _of_documents(self, batch: list[tuple[str, str]], layout: Layout) -> Batch:
        good, bad = [], []
        for name, text in batch:
            try:
                json.loads(text)
                text.encode()
                good.append((name, text))
            except (ValueError, TypeError, RecursionError):
                bad.append(pl.DataFrame({"file": [name], "line": [1], "rule": ["not_json"], "raw": [text]}))
        frame = pl.LazyFrame({"document": [text for _, text in good]}, schema={"document": pl.String})
        read = self._sorted_out(frame, layout, "", lambda row: (row, good[row][1]))
        named = read.rejects.with_columns(
            file=pl.Series([good[row][0] for row in read.rejects["line"]], dtype=pl.String),
            line=pl.lit(1, pl.Int64),
        )
        return Batch(read.records, pl.concat([named, *bad]), len(batch))


def _scan(data: bytes, layout: Layout) -> pl.LazyFrame:
    return pl.scan_csv(
        data,
        has_header=False,
        schema=dict.fromkeys((*(layout.columns or ()), _MORE), pl.String),
        separator=layout.separator,
        missing_columns="insert",
        truncate_ragged_lines=True,
        null_values=[""],
    )


def _broken(rules: Mapping[str, pl.Expr], *, more: bool) -> pl.Expr:
    """The name of the first rule that a row breaks; null where it breaks none."""
    all_rules = {"wrong_columns": pl.col(_MORE).is_null(), **rules} if more else rules
    broken = [
        pl.when(~rule.fill_null(value=False)).then(pl.lit(name, pl.String))
        for name, rule in all_rules.items()
    ]
    return pl.coalesce(*broken, pl.lit(None, pl.String))


def _numbered(chunk: Chunk, rows: Iterable[int]) -> list[tuple[int, str]]:
    lines = chunk.data.decode().split("\n")
    return [(chunk.first_line + row, lines[row].rstrip("\r")) for row in rows]


def _rejects(name: str, rows: list[tuple[int, str]], rule: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "file": [name] * len(rows),
            "line": [n for n, _ in rows],
            "rule": [rule] * len(rows),
            "raw": [r for _, r in rows],
        },
        schema=REJECT_SCHEMA,
    )


def _empty(fmt: Format) -> pl.DataFrame:
    return pl.DataFrame(schema=fmt.schema)

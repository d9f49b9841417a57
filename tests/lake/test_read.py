"""Every row of a file becomes a record or a reject, whatever the state of the file."""

import gzip
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tollbook.cdr.format import format_named
from tollbook.errors import TollbookError
from tollbook.lake import files
from tollbook.lake.files import Found, recognise
from tollbook.lake.ingest import Imported
from tollbook.lake.read import Batch, Reader
from tollbook.lake.store import Lake
from tollbook.tables import CALLS

EPOCH_BERLIN = 1_792_890_000
"""2026-10-25 01:00 UTC, when Berlin went from UTC+2 to UTC+1."""

Master = Callable[..., Path]
Line = Callable[..., str]
Take = Callable[..., Imported]


def read(path: Path, zone: str | None = None) -> tuple[Reader, list[Batch]]:
    asterisk = format_named("asterisk")
    known = recognise(path, asterisk)
    assert known is not None
    reader = Reader(asterisk, zone)
    return reader, list(reader.read(Found(path, named=True), known[1]))


def read_whole(path: Path) -> Batch:
    _, parts = read(path)
    records, rejects = (
        pl.concat([getattr(part, which) for part in parts]) for which in ("records", "rejects")
    )
    return Batch(records, rejects, sum(part.rows for part in parts))


def test_latin_1_is_read_and_said(master: Master, line: Line) -> None:
    clid = '"""José"" <390411111111>"'
    reader, batches = read(master(line(1, clid=clid).encode("latin-1"), line(2)))
    assert sum(batch.records.height for batch in batches) == 2
    assert reader.notes[0].endswith("is not UTF-8, read as Windows-1252")


def test_a_cut_last_line_is_set_aside_with_its_number(master: Master, line: Line) -> None:
    cut = line(3)[:150]
    batch = read_whole(master(line(1), line(2), cut, end=b""))
    assert (batch.rows, batch.records.height) == (3, 2)
    assert batch.rejects.row(0)[1:] == (3, "cut_line", cut)


def test_a_last_line_without_its_end_may_be_cut_within_a_number_and_waits(master: Master, line: Line) -> None:
    batch = read_whole(master(line(1), line(2), end=b""))
    assert (batch.records.height, batch.rejects["rule"].to_list()) == (1, ["cut_line"])


def test_a_last_line_that_ends_in_a_closing_quote_is_whole(master: Master, line: Line) -> None:
    eighteen = [",".join(line(n, data="").split(",")[:18]) for n in (1, 2)]
    batch = read_whole(master(*eighteen, end=b""))
    assert (batch.records.height, batch.rejects.height) == (2, 0)


def test_the_second_pass_of_the_doubled_hour_is_told_by_the_rows_themselves(
    master: Master, line: Line
) -> None:
    passes = {EPOCH_BERLIN - 1800: "2026-10-25 02:30:00", EPOCH_BERLIN + 1800: "2026-10-25 02:30:00"}
    rows = [
        line(n, start=at).replace("1795000000", str(epoch)) for n, (epoch, at) in enumerate(passes.items(), 1)
    ]
    _, (batch,) = read(master(*rows), zone="Europe/Berlin")
    assert batch.records["started_at"].dt.epoch("s").to_list() == list(passes)


def test_a_leg_that_began_long_after_its_call_proves_no_other_zone(master: Master, line: Line) -> None:
    late = line(9, start="2026-11-18 11:21:40", linked=1)
    for zone in (None, "UTC"):
        _, (batch,) = read(master(line(1), line(2), late), zone=zone)
        assert str(batch.records["started_at"][2]) == "2026-11-18 11:21:40+00:00"


def test_quotes_that_were_not_doubled_spoil_only_what_they_stand_in(master: Master, line: Line) -> None:
    loose = line(2, clid='"Joe "the voice" <390411111111>"')
    _, (batch,) = read(master(line(1), loose, line(3)))
    assert (batch.records.height, batch.rejects.height) == (3, 0)


def test_a_text_with_a_line_break_is_one_record(master: Master, line: Line) -> None:
    broken = line(2, clid='"two\nlines"')
    _, (batch,) = read(master(line(1), broken, line(3)))
    assert (batch.rows, batch.records.height, batch.rejects.height) == (3, 3, 0)


def test_windows_line_ends_and_blank_lines_are_nothing(master: Master, line: Line) -> None:
    _, (batch,) = read(master(line(1) + "\r", "", line(2) + "\r"))
    assert (batch.records.height, batch.rejects.height) == (2, 0)


def test_a_switch_that_changed_its_columns_within_a_file_is_read_on(master: Master, line: Line) -> None:
    eighteen = ",".join(line(3, data="").split(",")[:18])
    _, (batch,) = read(master(line(1), line(2), eighteen))
    assert (batch.records.height, batch.rejects.height) == (3, 0)


def test_chunks_do_not_change_what_is_read(
    master: Master, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = master(*(line(n, duration=-1 if n == 7 else 65) for n in range(1, 20)))
    _, (whole,) = read(file)
    monkeypatch.setattr(files, "CHUNK_BYTES", 700)
    _, parts = read(file)
    assert len(parts) > 5
    assert [row for part in parts for row in part.records.rows()] == whole.records.rows()
    assert [row for part in parts for row in part.rejects.rows()] == whole.rejects.rows()


def test_times_that_nothing_places_need_a_zone(master: Master, line: Line) -> None:
    sixteen = [",".join(line(n, data="").split(",")[:16]) for n in (1, 2)]
    file = master(*sixteen)
    with pytest.raises(TollbookError, match="name the switch's zone, for example --tz"):
        read(file)
    _, (batch,) = read(file, zone="Europe/Berlin")
    assert str(batch.records["started_at"][0]) == "2026-11-18 10:06:40+00:00"


def test_an_unknown_zone_names_the_nearest(master: Master, line: Line) -> None:
    with pytest.raises(TollbookError, match="unknown zone 'Europe/Berln', did you mean 'Europe/Berlin'"):
        read(master(line(1)), zone="Europe/Berln")


def test_packed_and_plain_are_the_same(lake: Lake, master: Master, line: Line, take: Take) -> None:
    plain = master(line(1), line(2))
    packed = master(gzip.compress(plain.read_bytes()), name="Master.csv.gz", end=b"")
    take(packed)
    assert take(plain).duplicates == 2
    assert lake.scan(CALLS).collect().height == 2


def test_a_late_leg_that_is_read_alone_does_not_stop_the_file(
    master: Master, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "CHUNK_BYTES", 300)
    late = line(9, start="2026-11-18 11:21:40", linked=1)
    for zone in (None, "UTC"):
        _, parts = read(master(line(1), line(2), late), zone=zone)
        assert sum(part.records.height for part in parts) == 3


def test_a_file_over_a_change_of_the_clocks_needs_its_zone_named(master: Master, line: Line) -> None:
    summer, winter = EPOCH_BERLIN - 3600, EPOCH_BERLIN + 7200
    rows = [line(n, start=start).replace("1795000000", str(epoch)) for n, epoch, start in (
        (1, summer, "2026-10-25 02:00:00"), (2, winter, "2026-10-25 04:00:00"))]  # fmt: skip
    file = master(*rows)
    with pytest.raises(TollbookError, match=r"prove these offsets from UTC: \+60 min, \+120 min"):
        read(file)
    _, (batch,) = read(file, zone="Europe/Berlin")
    assert batch.records["started_at"].dt.epoch("s").to_list() == [summer, winter]

"""Files are found once, opened by their ending, cut into whole lines, known by content."""

import gzip
import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from tollbook.errors import TollbookError
from tollbook.lake import files
from tollbook.lake.files import chunks, decode, documents, find, recognise


def test_a_folder_gives_its_own_files_and_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    for name in ("b.csv", "a.csv", "deeper/c.csv"):
        (tmp_path / name).write_text("x")
    assert [f.path.name for f in find([str(tmp_path), str(tmp_path / "a.csv")])] == ["a.csv", "b.csv"]
    assert [f.path.name for f in find([str(tmp_path / "**" / "*.csv")])] == ["a.csv", "b.csv", "c.csv"]


def test_a_path_with_nothing_behind_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TollbookError, match=r"none\.csv: no file there"):
        find([str(tmp_path / "none.csv")])


def test_chunks_are_whole_lines_and_together_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "CHUNK_BYTES", 10)
    content = b"one\ntwo and more than ten bytes\nthree\n\nfour"
    file = tmp_path / "f.csv"
    file.write_bytes(content)
    read = list(chunks(file))
    assert b"".join(chunk.data for chunk in read) == content
    assert all(chunk.data.endswith(b"\n") for chunk in read[:-1])
    firsts = [content[: sum(len(c.data) for c in read[:i])].count(b"\n") + 1 for i in range(len(read))]
    assert [chunk.first_line for chunk in read] == firsts


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".zst", zstandard.compress)])
def test_a_packed_file_reads_as_what_was_packed(
    ending: str, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    file = tmp_path / f"f.csv{ending}"
    file.write_bytes(pack(b"1\n2\n"))
    assert [chunk.data for chunk in chunks(file)] == [b"1\n2\n"]


@pytest.mark.parametrize("ending", [".gz", ".zst", ".tar.gz"])
def test_a_damaged_archive_is_said(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"f{ending}"
    whole = zstandard.compress(b"1,2,3\n" * 5000) if ending == ".zst" else gzip.compress(os.urandom(5000))
    for damaged in (b"no archive at all", whole[: len(whole) // 2], whole[:20] + b"\0" * 40 + whole[60:]):
        file.write_bytes(damaged)
        with pytest.raises(TollbookError, match="damaged archive"):
            list(documents(file) if ending == ".tar.gz" else chunks(file))


def test_a_packed_document_is_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "x.cdr.json.gz"
    file.write_bytes(gzip.compress(b'{"a": 1}'))
    assert [text for _, text in documents(file)] == ['{"a": 1}']


def test_a_folder_of_folders_says_what_to_name(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    with pytest.raises(TollbookError, match="no file there; name the folders in it"):
        find([str(tmp_path)])


def test_each_member_of_a_tar_file_is_a_document(tmp_path: Path) -> None:
    file = tmp_path / "f.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        for name in ("a.json", "b.json"):
            member = tarfile.TarInfo(name)
            member.size = 2
            archive.addfile(member, io.BytesIO(b"{}"))
    assert [(name.rpartition(":")[2], text) for name, text in documents(file)] == [
        ("a.json", "{}"),
        ("b.json", "{}"),
    ]


def test_a_file_that_grows_is_read_as_far_as_it_went_when_it_was_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "CHUNK_BYTES", 4)
    file = tmp_path / "f.csv"
    file.write_bytes(b"one\ntwo\n")
    reading = chunks(file)
    first = next(reading)
    with file.open("ab") as more:
        more.write(b"three\n")
    assert [first.data, *(chunk.data for chunk in reading)] == [b"one\n", b"two\n"]


def test_a_file_that_became_shorter_while_it_was_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "CHUNK_BYTES", 4)
    file = tmp_path / "f.csv"
    file.write_bytes(b"one\n" * 100_000)
    reading = chunks(file)
    next(reading)
    file.write_bytes(b"")
    with pytest.raises(TollbookError, match="became shorter while it was read"):
        list(reading)


def test_text_that_is_not_utf8_is_windows_1252() -> None:
    assert decode("€ é".encode()) == ("€ é", False)
    assert decode(b"\xef\xbb\xbfx") == ("x", False)
    assert decode(b"\x80 \xe9") == ("€ é", True)


def test_a_binary_file_is_no_record(tmp_path: Path) -> None:
    file = tmp_path / "master.db"
    file.write_bytes(b"SQLite format 3\0" + bytes(100))
    assert recognise(file, None) is None

"""Finding, opening and knowing files of call records. Nothing here looks into a record."""

import csv
import gzip
import io
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import BinaryIO, Final, cast

import polars as pl
import zstandard

from tollbook.cdr.format import Format, Layout, Sample, formats
from tollbook.errors import TollbookError

CHUNK_BYTES: Final = 16 * 2**20
"""Small enough that the memory of one chunk is used again for the next."""
_SAMPLE_BYTES: Final = 2**16
_SAMPLE_LINES: Final = 20
_ARCHIVES: Final = (".tar", ".tar.gz", ".tgz")


@dataclass(frozen=True)
class Found:
    """A file to read; `named` if the user named it, so that not knowing its format is an error."""

    path: Path
    named: bool


@dataclass(frozen=True)
class Chunk:
    """A run of whole lines of a file: how many, and the number, from 1, of its first."""

    data: bytes
    first_line: int
    lines: int


def find(paths: Iterable[str]) -> list[Found]:
    """The files behind paths, folders (their own files, not those of folders in them) and globs, in order, once.

    Raises:
        TollbookError: nothing is there.
    """
    found: dict[Path, Found] = {}
    for text in paths:
        path = Path(text)
        if path.is_file():
            files = [Found(path, named=True)]
        elif path.is_dir():
            files = [Found(file, named=False) for file in sorted(path.iterdir()) if file.is_file()]
        elif has_magic(text):
            files = [
                Found(Path(m), named=True) for m in sorted(glob(text, recursive=True)) if Path(m).is_file()
            ]
        else:
            files = []
        if not files:
            inside = (
                "; name the folders in it, or write a pattern such as DIR/**/*.csv" if path.is_dir() else ""
            )
            raise TollbookError(f"{text}: no file there{inside}")
        for file in files:
            found.setdefault(file.path.resolve(), file)
    return list(found.values())


def is_archive(path: Path) -> bool:
    """A tar file, whose members are documents."""
    return path.name.endswith(_ARCHIVES)


def _opened(path: Path) -> BinaryIO:
    """The file's content, unpacked by its ending. What a growing file gets later is not read."""
    if path.name.endswith(".gz"):
        return cast("BinaryIO", gzip.open(path, "rb"))
    if path.name.endswith(".zst"):
        return cast("BinaryIO", _Unpacked(path.open("rb")))
    file = path.open("rb")
    return cast("BinaryIO", _Limited(file, path.stat().st_size))


class _Unpacked(io.RawIOBase):
    """What a Zstandard file holds. Unlike the library's own reader it does not take a cut file for a whole one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._ready = bytearray()

    def read(self, size: int = -1) -> bytes:
        while (size < 0 or len(self._ready) < size) and (packed := self._file.read(_SAMPLE_BYTES)):
            while packed:
                if self._frame.eof:
                    self._frame = zstandard.ZstdDecompressor().decompressobj()
                self._ready += self._frame.decompress(packed)
                packed = self._frame.unused_data if self._frame.eof else b""
        if not self._ready and not self._frame.eof:
            raise EOFError("it ends in the middle")
        wanted = len(self._ready) if size < 0 else size
        data = bytes(self._ready[:wanted])
        del self._ready[:wanted]
        return data

    def close(self) -> None:
        self._file.close()
        super().close()


class _Limited(io.RawIOBase):
    """The first `size` bytes of a file; fewer means that it was cut while it was read."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left = file, size

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._file.read(wanted)
        if len(data) < wanted:
            raise TollbookError(
                f"{self._file.name}: became shorter while it was read, nothing of it was stored: "
                "import it again when nothing writes to it"
            )
        self._left -= len(data)
        return data

    def close(self) -> None:
        self._file.close()
        super().close()


def chunks(path: Path) -> Iterator[Chunk]:
    """The file in runs of whole lines, so that memory does not grow with the file."""
    line = 1
    rest = b""
    with _damage_in_words(path), _opened(path) as file:
        while block := file.read(CHUNK_BYTES):
            cut = block.rfind(b"\n") + 1
            if cut:
                data = rest + memoryview(block)[:cut]
                lines = data.count(b"\n")
                yield Chunk(data, line, lines)
                line += lines
                rest = block[cut:]
            else:
                rest += block
    if rest.strip():
        yield Chunk(rest, line, 1)


def documents(path: Path) -> Iterator[tuple[str, str]]:
    """Name and text of each document: the file itself, or each member of a tar file."""
    if not is_archive(path):
        with _damage_in_words(path), _opened(path) as file:
            yield str(path), decode(file.read())[0]
        return
    with _damage_in_words(path), tarfile.open(path) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None:
                yield f"{path}:{member.name}", decode(content.read())[0]


@contextmanager
def _damage_in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except (gzip.BadGzipFile, zlib.error, zstandard.ZstdError, tarfile.TarError, EOFError) as error:
        reason = str(error).splitlines()[0]
        raise TollbookError(f"{path}: damaged archive ({reason}): fetch it again") from None


def decode(data: bytes) -> tuple[str, bool]:
    """The text, and whether it had to be read as Windows-1252 because it is not UTF-8."""
    try:
        return data.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), True


def sample(path: Path) -> Sample:
    """The beginning of the file. A binary file has no rows; a Parquet file has its column names."""
    if is_archive(path):
        text = next((text for _, text in documents(path)), "")
        return Sample(path.name, text[:_SAMPLE_BYTES], ())
    with path.open("rb") as raw:
        magic = raw.read(4)
    if magic == b"PAR1":
        try:
            return Sample(path.name, "PAR1", (tuple(pl.read_parquet_schema(path)),))
        except pl.exceptions.PolarsError:
            raise TollbookError(f"{path}: damaged Parquet file: fetch it again") from None
    with _damage_in_words(path), _opened(path) as file:
        data = file.read(_SAMPLE_BYTES)
    if b"\0" in data:
        return Sample(path.name, "", ())
    text = decode(data)[0]
    return Sample(path.name, text, split_rows(text.splitlines()[:_SAMPLE_LINES]))


def split_rows(lines: list[str]) -> tuple[tuple[str, ...], ...]:
    """Lines split at the separator that the first of them has most of."""
    first = lines[0] if lines else ""
    separator = max(",|;\t", key=first.count)
    return tuple(
        tuple(row) for row in csv.reader((line for line in lines if line.strip()), delimiter=separator)
    )


def recognise(
    path: Path, wanted: Format | None, extra: tuple[Layout, ...] = ()
) -> tuple[Format, Layout] | None:
    """The format and layout that know the file, among all or within `wanted`; none if none does.

    `extra` are layouts of `wanted` that are asked first.

    Raises:
        TollbookError: two formats claim it.
    """
    beginning = sample(path)
    candidates = [wanted] if wanted else list(formats().values())
    known = [
        (f, layout) for f in candidates for layout in (*extra, *f.layouts) if layout.recognise(beginning)
    ]
    names = sorted({f.name for f, _ in known})
    if len(names) > 1:
        raise TollbookError(f"{path}: could be {' or '.join(names)}: say which with --format")
    return known[0] if known else None

from pathlib import Path

import pytest

from tollbook.account.sheets import read_rows
from tollbook.errors import UsageError

COLUMNS = ("id", "name", "currency")


def read(tmp_path: Path, content: str | bytes) -> list[tuple[int, dict[str, str]]]:
    path = tmp_path / "who.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_rows(path, COLUMNS, ("id",)))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, start: str, delimiter: str, end: str) -> None:
    lines = [["Name", " ID "], ["Ölhof", "acme"], ["", ""], ["Bolt", "bolt"]]
    text = start + "".join(delimiter.join(cells) + end for cells in lines)
    assert read(tmp_path, text) == [
        (2, {"name": "Ölhof", "id": "acme"}),
        (4, {"name": "Bolt", "id": "bolt"}),
    ]


def test_a_row_is_where_it_begins_even_after_a_cell_of_two_lines(tmp_path: Path) -> None:
    rows = read(tmp_path, 'id,name\na,"Two\nlines"\nb,One\n')
    assert [line for line, _ in rows] == [2, 4]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", r"line 1: no column 'id'; it needs id"),
        ("name\nACME\n", r"line 1: no column 'id'"),
        ("id,curency\na,EUR\n", r"line 1: unknown column 'curency', did you mean 'currency'\?"),
        ("id,name,name\na,b,c\n", r"line 1: column 'name' is there twice"),
        ("id,name\na,b\nc\n", r"line 3: 1 cells, the header has 2"),
        ("id,name\na,b,c\n", r"line 2: 3 cells, the header has 2"),
        ('id,name\na,"b" c\n', r"line 2: ',' expected after '\"'"),
        ('id,name\na,"b\n', r"line 2: unexpected end of data"),
        ("id,name\na,b\nc,Öl\n".encode("latin-1"), r"line 3 is not UTF-8: save the file as CSV UTF-8"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line(tmp_path: Path, content: str | bytes, reason: str) -> None:
    with pytest.raises(UsageError, match=f"^who.csv: {reason}"):
        read(tmp_path, content)

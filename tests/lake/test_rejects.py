"""What imports refused, as it is told and taken along."""

import csv
import io
import os
from datetime import UTC, datetime

import pytest

from tollbook.errors import UsageError
from tollbook.lake import rejects

NAME = "20261005T100000.000000Z.csv"
HEAD = "file,line,rule,raw\n"


@pytest.fixture
def file(workspace):
    """Four records of two files, of which three break one rule."""
    made = workspace.rejects / NAME
    made.write_text(
        f'{HEAD}a.csv,3,no_time,"x\ny"\na.csv,9,bad_time,=1+1\nb.csv,1,no_time,{"z" * 300}\nb.csv,2,no_time,\n'
    )
    return made


def test_a_file_tells_what_it_came_from_which_rules_were_broken_and_its_first_records(file):
    told = rejects.refused(file)
    assert (told.name, told.at, told.records) == (NAME, datetime(2026, 10, 5, 10, tzinfo=UTC), 4)
    assert told.sources == ("a.csv", "b.csv")
    assert told.rules == (("no_time", 3), ("bad_time", 1))
    assert [(row["file"], row["line"], row["rule"]) for row in told.first] == [
        ("a.csv", "3", "no_time"),
        ("a.csv", "9", "bad_time"),
        ("b.csv", "1", "no_time"),
    ]
    assert [len(row["raw"]) for row in told.first] == [3, 4, rejects.LONGEST]


def test_the_newest_is_the_first_and_a_file_that_grew_is_counted_again(workspace, file):
    newer = workspace.rejects / "20261006T100000.000000Z.csv"
    newer.write_text(f"{HEAD}c.csv,1,no_time,x\n")
    assert rejects.files(workspace) == [newer, file]
    assert list(map(rejects.records, rejects.files(workspace))) == [1, 4]
    newer.write_text(f"{HEAD}c.csv,1,no_time,x\nc.csv,2,no_time,y\n")
    assert rejects.records(newer) == 2


def test_one_that_somebody_named_otherwise_has_the_time_of_its_file(workspace):
    other = workspace.rejects / "mine.csv"
    other.write_text(f"{HEAD}c.csv,1,no_time,x\n")
    os.utime(other, (1_790_000_000, 1_790_000_000))
    assert rejects.refused(other).at == datetime.fromtimestamp(1_790_000_000, UTC)


def test_as_csv_it_has_all_records_and_nothing_that_a_spreadsheet_executes(file, monkeypatch):
    monkeypatch.setattr(rejects, "LINES", 3)
    pieces = list(rejects.csv_pieces(file))
    assert len(pieces) == 1 + 2
    rows = list(csv.DictReader(io.StringIO("".join(pieces))))
    assert [row["raw"] for row in rows] == ["x\ny", "'=1+1", "z" * 300, ""]


def test_only_what_lies_in_the_folder_has_a_name(workspace, file):
    assert rejects.named(workspace, NAME) == file
    (workspace.home / "other.csv").write_text("x")
    for name in ("../other.csv", "other.csv", str(file)):
        with pytest.raises(UsageError, match="rejects/ has no"):
            rejects.named(workspace, name)


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", "file,line,rule,raw\na,b,c,d,e,f\n"], ids=["empty", "foreign", "ragged"]
)
def test_what_is_no_such_file_is_none_and_breaks_nothing(workspace, text):
    odd = workspace.rejects / "odd.csv"
    odd.write_text(text)
    assert rejects.records(odd) in {0, 1}
    assert rejects.refused(odd) is None
    assert "".join(rejects.csv_pieces(odd)).startswith("file,line,rule,raw")


def test_a_file_that_was_taken_away_meanwhile_is_none(workspace):
    assert rejects.records(workspace.rejects / "gone.csv") == 0
    assert rejects.refused(workspace.rejects / "gone.csv") is None

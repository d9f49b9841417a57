"""What is written can be read in again, and is then the same."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from account.numbering.conftest import BY, Do
from tollbook.account.models import Customer
from tollbook.account.numbering import blocks, extensions, intake, outgo
from tollbook.account.numbering.lines import read
from tollbook.account.workbook import read_workbook

MADE = [
    ("1", "acme", ""),
    ("0100", "acme", "=HYPERLINK(1)"),
    ("00100", "-1", '\'t Hart; "x", y'),
    ("447700900123", "beta", "'=x"),
    ("123456789012345678", "beta", "أهلا 日本"),
]


@pytest.mark.parametrize(("write", "ending"), [(outgo.csv_file, "csv"), (outgo.xlsx_file, "xlsx")])
def test_a_round_trip_loses_nothing(
    do: Do, tmp_path: Path, write: Callable[[Session], bytes], ending: str
) -> None:
    do(lambda session: session.add(Customer(id="-1", name="Minus")))
    do(blocks.allocate, BY, "acme", "0100", "0199")
    for number, customer, name in reversed(MADE):
        if number != "1":
            do(extensions.add, BY, customer, number, name)
    do(blocks.allocate, BY, "acme", "1", "1")
    do(extensions.add, BY, "acme", "1")
    path = tmp_path / f"numbers.{ending}"
    path.write_bytes(do(lambda session: [write(session)])[0])
    assert do(lambda session: intake.plan(session, path.name, read(path)).told(dry_run=True)) == {
        "rows": 5, "added": 0, "changed": 0, "unchanged": 5, "conflicts": [], "dry_run": True,
    }  # fmt: skip
    for number, _, _ in MADE:
        do(extensions.remove, BY, number)
    do(lambda session: intake.carry_out(session, BY, intake.plan(session, path.name, read(path))))
    assert do(outgo.rows) == MADE


def test_cells_of_a_workbook_are_text(do: Do, tmp_path: Path) -> None:
    do(extensions.add, BY, "acme", "0100")
    path = tmp_path / "numbers.xlsx"
    path.write_bytes(do(lambda session: [outgo.xlsx_file(session)])[0])
    rows = [[cell.text for cell in cells] for _, cells in read_workbook(path)]
    assert rows == [["number", "customer", "name"], ["0100", "acme"]]
    assert do(lambda session: outgo.rows(session, ["beta"])) == []

"""Blocks from files: what fits is entered, what does not is named with its line, and a round trip loses nothing."""

from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from account.numbering.conftest import BY, Do
from tollbook.account.audit import events
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.numbering import block_intake, blocks, extensions, outgo
from tollbook.account.numbering.lines import read_blocks


def file(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "blocks.csv"
    path.write_text("\n".join(("start,end,customer", *rows)))
    return path


def take(do: Do, path: Path, *, dry_run: bool = False, **named: Any) -> dict[str, Any]:
    """Enter what fits; what came of it."""
    read = read_blocks(path)

    def work(session: Any) -> dict[str, Any]:
        plan = block_intake.plan(session, path.name, read, **named)
        if not dry_run:
            block_intake.carry_out(session, BY, plan)
        return plan.told(dry_run=dry_run)

    told: dict[str, Any] = do(work)
    return told


def there(do: Do) -> list[tuple[str, str, str]]:
    return [(row["start"], row["end"], row["customer"]) for row in do(blocks.listing)]


def test_a_plan_lists_every_conflict_with_its_line_and_changes_nothing(do: Do, tmp_path: Path) -> None:
    do(blocks.allocate, BY, "acme", "1000", "1999")
    do(blocks.allocate, BY, "acme", "0100", "0199")
    path = file(
        tmp_path,
        "1000,1999,acme",
        "1000,1999,beta",
        "",
        "1500,2499,acme",
        "3000,3999,beta",
        "3999,4001,beta",
        "100,199,acme",
        "5000,50000,acme",
        "6001,6000,acme",
        "7000,7999,acmee",
        "4.47E+11,4.47E+11,acme",
        "8000,8009,acme,more",
        "1,999999999999,acme",
        ",,",
    )
    told = take(do, path, dry_run=True)
    assert (told["rows"], told["added"], told["unchanged"]) == (12, 1, 1)
    assert [(one["line"], one["number"], one["why"]) for one in told["conflicts"]] == [
        (3, "1000-1999", "1000-1999 is on line 2 already"),
        (5, "1500-2499", "1500-1999 is on line 2 already"),
        (7, "3999-4001", "3999-3999 is on line 6 already"),
        (8, "100-199", "'100-199' has lost its leading zeros: there is 0100-0199"),
        (9, "5000-50000", "5000 and 50000: both ends need the same number of digits"),
        (10, "6001-6000", "6000 comes before 6001"),
        (11, "7000-7999", "there is no customer 'acmee', did you mean 'acme'?"),
        (
            12,
            "4.47E+11-4.47E+11",
            "'4.47E+11' is a number that a spreadsheet has shortened: make its column text",
        ),
        (13, "8000-8009", "4 cells, the header has 3"),
        (14, "1-999999999999", "1 and 999999999999: both ends need the same number of digits"),
    ]
    assert there(do) == [("0100", "0199", "acme"), ("1000", "1999", "acme")]


def test_an_overlap_with_a_block_there_is_is_named_with_whose_it_is(do: Do, tmp_path: Path) -> None:
    do(blocks.allocate, BY, "acme", "1000", "1999")
    told = take(do, file(tmp_path, "1500,2499,beta", "0,9,beta"))
    assert [one["why"] for one in told["conflicts"]] == [
        "1500-2499 overlaps what is allocated already: 1500-1999 (block 1 of acme, 1000-1999)"
    ]
    assert there(do) == [("0", "9", "beta"), ("1000", "1999", "acme")]


def test_a_block_of_too_many_numbers_is_refused(do: Do, tmp_path: Path) -> None:
    told = take(do, file(tmp_path, "10000000000,19999999999,acme"))
    assert "a block has at most 1000000000" in told["conflicts"][0]["why"]


def test_extensions_that_the_customer_has_there_become_the_blocks(do: Do, tmp_path: Path) -> None:
    do(extensions.add, BY, "acme", "2005")
    take(do, file(tmp_path, "2000,2009,acme"))
    (row,) = do(extensions.listing)
    assert (row["block"], row["out_of_block"]) == (1, False)


def test_the_audit_has_the_file_and_each_block(do: Do, numbers: Database, tmp_path: Path) -> None:
    take(do, file(tmp_path, "2000,2009,acme", "x,9,acme"))
    take(do, file(tmp_path, "2000,2009,acme"))
    with numbers.reading() as session:
        told = list(events(session, None, None))[-2:]
    assert [(one["action"], one["resource"]) for one in told] == [
        ("allocate", "block 1"),
        ("import", "blocks"),
    ]
    assert told[0]["after"] == {"customer": "acme", "start": "2000", "end": "2009"}
    assert (told[1]["after"]["file"], told[1]["after"]["added"], told[1]["after"]["conflicts"]) == (
        "blocks.csv",
        1,
        1,
    )


def test_a_reader_of_one_customer_has_no_other(do: Do, tmp_path: Path) -> None:
    told = take(do, file(tmp_path, "2000,2009,beta"), customers=["acme"])
    assert [one["why"] for one in told["conflicts"]] == ["there is no customer 'beta'; known: acme"]


@pytest.mark.parametrize(("write", "ending"), [(outgo.blocks_csv, "csv"), (outgo.blocks_xlsx, "xlsx")])
def test_a_round_trip_loses_nothing(do: Do, tmp_path: Path, write: Any, ending: str) -> None:
    do(lambda session: session.add(Customer(id="-1", name="Minus")))
    made = [("1", "9", "beta"), ("0100", "0199", "acme"), ("1000", "1999", "-1")]
    for start, end, customer in made:
        do(blocks.allocate, BY, customer, start, end)
    assert do(outgo.block_rows) == there(do)
    path = tmp_path / f"blocks.{ending}"
    path.write_bytes(do(lambda session: [write(session)])[0])
    assert take(do, path)["unchanged"] == 3
    for row in do(blocks.listing):
        do(blocks.release, BY, row["id"])
    assert take(do, path)["added"] == 3
    assert sorted(there(do)) == sorted(made)


def test_a_number_that_a_workbook_holds_as_one_is_doubted(do: Do, tmp_path: Path) -> None:
    path = tmp_path / "blocks.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet()
        for line, cells in enumerate((("start", "end", "customer"), (12345678901234567890, "2", "acme"))):
            for place, cell in enumerate(cells):
                sheet.write(line, place, cell)
    (conflict,) = take(do, path)["conflicts"]
    assert "make its column text" in conflict["why"]

"""Extensions from files: what fits is entered, what does not is named with its line, and nothing is mangled."""

from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from account.numbering.conftest import BY, Do
from tollbook.account.audit import events
from tollbook.account.database import Database
from tollbook.account.numbering import blocks, extensions, history, intake, lines
from tollbook.errors import UsageError
from tollbook.spreadsheets import escaped, exact

DOUBT = "may not be what was typed ({}): make its column text"


def file(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "numbers.csv"
    path.write_text("\n".join(("number,customer,name", *rows)))
    return path


def take(do: Do, path: Path, **named: Any) -> dict[str, Any]:
    """Enter what fits; what came of it."""
    read = lines.read(path)

    def work(session: Any) -> dict[str, Any]:
        plan = intake.plan(session, path.name, read, **named)
        intake.carry_out(session, BY, plan)
        return plan.told(dry_run=False)

    told: dict[str, Any] = do(work)
    return told


def numbers(do: Do) -> list[tuple[str, str, str]]:
    return [(row["number"], row["customer"], row["name"]) for row in do(extensions.listing)]


def test_a_plan_lists_every_conflict_with_its_line_and_changes_nothing(do: Do, tmp_path: Path) -> None:
    do(blocks.allocate, BY, "acme", "0100", "0199")
    do(extensions.add, BY, "acme", "0150", "Old")
    do(extensions.add, BY, "beta", "500")
    path = file(
        tmp_path,
        "0100,acme,First",
        "0150,acme,New",
        "0150,beta,Mine",
        "",
        "500,acme,",
        "2000,acme,Outside",
        "0101,beta,In another's",
        "700,acmee,Mistyped",
        "70x,beta,",
        "4.47E+11,beta,",
        "101,acme,Lost its zero",
        "150,beta,Lost its zero",
        "500,beta,",
        "701,beta,too,many",
        "702,beta,a\u200bb",
        "7" * 19 + ",beta,",
        "703",
    )
    plan = do(lambda session: intake.plan(session, path.name, lines.read(path)).told(dry_run=True))
    assert [(one["line"], one["number"], one["why"]) for one in plan.pop("conflicts")] == [
        (4, "0150", "0150 is on line 3 already"),
        (6, "500", "500 is taken already (beta)"),
        (7, "2000", "2000 is in none of the blocks of acme: 0100-0199"),
        (8, "0101", "0101 is in another customer's block 0100-0199"),
        (9, "700", "there is no customer 'acmee', did you mean 'acme'?"),
        (10, "70x", "'70x' is no number: write digits alone"),
        (11, "4.47E+11", "'4.47E+11' is a number that a spreadsheet has shortened: make its column text"),
        (12, "101", "'101' has lost its leading zeros: there is 0101"),
        (13, "150", "'150' has lost its leading zeros: there is 0150"),
        (14, "500", "500 is on line 6 already"),
        (15, "701", "4 cells, the header has 3"),
        (16, "702", "name: 'a\\u200bb' holds control characters"),
        (17, "7" * 19, f"'{'7' * 19}' has more than 18 digits"),
        (18, "703", "there is no customer ''; known: acme, beta"),
    ]
    assert plan == {"rows": 16, "added": 1, "changed": 1, "unchanged": 0, "dry_run": True}
    assert numbers(do) == [("500", "beta", ""), ("0150", "acme", "Old")]


def test_a_line_that_ends_before_its_number_is_a_conflict(do: Do, tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text("customer,number,name\nacme\nacme,1\n")
    told = take(do, path)
    assert [(one["line"], one["number"], one["customer"], one["why"]) for one in told["conflicts"]] == [
        (2, "", "acme", "'' is no number: write digits alone")
    ]
    assert numbers(do) == [("1", "acme", "")]


def test_strict_enters_nothing_beside_a_conflict_and_tells_a_dry_run(do: Do, tmp_path: Path) -> None:
    lines_of = {name: lines.read(file(tmp_path, *rows)) for name, rows in FITTING.items()}

    def settled(name: str, **how: bool) -> tuple[int, bool, int]:
        def work(session: Any) -> dict[str, Any]:
            plan = intake.plan(session, name, lines_of[name])
            return intake.settle(session, BY, plan, intake.carry_out, **how)

        told = do(work)
        return told["added"], told["dry_run"], len(numbers(do))

    assert settled("one does not", dry_run=False, strict=True) == (1, True, 0)
    assert settled("one does not", dry_run=True, strict=False) == (1, True, 0)
    assert settled("all fit", dry_run=False, strict=True) == (1, False, 1)
    assert settled("one does not", dry_run=False, strict=False) == (1, False, 2)


FITTING = {"one does not": ("1,acme,", "x,acme,"), "all fit": ("2,acme,",)}


def test_what_fits_is_entered_once(do: Do, numbers_of: Path) -> None:
    first, again = (take(do, numbers_of) for _ in range(2))
    assert (first["added"], first["changed"], first["unchanged"]) == (2, 0, 0)
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 2)
    assert numbers(do) == [("100", "acme", "Desk"), ("0100", "beta", "")]


@pytest.fixture
def numbers_of(tmp_path: Path) -> Path:
    """Two extensions that differ by a zero."""
    return file(tmp_path, "0100,beta,", "100,acme,Desk")


def test_a_new_name_changes_and_an_empty_one_says_nothing(do: Do, tmp_path: Path) -> None:
    take(do, file(tmp_path, "1,acme,One", "2,acme,Two"))
    told = take(do, file(tmp_path, "1,acme,Uno", "2,acme,"))
    assert (told["added"], told["changed"], told["unchanged"]) == (0, 1, 1)
    assert numbers(do) == [("1", "acme", "Uno"), ("2", "acme", "Two")]


def test_who_took_in_what_is_in_the_audit(do: Do, numbers: Database, tmp_path: Path) -> None:
    take(do, file(tmp_path, "1,acme,One", "x,acme,"))
    take(do, file(tmp_path, "1,acme,One"))
    with numbers.reading() as session:
        *_, each, last = events(session, None, None)
    assert (each["action"], each["resource"], each["after"]) == (
        "add", "extension 1", {"customer": "acme", "name": "One"},
    )  # fmt: skip
    assert (last["action"], last["resource"], last["login"]) == ("import", "extensions", "test")
    assert last["after"] == {
        "file": "numbers.csv", "rows": 2, "added": 1, "changed": 0, "unchanged": 0, "conflicts": 1, "dry_run": False,
    }  # fmt: skip


def test_a_reader_of_one_customer_has_no_other(do: Do, tmp_path: Path) -> None:
    do(extensions.add, BY, "beta", "5")
    path = file(tmp_path, "5,acme,", "6,beta,", "7,acme,")
    told = take(do, path, customers=["acme"])
    assert [one["why"] for one in told["conflicts"]] == [
        "5 is taken already",
        "there is no customer 'beta'; known: acme",
    ]
    assert told["added"] == 1


@pytest.mark.parametrize(
    ("head", "why"),
    [("number,name", "no column 'customer'"), ("number,customer,nmae", "did you mean 'name'")],
)
def test_a_wrong_header_stops_before_anything(do: Do, tmp_path: Path, head: str, why: str) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text(f"{head}\n1,acme,x\n")
    with pytest.raises(UsageError, match=f"numbers.csv: line 1: .*{why}"):
        take(do, path)


def test_a_workbook_keeps_text_and_tells_what_may_be_another_number(do: Do, tmp_path: Path) -> None:
    path = tmp_path / "numbers.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet()
        zeros, date = book.add_format({"num_format": "0000"}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["Number", "Customer", "Name"])
        sheet.write_row(1, 0, ["0100", "acme", "Text"])
        sheet.write_row(2, 0, [447700900123, "acme", "A number of no more digits than are kept"])
        sheet.write_number(3, 0, 100, zeros)
        sheet.write_number(4, 0, 45000, date)
        sheet.write_number(5, 0, 4.477e20)
        sheet.write_number(6, 0, 100.5)
        for line in range(3, 7):
            sheet.write_string(line, 1, "acme")
    told = take(do, path)
    assert [(one["line"], one["why"]) for one in told["conflicts"]] == [
        (4, f"'100' {DOUBT.format('it is a number that is shown as 0100')}"),
        (5, f"'45000' {DOUBT.format('it is a date or a time')}"),
        (6, "'4.477E+20' is a number that a spreadsheet has shortened: make its column text"),
        (7, f"'100.5' {DOUBT.format('it is the number 100.5')}"),
    ]
    assert [number for number, _, _ in numbers(do)] == ["0100", "447700900123"]


def test_a_cell_that_is_very_long_is_told_by_its_beginning(do: Do, tmp_path: Path) -> None:
    told = take(do, file(tmp_path, f"{'7' * 2000},acme,", f"1,{'a' * 2000},", f"2,acme,{'n' * 1001}"))
    assert {one["why"] for one in told["conflicts"]} == {"Too long: use at most 1000 characters"}
    assert [(len(one["number"]), len(one["customer"])) for one in told["conflicts"]] == [
        (40, 4),
        (1, 40),
        (1, 4),
    ]


def test_a_customer_without_a_block_has_a_number_of_extensions_at_most(do: Do, tmp_path: Path) -> None:
    do(blocks.allocate, BY, "acme", "0100", "0199")
    do(extensions.add, BY, "beta", "500")
    path = file(
        tmp_path, "500,beta,Named", "501,beta,", "502,beta,", "0100,acme,", "0101,acme,", "0102,acme,"
    )
    told = take(do, path, most=2)
    assert [(one["number"], one["why"]) for one in told["conflicts"]] == [
        ("502", "no extension is free for beta: it needs another block")
    ]
    assert (told["added"], told["changed"]) == (4, 1)
    assert take(do, path)["added"] == 1


def test_of_very_many_unknown_customers_not_each_is_compared(do: Do, tmp_path: Path) -> None:
    told = take(do, file(tmp_path, *(f"{number},acme{number}," for number in range(101))))
    whys = [one["why"] for one in told["conflicts"]]
    assert whys[99] == "there is no customer 'acme99', did you mean 'acme'?"
    assert whys[100] == "there is no customer 'acme100'"


@pytest.mark.parametrize("text", ["", "plain", "=1+1", "-", "'=1", "''@x", "'t Hart", "'", "+49"])
def test_what_is_escaped_comes_back(text: str) -> None:
    assert exact(escaped(text)) == text
    assert not escaped(text).startswith(("=", "+", "-", "@"))
    assert escaped(text).endswith(text)


def test_another_name_is_in_the_audit_with_the_one_before(do: Do, numbers: Database, tmp_path: Path) -> None:
    take(do, file(tmp_path, "1,acme,One"))
    take(do, file(tmp_path, "1,acme,Uno"))
    assert [(one.action, one.before, one.after) for one in do(history.of_extension, "1")] == [
        ("add", None, {"customer": "acme", "name": "One"}),
        ("change", {"customer": "acme", "name": "One"}, {"customer": "acme", "name": "Uno"}),
    ]

"""Master data from files: every change and every conflict with its line, all of it or nothing."""

from pathlib import Path

import pytest
from xlsxwriter import Workbook

from tollbook.account import intake, parties
from tollbook.account.audit import Actor, events
from tollbook.account.database import Database
from tollbook.account.intake import Conflict, Plan
from tollbook.account.models import Customer, Deck
from tollbook.account.people import persons
from tollbook.errors import UsageError

BY = Actor(None, "test")
CUSTOMERS, CONTACTS = parties.register(Customer), persons.register("contact")


@pytest.fixture
def db(database: Database) -> Database:
    """Acme has the currency EUR, which a deck has too, and 30 channels."""
    with database.session() as session:
        parties.add(session, Customer, "acme", {"currency": "EUR", "channels": "30"}, BY)
        session.add(Deck(customer_id="acme", currency="EUR", source="uk.csv"))
    return database


def planned(db: Database, tmp_path: Path, text: str, register: object = CUSTOMERS) -> Plan:
    path = tmp_path / "who.csv"
    path.write_text(text)
    with db.reading() as session:
        return intake.plan(session, register, path.name, intake.lines_of(path, register))


def test_a_plan_tells_what_is_new_what_changes_and_from_what_to_what(db: Database, tmp_path: Path) -> None:
    plan = planned(db, tmp_path, "id,channels,name\nacme,60,\nbolt,,Bolt\n")
    assert plan.counts == {"rows": 2, "added": 1, "changed": 1, "unchanged": 0}
    assert [(entry.line, entry.name, entry.changes) for entry in plan.entries] == [
        (2, "acme", {"channels": ("30", "60")}),
        (3, "bolt", {"name": ("", "Bolt")}),
    ]
    assert plan.told()["changes"] == [
        {"line": 2, "name": "acme", "column": "channels", "before": "30", "after": "60"}
    ]


def test_what_is_written_as_it_is_changes_nothing(db: Database, tmp_path: Path) -> None:
    assert planned(db, tmp_path, "id,channels,debit_limit\nacme,30,0.00\n").unchanged == 1


def test_every_conflict_is_named_with_its_line_its_column_and_what_stands_there(
    db: Database, tmp_path: Path
) -> None:
    text = "id,currency,zone\nacme,USD,Mars\nbolt,EUX,\nacme,EUR,\na/b,,\ncord\n"
    conflicts = planned(db, tmp_path, text).conflicts
    assert [(one.line, one.name, one.column, one.value) for one in conflicts] == [
        (2, "acme", "zone", "Mars"),
        (3, "bolt", "currency", "EUX"),
        (4, "acme", "", ""),
        (5, "a/b", "", ""),
        (6, "cord", "", ""),
    ]
    whys = [one.told for one in conflicts]
    assert whys[0].startswith("zone: unknown zone 'Mars'")
    assert whys[2] == "id 'acme' is on line 2 already"
    assert whys[4] == "1 cells, the header has 3"


def test_a_currency_that_is_in_use_stays_in_a_file_too(db: Database, tmp_path: Path) -> None:
    (conflict,) = planned(db, tmp_path, "id,currency\nacme,USD\n").conflicts
    assert conflict.told == "currency of 'acme' stays EUR: a deck, an invoice or a payment of it is in use"


def test_one_conflict_keeps_all_of_it_out(db: Database, tmp_path: Path) -> None:
    plan = planned(db, tmp_path, "id,channels\nbolt,5\nacme,many\n")
    with (
        pytest.raises(UsageError, match=r"who\.csv: line 3: channels: 'many' is no whole number"),
        db.session() as session,
    ):
        intake.carry_out(session, CUSTOMERS, BY, plan)
    with db.reading() as session:
        assert [row["id"] for row in parties.listing(session, Customer)] == ["acme"]


def test_what_was_entered_and_the_file_are_in_the_audit(db: Database, tmp_path: Path) -> None:
    plan = planned(db, tmp_path, "id,channels\nbolt,5\nacme,60\n")
    with db.session() as session:
        rows = intake.carry_out(session, CUSTOMERS, BY, plan)
    assert [(row["id"], row["channels"]) for row in rows] == [("bolt", 5), ("acme", 60)]
    with db.reading() as session:
        told = [(event["action"], event["resource"]) for event in events(session, None, None)][1:]
        last = [event["after"] for event in events(session, None, None)][-1]
    assert told == [("add", "customer bolt"), ("change", "customer acme"), ("import", "master_data")]
    assert last == {"file": "who.csv", "rows": 2, "added": 1, "changed": 1, "unchanged": 0}


def test_a_contact_is_of_a_customer_that_there_is_and_stays_so(db: Database, tmp_path: Path) -> None:
    with db.session() as session:
        parties.add(session, Customer, "bolt", {}, BY)
        persons.add(session, "contact", "al", {"customer": "acme"}, BY)
        persons.add(session, "user", "ada", {}, BY)
    text = "login,customer,email\nAL,acme,al@acme.example\nbo,bolt,\ncy,acne,\ndi,,\nal2,bolt,x\nada,acme,\n"
    plan = planned(db, tmp_path, text, CONTACTS)
    assert [(entry.name, entry.new) for entry in plan.entries] == [("al", False), ("bo", True)]
    assert [(one.line, one.column) for one in plan.conflicts] == [
        (4, "customer"), (5, "customer"), (6, "email"), (7, ""),
    ]  # fmt: skip
    assert (
        planned(db, tmp_path, "login,customer\nal,bolt\n", CONTACTS)
        .conflicts[0]
        .why.startswith("'al' stays a contact of 'acme'")
    )


def test_what_a_spreadsheet_has_made_of_a_text_is_refused_and_an_amount_is_none_such(
    db: Database, tmp_path: Path
) -> None:
    path = tmp_path / "who.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "tax_rate", "channels", "postcode"])
        sheet.write_row(1, 0, ["acme", 19.5, 60])
        sheet.write_number(1, 3, 1067, book.add_format({"num_format": "00000"}))
    with db.reading() as session:
        plan = intake.plan(session, CUSTOMERS, path.name, intake.lines_of(path, CUSTOMERS))
    assert plan.conflicts == [
        Conflict(
            2,
            "acme",
            "postcode",
            "1067",
            "'1067' may not be what was typed (it is a number that is shown as 01067): make its column text",
        )
    ]


def test_a_file_without_rows_is_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "who.csv"
    path.write_text("id,name\n\n")
    with pytest.raises(UsageError, match=r"who\.csv: no rows below the header"):
        intake.lines_of(path, CUSTOMERS)

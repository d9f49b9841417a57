"""Files of master data that are read in again."""

from pathlib import Path

import pytest

from tollbook.account import intake, outgo, parties
from tollbook.account.database import Database
from tollbook.account.models import Customer

CUSTOMERS = parties.register(Customer)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_written_is_read_as_the_same(database: Database, tmp_path: Path, kind: str) -> None:
    with database.session() as session:
        told = {"name": "=1+1", "postcode": "01067", "address": "Street 1\nTown", "debit_limit": "-0.5"}
        parties.add(session, Customer, "acme", {**told, "schedule": "monthly", "number_rules": "00> 0>49"})
        parties.add(session, Customer, "0049", {})
        content = outgo.file_of(CUSTOMERS, parties.listing(session, Customer), kind)
    path = tmp_path / f"customers.{kind}"
    path.write_bytes(content)
    with database.reading() as session:
        plan = intake.plan(session, CUSTOMERS, path.name, intake.lines_of(path, CUSTOMERS))
    assert (plan.rows, plan.unchanged, plan.entries, plan.conflicts) == (2, 2, [], [])


def test_a_spreadsheet_takes_no_name_for_a_formula(database: Database) -> None:
    with database.session() as session:
        parties.add(session, Customer, "acme", {"name": "=1+1"})
        content = outgo.file_of(CUSTOMERS, parties.listing(session, Customer), "csv")
    assert b",=1" not in content

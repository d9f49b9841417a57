import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import IntegrityError

from tollbook.account import migrations
from tollbook.account.database import Database
from tollbook.account.ledger import Adjustment, Allocation
from tollbook.account.migrate import HEAD
from tollbook.account.models import Base, Customer, Invoice
from tollbook.account.people.models import Person
from tollbook.errors import TollbookError

AT_ONCE = """
import sys
from tollbook.account.database import Database
database = Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
database.migrate()
"""


ACME = """
INSERT INTO customer (id, name, debit_limit, zone, carriers_shown, due_days, invoice_grouping, address, created_at)
VALUES ('acme', 'ACME', '0', 'UTC', 'aliases', 14, 'destination', '', '2026-10-05 00:00:00.000000')
"""
"""A customer as the first version had it."""


def rules(connection: Connection) -> dict[str, Any]:
    """All that the database says of the tables, the constraints included."""
    seen = inspect(connection)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in seen.get_columns(table)
            },
            "checks": {check["name"]: check["sqltext"] for check in seen.get_check_constraints(table)},
            "indexes": [_shown(index) for index in seen.get_indexes(table)],
            "uniques": seen.get_unique_constraints(table),
            "keys": seen.get_foreign_keys(table),
            "primary": seen.get_pk_constraint(table),
        }
        for table in Base.metadata.tables
    }


def _shown(index: Any) -> dict[str, str]:
    """An index in words: the rule of a partial one is an object that equals no other."""
    options = {name: str(value) for name, value in index["dialect_options"].items()}
    return {**index, "dialect_options": options}


def version(database: Database) -> str | None:
    with database.reading() as session:
        found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
    return found


@pytest.fixture(autouse=True)
def _migrated_at_once() -> None:
    """Not here."""


def test_models_and_migrations_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_models_and_migrations_make_the_same_constraints(database: Database) -> None:
    with database.engine.begin() as connection:
        migrated = rules(connection)
        Base.metadata.drop_all(connection)
        Base.metadata.create_all(connection)
        assert rules(connection) == migrated
        assert migrated["deck"]["checks"].keys() >= {"ck_deck_one_owner"}


def test_a_migrated_database_has_the_version_that_the_program_knows(database: Database) -> None:
    assert version(database) == HEAD


def test_a_database_of_the_first_version_is_brought_forward_with_its_rows(empty_url: str) -> None:
    database = Database(empty_url)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text(ACME))
    database.migrate()
    with database.session() as session:
        session.add(Person(login="bob", role="contact", customer_id="acme", name="Bob"))
        assert session.get_one(Customer, "acme").name == "ACME"
    assert version(database) == HEAD
    database.close()


OF_0006 = (
    """INSERT INTO invoice (id, customer_id, period_name, period_start, period_end, kind, corrects_id, status, number,
    currency, net, tax, total, exact_charge, rounding, record, created_at, issued_at) VALUES
    (1, 'acme', '2026-10', '2026-10-01 00:00:00.000000', '2026-11-01 00:00:00.000000', 'invoice', NULL, 'credited',
    'INV-1', 'EUR', '0.19', '0.03', '0.22', '0.188', '0.002', '{}', '2026-11-02 00:00:00.000000', '2026-11-02 00:00:00.000000'),
    (2, 'acme', '2026-10', '2026-10-01 00:00:00.000000', '2026-11-01 00:00:00.000000', 'credit_note', 1, 'issued',
    'CRN-1', 'EUR', '0.19', '0.03', '0.22', '0.188', '0.002', '{}', '2026-11-02 00:00:00.000000', '2026-11-02 00:00:00.000000')""",
    "INSERT INTO adjustment (id, invoice_id, adjusts_id, place, exact) VALUES (1, 2, 1, 1, '0.010')",
    """INSERT INTO payment (id, customer_id, received_at, amount, currency, method, status, reference, created_at)
    VALUES (1, 'acme', '2026-11-02 00:00:00.000000', '1', 'EUR', 'cash', 'completed', '', '2026-11-02 00:00:00.000000')""",
    "INSERT INTO allocation (payment_id, invoice_id, amount) VALUES (1, 1, '0.22')",
)
"""An invoice with all that points at it, as the version before notes of differences had it."""


def test_invoices_keep_what_points_at_them(empty_url: str) -> None:
    database = Database(empty_url)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text(ACME))
        command.upgrade(config, "0006")
        for statement in OF_0006:
            connection.execute(text(statement))
    database.migrate()
    with database.session() as session:
        (row,) = session.scalars(select(Adjustment))
        assert (row.invoice_id, row.adjusts_id, row.exact) == (2, 1, Decimal("0.010"))
        (paid,) = session.scalars(select(Allocation))
        assert (paid.invoice_id, paid.amount) == (1, Decimal("0.22"))
        note = session.get_one(Invoice, 2)
        assert (note.corrects_id, note.number, note.total) == (1, "CRN-1", Decimal("0.22"))
        note.kind = "debit_note"
    database.close()


OF_0015 = """INSERT INTO audit_event (id, at, login, as_login, via, address, action, resource, outcome, before, after)
VALUES (:id, '2026-10-05 00:00:00.000000', 'anna', '', '', '', 'add', :resource, 'done', :before, :after)"""
"""An entry of the audit, as the version before those of a customer had it."""
NAMED = '{"customer": "acme", "name": "x"}'


def test_older_entries_of_numbers_get_the_customer_that_they_name_and_no_other_may_be_changed(
    empty_url: str,
) -> None:
    database = Database(empty_url)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    entries = [
        ("block 1", None, NAMED), ("extension 5", NAMED, None), ("extension 5", '{"name": "x"}', '{"name": "y"}'),
        ("blocks", None, NAMED), ("extension 6", None, None),
    ]  # fmt: skip
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0015")
        for number, told in enumerate(entries, 1):
            values = dict(zip(("resource", "before", "after"), told, strict=True))
            connection.execute(text(OF_0015), {"id": number, **values})
    database.migrate()
    with database.reading() as session:
        found = session.execute(text("SELECT customer FROM audit_event ORDER BY id")).scalars().all()
    assert found == ["acme", "acme", None, None, None]
    with pytest.raises(IntegrityError, match="only ever added to"), database.session() as session:
        session.execute(text("UPDATE audit_event SET customer = 'beta'"))
    database.close()


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.migrate()
    assert version(database) == HEAD


def test_processes_that_start_at_once_migrate_once(empty_url: str) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", AT_ONCE, empty_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in started:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    assert [(process.communicate()[1], process.returncode) for process in started] == [("", 0)] * 3
    database = Database(empty_url)
    assert version(database) == HEAD
    database.close()


def test_a_database_of_a_newer_program_is_refused_and_left_as_it_is(database: Database) -> None:
    with database.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(TollbookError, match=r"newer Tollbook \(version 9999, .*: update Tollbook"):
        database.migrate()
    assert version(database) == "9999"


def test_a_migration_that_fails_leaves_nothing_behind(empty_url: str) -> None:
    database = Database(empty_url)
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE invoice_series (other TEXT)"))
    with pytest.raises(Exception, match="invoice_series"):
        database.migrate()
    with database.engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["invoice_series"]
    database.close()

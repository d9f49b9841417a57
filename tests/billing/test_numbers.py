"""Numbers have no gaps, whatever happens to those who take them. `make numbers` proves it with 2 000 and 40 kills."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tollbook.account.database import Database
from tollbook.billing.numbers import next_number, take

PROOF = Path(__file__).with_name("proof.py")
INVOICES, KILLS, PROCESSES = map(int, os.environ.get("TOLLBOOK_NUMBERS", "90 6 4").split())
AT = datetime(2026, 11, 2, tzinfo=UTC)


def test_each_series_and_year_begins_at_one(database: Database) -> None:
    with database.session() as session:
        assert take(session, "INV-2026-000001")
        assert take(session, "CRN-2026-000001")
    assert next_number(database, AT) == "INV-2026-000002"
    assert next_number(database, AT, "credit_note") == "CRN-2026-000002"
    assert next_number(database, AT.replace(year=2027)) == "INV-2027-000001"


def test_only_the_next_number_can_be_taken(database: Database) -> None:
    with database.session() as session:
        assert not take(session, "INV-2026-000002")
        assert take(session, "INV-2026-000001")
        assert not take(session, "INV-2026-000001")


def test_processes_that_are_killed_leave_no_gap_and_invoice_nothing_twice(
    migrated_url: str, tmp_path: Path
) -> None:
    words = (migrated_url, str(tmp_path), *map(str, (INVOICES, KILLS, PROCESSES)))
    done = subprocess.run([sys.executable, PROOF, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["well"], told["killed"], told["left"], told.get("failed", 0)) == (PROCESSES, KILLS, 0, 0)
    assert told["numbers"] == list(range(1, INVOICES + 1))
    assert (told["last"], told["twice"]) == (INVOICES, [])
    assert len(told["refused"]) >= PROCESSES
    assert all(re.match(r"invoice INV-2026-\d{6} of 'c\d+' for 2026-01-\d\d covers part of 2026-01$", words)
               for words in told["refused"])  # fmt: skip

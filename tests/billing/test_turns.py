"""Runs that issue at once render at the same time, and each under the number that it gets."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Event

import pytest

from billing.proof import draft
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.billing.invoices import issue_next
from tollbook.billing.numbers import after
from tollbook.billing.record import Record
from tollbook.billing.turns import NoTurns, Turns

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
Prepare = Callable[[Record], Path]


class Runs:
    """Two customers whose invoices are made in two threads; what each rendered, in its order."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.db, self.folder = database, folder
        self.rendered: dict[str, list[str]] = {"c0": [], "c1": []}
        with database.session() as session:
            session.add_all(Customer(id=name, name=name) for name in self.rendered)

    def note(self, record: Record) -> Path:
        self.rendered[record.customer.id].append(record.number or "")
        staged = self.folder / f"{record.number}-{record.customer.id}"
        staged.mkdir()
        return staged

    def make(self, customer: str, prepare: Prepare) -> str | None:
        wanted = draft(customer, "2026-01-05")
        done = issue_next(self.db, wanted, AT, prepare, lambda: wanted, turns=Turns(self.folder))
        return done[0].number if done else None


@pytest.fixture
def runs(database: Database, tmp_path: Path) -> Runs:
    return Runs(database, tmp_path)


def test_two_render_at_the_same_time_each_once_and_get_the_numbers_that_they_expected(runs: Runs) -> None:
    both = Barrier(2, timeout=60)

    def prepare(record: Record) -> Path:
        both.wait()  # neither goes on before the other renders too
        return runs.note(record)

    with ThreadPoolExecutor(2) as threads:
        numbers = list(threads.map(lambda customer: runs.make(customer, prepare), runs.rendered))
    assert sorted(filter(None, numbers)) == ["INV-2026-000001", "INV-2026-000002"]
    assert [runs.rendered["c0"], runs.rendered["c1"]] == [[number] for number in numbers]
    assert list((runs.folder / "issuing").iterdir()) == []


def test_where_the_one_before_fails_the_next_renders_again_under_its_number(runs: Runs) -> None:
    first_is_there, second_has_rendered = Event(), Event()

    def fails(record: Record) -> Path:
        assert record.number == "INV-2026-000001"
        first_is_there.set()
        assert second_has_rendered.wait(60)
        raise ValueError("no font has this")

    def renders(record: Record) -> Path:
        staged = runs.note(record)
        second_has_rendered.set()
        return staged

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(runs.make, "c0", fails)
        assert first_is_there.wait(60)
        second = threads.submit(runs.make, "c1", renders)
        with pytest.raises(ValueError, match="no font"):
            first.result()
        assert second.result() == "INV-2026-000001"
    assert runs.rendered["c1"] == ["INV-2026-000002", "INV-2026-000001"]


KILLED = """
import os, signal, sys
from pathlib import Path
from tollbook.billing.turns import Turns
with Turns(Path(sys.argv[1])).taken(lambda: "INV-2026-000001"):
    print("there", flush=True)
    sys.stdin.read()
"""


def test_the_place_of_a_run_that_was_killed_is_free(tmp_path: Path) -> None:
    words = [sys.executable, "-c", KILLED, str(tmp_path)]
    run = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert run.stdout
    assert run.stdout.readline() == "there\n"
    turns = Turns(tmp_path)
    with turns.taken(lambda: "INV-2026-000001") as place:
        assert place.number == "INV-2026-000002"
        os.kill(run.pid, signal.SIGKILL)
        place.wait()
        assert place.issue(lambda: True)
    run.communicate()
    with turns.taken(lambda: "INV-2026-000001") as place:
        assert place.number == "INV-2026-000001"


def test_a_run_that_could_not_issue_keeps_its_place(tmp_path: Path) -> None:
    turns = Turns(tmp_path)
    with turns.taken(lambda: "INV-2026-000007") as place:
        assert not place.issue(lambda: False)
        with turns.taken(lambda: "INV-2026-000007") as behind:
            assert behind.number == "INV-2026-000008"


def test_whoever_shares_no_folder_expects_the_next() -> None:
    with NoTurns().taken(lambda: "INV-2026-000007") as place:
        place.wait()
        assert (place.number, place.issue(lambda: True)) == ("INV-2026-000007", True)


def test_numbers_go_on_past_what_six_digits_hold() -> None:
    assert after("INV-2026-999999", 2) == "INV-2026-1000001"

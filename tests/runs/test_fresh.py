"""Figures that keep fresh by themselves: when they are behind, and a refresh in a process of its own."""

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from os import close, pidfd_open
from select import select

import pytest

from tollbook.account.alerts import rules
from tollbook.account.audit import Actor
from tollbook.account.database import Database, shared
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake
from tollbook.runs.fresh import AGAIN, LONGEST, Aside, Fresh, is_behind, refresh
from tollbook.workspace import Workspace

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
OWNER = """
import sys, threading
from pathlib import Path
from tollbook.runs.fresh import Aside
from tollbook.workspace import Workspace

if __name__ == "__main__":
    aside = Aside()
    waits = threading.Thread(target=aside.refresh, args=(Workspace(Path(sys.argv[1])),))
    waits.start()
    while aside._process is None:
        waits.join(0.01)
    print(aside._process.pid, flush=True)
"""


@pytest.fixture
def at_noon(charged: Workspace) -> Workspace:
    """Refreshed at noon."""
    refresh(charged)
    with Lake(charged).writing() as step:
        step.stamp(NOON)
    return charged


def behind(workspace: Workspace, after: timedelta = timedelta(minutes=1)) -> bool:
    return is_behind(workspace, shared(workspace), NOON + after)


def test_a_workspace_without_calls_has_nothing_to_refresh(workspace: Workspace) -> None:
    assert not behind(workspace)


def test_figures_are_behind_once_an_hour(at_noon: Workspace) -> None:
    assert not behind(at_noon)
    assert not behind(at_noon, LONGEST - timedelta(seconds=1))
    assert behind(at_noon, LONGEST)


def test_figures_of_a_clock_that_was_ahead_are_behind(at_noon: Workspace) -> None:
    assert behind(at_noon, -timedelta(minutes=1))


def test_figures_are_behind_when_calls_came(at_noon: Workspace) -> None:
    with Lake(at_noon).writing() as step:
        step.mark(changed=[date(2026, 10, 5)])
    assert behind(at_noon)


def test_figures_are_behind_when_a_deck_came_for_which_calls_may_wait(
    at_noon: Workspace, repriced: Callable[..., None]
) -> None:
    repriced("0.02", "0.03")
    assert behind(at_noon)
    refresh(at_noon)
    assert not is_behind(at_noon, shared(at_noon), datetime.now(UTC))


def test_figures_are_behind_where_alerts_were_not_judged_by_them(at_noon: Workspace) -> None:
    told = {"name": "Owes", "area": "balance", "threshold": "0", "by": "customer"}
    with shared(at_noon).session() as session:
        rules.add(session, Actor(None, "test"), told, NOON)
    assert not behind(at_noon, AGAIN - timedelta(seconds=1))
    assert behind(at_noon, AGAIN)
    refresh(at_noon)
    with Lake(at_noon).writing() as step:
        step.stamp(NOON)
    assert not behind(at_noon, AGAIN)


def test_whether_they_are_behind_reads_no_table(at_noon: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object) -> None:
        pytest.fail("a table is read")

    monkeypatch.setattr(Lake, "_files", read)
    assert behind(at_noon, LONGEST)
    assert not behind(at_noon)


def test_a_process_of_its_own_refreshes_and_tells_what_alerts_did(charged: Workspace) -> None:
    told = {"name": "Owes", "area": "balance", "threshold": "0", "by": "customer"}
    with Database.of(charged).session() as session:
        rules.add(session, Actor(None, "test"), told, NOON)  # acme has paid nothing and owes 0.188
    before = Lake(charged).updated_at
    made = Aside().refresh(charged)
    assert made is not None
    assert Lake(charged).updated_at == made.figures.updated_at != before
    assert [(one["kind"], one["subject"]) for one in made.alerts] == [("fired", "acme")]


def test_why_it_failed_is_told_in_words_and_the_next_one_succeeds(charged: Workspace) -> None:
    aside, manifest = Aside(), charged.home / "lake.json"
    text = manifest.read_text()
    manifest.write_text("{")
    with pytest.raises(TollbookError, match=r"lake\.json is damaged"):
        aside.refresh(charged)
    manifest.write_text(text)
    assert isinstance(aside.refresh(charged), Fresh)


def test_it_ends_with_whoever_began_it_and_leaves_the_tables_as_they_were(charged: Workspace) -> None:
    aside, made, before = Aside(), list[Fresh | None](), Lake(charged).published
    with Lake(charged).writing():  # for which it waits
        waits = threading.Thread(target=lambda: made.append(aside.refresh(charged)))
        waits.start()
        while aside._process is None:
            waits.join(0.01)
        aside.end()
        waits.join(30)
    assert (made, waits.is_alive()) == ([None], False)
    assert Lake(charged).published == before
    assert aside.refresh(charged) is None  # for good


def test_one_whose_owner_was_killed_ends_too(charged: Workspace) -> None:
    with Lake(charged).writing():  # for which it waits
        owner = subprocess.Popen(
            [sys.executable, "-c", OWNER, str(charged.home)], stdout=subprocess.PIPE, text=True
        )
        assert owner.stdout
        child = pidfd_open(int(owner.stdout.readline()))
        owner.kill()
        owner.wait()
        assert select([child], [], [], 30)[0]
        close(child)

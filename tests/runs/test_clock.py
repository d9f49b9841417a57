"""The clock only looks; one that jumped is not believed until it has run evenly."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.billing import schedules
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake
from tollbook.runs.clock import REST_S, Even, freshen, look, start
from tollbook.runs.fresh import Aside, Fresh
from tollbook.workspace import Workspace

START = datetime(2026, 11, 1, tzinfo=UTC)


class Machine:
    """A machine whose clock can be set: `wall` is what it shows, `passed` what has passed."""

    def __init__(self) -> None:
        self.wall, self.passed = START, 0.0
        self.even = Even(lambda: self.wall, lambda: self.passed)

    def after(self, seconds: float, jump: timedelta = timedelta(0)) -> bool:
        self.passed += seconds
        self.wall += timedelta(seconds=seconds) + jump
        return self.even.believed()


def test_a_clock_that_runs_evenly_is_believed() -> None:
    machine = Machine()
    assert all(machine.after(60) for _ in range(100))
    assert machine.after(60, timedelta(seconds=2))  # as a time server sets it


@pytest.mark.parametrize("jump", [timedelta(days=31), -timedelta(days=31), timedelta(hours=1)])
def test_a_clock_that_jumped_is_believed_once_it_has_run_evenly(jump: timedelta) -> None:
    machine = Machine()
    machine.after(60)
    assert not machine.after(60, jump)
    assert not any(machine.after(60) for _ in range(int(REST_S / 60) - 1))
    assert machine.after(60)


def test_a_jump_that_is_put_right_is_a_jump_too() -> None:
    machine = Machine()
    machine.after(60)
    machine.after(60, timedelta(days=31))
    assert not machine.after(300, -timedelta(days=31))
    assert not machine.after(REST_S - 1)
    assert machine.after(1)


def plan(workspace: Workspace) -> None:
    with Database.of(workspace).session() as session:
        since = datetime(2026, 10, 1, tzinfo=UTC)
        schedules.set_schedule(session, Actor(None, "test"), "acme", "monthly", since, None)


def numbers(report: dict[str, Any] | None) -> list[str]:
    return [row["number"] for row in report["made"]] if report else []


def test_a_look_makes_what_is_due_and_the_next_finds_nothing(charged: Workspace) -> None:
    assert look(charged, Even()) is None
    plan(charged)
    machine = Machine()
    machine.after(60)
    machine.after(60, timedelta(days=1))
    assert look(charged, machine.even) is None
    assert [number[:4] for number in numbers(look(charged, Even()))] == ["INV-"]
    assert look(charged, Even()) is None


def test_figures_are_refreshed_where_they_are_behind_and_the_clock_is_believed(charged: Workspace) -> None:
    lake, machine = Lake(charged), Machine()
    with lake.writing() as step:
        step.mark(changed=[date(2026, 10, 5)])
    machine.after(60)
    machine.after(60, timedelta(days=1))
    assert freshen(charged, machine.even, Aside()) is None
    made = freshen(charged, Even(), Aside())
    assert made is not None
    assert made.figures.calls_seen == 3  # of that day alone
    assert lake.published.stale_days() == []
    assert freshen(charged, Even(), Aside()) is None


def test_a_refresh_that_fails_is_logged_in_words_and_tried_again(
    charged: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried = threading.Semaphore(0)

    def fail(*_: Any) -> Fresh:
        tried.release()
        raise TollbookError("another import or refresh is writing")

    monkeypatch.setattr(Aside, "refresh", fail)
    monkeypatch.setattr("tollbook.runs.clock.EVERY_S", 0.05)
    ticks = start(charged)
    assert all(tried.acquire(timeout=60) for _ in range(2))
    ticks.shutdown()
    (said,) = {line for name, _, line in caplog.record_tuples if name == "tollbook.schedule"}
    assert said == "the figures could not be brought up to date: another import or refresh is writing"


def test_it_looks_at_once_when_it_is_started(charged: Workspace) -> None:
    plan(charged)
    done, told = threading.Event(), []

    def tell(report: dict[str, Any]) -> None:
        told.extend(numbers(report))
        done.set()

    ticks = start(charged, tell)
    assert done.wait(120)
    ticks.shutdown()
    assert len(told) == 1

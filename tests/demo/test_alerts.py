"""The rules that the demo begins with."""

from datetime import UTC, datetime, timedelta

import pytest

from tollbook.account.alerts import rules
from tollbook.account.database import Database
from tollbook.alerts.replay import Replayed, replayed
from tollbook.demo.alerts import RULES
from tollbook.demo.install import install
from tollbook.lake.store import Lake
from tollbook.workspace import Workspace

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
INCIDENT = datetime(2026, 11, 17, 14, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("alerts") / "home")
    made.create()
    assert install(made, days=5, calls_per_day=5000, seed=1, now=NOW).alerts == len(RULES)
    return made


def replay(demo: Workspace, number: int) -> Replayed:
    with Database.of(demo).reading() as session:
        return replayed(Lake(demo), session, rules.found(session, number), 5)


def test_one_would_have_told_of_the_incident_and_of_nothing_else(demo) -> None:
    made = replay(demo, 1)
    fired = [one.figure.at for one in made.happened if one.kind == "fired"]
    assert len(fired) == 1
    assert INCIDENT < fired[0] <= INCIDENT + timedelta(hours=3)


def test_false_answers_are_raised_and_say_of_whom(demo) -> None:
    with Database.of(demo).reading() as session:
        states = {s["subject"]: s["status"] for s in rules.show(session, 2)["states"]}
    assert {name for name, status in states.items() if status == "raised"} == {"mirage"}

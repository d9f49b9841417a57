"""Pages that are remembered: under what they depend on, up to a number of bytes, made once for many."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from aside import run
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.scope import Scope
from tollbook.lake.store import Lake
from tollbook.params import Carriers, Dashboard
from tollbook.portal import remembered
from tollbook.portal.remembered import Remembered, question

CHOSEN = Dashboard()
OPERATOR = Scope("analyst")


def asked(workspace, chosen=CHOSEN, notebook="dashboard.ipynb", scope=OPERATOR):
    return question(workspace, notebook, chosen, scope)


def enter_a_customer(workspace, _params):
    with Database.of(workspace).session() as session:
        session.add(Customer(id="acme", name="Acme"))


def publish(workspace, _params):
    with Lake(workspace).writing() as step:
        step.mark(changed=[date(2026, 10, 5)])


def write_a_parameter(_workspace, params):
    (params / "dashboard.yml").write_text("zone: Europe/Riga\n")


@pytest.fixture
def params(tmp_path, monkeypatch):
    made = tmp_path / "params"
    made.mkdir()
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(made))
    return made


def test_the_same_is_the_same_question(workspace, params):
    assert asked(workspace) == asked(workspace)
    assert asked(workspace) == asked(workspace, Dashboard())


@pytest.mark.parametrize(
    "other",
    [
        {"chosen": Dashboard(zone="Europe/Riga")},
        {"chosen": Dashboard(language="de")},
        {"notebook": "summary.ipynb"},
        {"scope": Scope("contact", "acme", "names")},
        {"scope": Scope("contact", "bravo", "names")},
        {"scope": Scope("contact", "acme", "aliases")},
    ],
)
def test_another_choice_language_page_or_scope_is_another_question(workspace, params, other):
    assert asked(workspace, **other) != asked(workspace)


@pytest.mark.parametrize("change", [enter_a_customer, publish, write_a_parameter])
def test_what_changes_figures_rows_or_parameters_is_another_question(workspace, params, change):
    before = asked(workspace)
    change(workspace, params)
    assert asked(workspace) != before


def test_who_looks_as_a_contact_and_is_given_no_forms_asks_something_else_than_the_contact(workspace, params):
    own = Scope("contact", "acme", "names")
    one, other = (
        question(workspace, "dashboard.ipynb", CHOSEN, own, as_another=as_another)
        for as_another in (False, True)
    )
    assert one != other


class Clock(datetime):
    at = datetime(2026, 10, 5, 10, 5, 30, tzinfo=UTC)

    @classmethod
    def now(cls, _zone=UTC):
        return cls.at


def after(monkeypatch, minute, **more):
    """What is asked at five past ten, and so many minutes past ten."""
    monkeypatch.setattr(remembered, "datetime", Clock)
    made = []
    for at in (5, minute):
        monkeypatch.setattr(Clock, "at", datetime(2026, 10, 5, 10, at, 30, tzinfo=UTC))
        made.append(asked(**more))
    return made


def test_the_same_is_asked_for_an_hour(workspace, params, monkeypatch):
    one, other = after(monkeypatch, 55, workspace=workspace)
    assert one == other


SWITCH = "sources: [{name: s1, kind: http, address: 'http://127.0.0.1:9/'}]\n"


def test_a_dashboard_with_calls_in_progress_is_remembered_for_a_minute(workspace, params, monkeypatch):
    (params / "live.yml").write_text(SWITCH)
    one, other = after(monkeypatch, 5, workspace=workspace)
    assert one == other
    one, other = after(monkeypatch, 6, workspace=workspace)
    assert one != other


@pytest.mark.parametrize(
    "past", [{"chosen": Dashboard(end="2026-10-05")}, {"chosen": Carriers(), "notebook": "carriers.ipynb"}]
)
def test_a_page_without_calls_in_progress_is_remembered_for_an_hour(workspace, params, monkeypatch, past):
    (params / "live.yml").write_text(SWITCH)
    one, other = after(monkeypatch, 55, workspace=workspace, **past)
    assert one == other


def test_the_longest_unasked_goes_first_and_what_is_too_large_is_not_kept():
    kept = Remembered(most_bytes=100)
    for name in ("a", "b", "c", "d"):
        kept.keep(name, [name * 20, name * 5])
    assert kept.find("a") == ("a" * 20, "a" * 5)
    kept.keep("e", ["e" * 25])
    assert [name for name in "abcde" if kept.find(name)] == ["a", "c", "d", "e"]
    kept.keep("f", ["f" * 26])
    assert not kept.find("f")


def test_of_many_who_ask_the_same_one_has_it_made():
    kept, made = Remembered(), []

    async def visit():
        async with kept.one_at_a_time("q"):
            if not kept.find("q"):
                await asyncio.sleep(0)
                made.append("once")
                kept.keep("q", ["page"])

    async def all_at_once():
        await asyncio.gather(*(visit() for _ in range(16)))

    run(all_at_once())
    assert made == ["once"]
    assert not kept._being_made


def test_one_who_leaves_lets_the_next_one_make_it():
    kept, made = Remembered(), []

    async def leave():
        async with kept.one_at_a_time("q"):
            raise ConnectionResetError

    async def make():
        async with kept.one_at_a_time("q"):
            made.append("by the next")

    async def both():
        await asyncio.gather(leave(), make(), return_exceptions=True)

    run(both())
    assert made == ["by the next"]

"""Pages that are remembered: under what they depend on, up to a number of bytes, made once for many."""

import asyncio
from datetime import date

import pytest

from aside import run
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.scope import Scope
from tollbook.lake.store import Lake
from tollbook.params import Dashboard
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

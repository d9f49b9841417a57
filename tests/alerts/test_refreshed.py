"""Each refresh is judged once, in one transaction, on each database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from alerts.conftest import AT, BY, calls
from tollbook.account.alerts import history, rules
from tollbook.account.alerts.models import AlertRound
from tollbook.account.database import Database
from tollbook.account.post.models import Outgoing
from tollbook.alerts import refreshed
from tollbook.alerts.refreshed import after_refresh, judge_all
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake


@pytest.fixture
def mailing(tmp_path, monkeypatch) -> None:
    """A site with a mail server that nobody asks."""
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "site.yml").write_text("mail: {host: mail.example, sender: noc@site.example}\n")
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path / "params"))


def kinds(workspace) -> list[str]:
    with Database.of(workspace).reading() as session:
        return [f"{row['kind']} {row['subject']}".rstrip() for row in history.listing(session)][::-1]


@pytest.mark.usefixtures("each_database")
def test_two_refreshes_at_once_fire_once(workspace, keep, rule, mailing) -> None:
    rule(by="customer", recipients="noc@site.example")
    keep([*calls("11:00", 10, 1, customer="acme"), *calls("11:00", 10, 9, customer="zebra")])

    def judge(_: int) -> int:
        db = Database.of(workspace)
        try:
            return judge_all(workspace, db, AT).rules
        finally:
            db.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(judge, range(4))) == [0, 0, 0, 1]
    assert kinds(workspace) == ["fired acme"]
    with Database.of(workspace).reading() as session:
        assert [one.recipient for one in session.scalars(select(Outgoing))] == ["noc@site.example"]
        states = {state["subject"]: state["status"] for state in rules.show(session, 1)["states"]}
    assert states == {"acme": "raised", "zebra": "ok"}


def test_the_next_refresh_of_the_same_calls_fires_nothing(workspace, keep, rule) -> None:
    rule()
    lake = keep(calls("11:00", 10, 1))
    assert [one["kind"] for one in after_refresh(workspace).happened] == ["fired"]
    assert after_refresh(workspace).rules == 0  # the same refresh
    refresh(lake, datetime(2026, 11, 2, tzinfo=UTC))
    made = after_refresh(workspace)
    assert (made.rules, made.happened) == (1, [])
    assert kinds(workspace) == ["fired"]


@pytest.mark.usefixtures("each_database")
def test_it_repeats_and_is_over_as_quarters_pass(workspace, keep, rule) -> None:
    rule(repeat_min="30")
    lake = Lake(workspace)
    for at, answers in (("11:00", 1), ("11:15", 1), ("11:30", 1), ("11:45", 9)):
        keep(calls(at, 10, answers), rolled=False)
        refresh(lake, datetime.fromisoformat(f"2026-10-05T{at}").replace(tzinfo=UTC) + timedelta(minutes=15))
        after_refresh(workspace)
    assert kinds(workspace) == ["fired", "repeated", "reset"]


def test_of_too_few_calls_nothing_is_said_but_that(workspace, keep, rule) -> None:
    rule(min_calls="11")
    keep(calls("11:00", 10, 1))
    after_refresh(workspace)
    assert kinds(workspace) == []
    with Database.of(workspace).reading() as session:
        (state,) = rules.show(session, 1)["states"]
    assert (state["status"], state["calls"], state["value"], state["raised_at"]) == (
        "few_calls",
        10,
        0.1,
        None,
    )


def test_one_of_whom_nothing_is_there_any_more_has_no_data_and_stays_raised(workspace, keep, rule) -> None:
    rule(by="customer")
    lake = keep(calls("10:00", 10, 1, customer="acme"))
    after_refresh(workspace)
    keep(calls("12:00", 10, 9, customer="zebra"), rolled=False)
    refresh(lake, datetime(2026, 11, 2, tzinfo=UTC))
    after_refresh(workspace)
    with Database.of(workspace).reading() as session:
        states = {state["subject"]: state for state in rules.show(session, 1)["states"]}
    assert (states["acme"]["status"], states["acme"]["value"]) == ("no_data", None)
    assert states["acme"]["raised_at"] == datetime(2026, 10, 5, 10, 15, tzinfo=UTC)
    assert states["zebra"]["status"] == "ok"


def test_a_rule_that_is_off_or_removed_is_not_judged(workspace, keep, rule) -> None:
    rule(active="no")
    gone = rule()
    keep(calls("11:00", 10, 1))
    db = Database.of(workspace)
    with db.session() as session:
        rules.remove(session, BY, gone.id, AT)
    db.close()
    assert after_refresh(workspace).rules == 0
    assert kinds(workspace) == []


def test_a_rule_that_changed_while_its_figures_were_read_waits_for_the_next_refresh(
    workspace, keep, rule, monkeypatch
) -> None:
    watched = rule()
    keep(calls("11:00", 10, 1))
    read = refreshed.course

    def changing(*asked):
        db = Database.of(workspace)
        with db.session() as session:
            rules.change(session, BY, watched.id, {"threshold": "5%"}, AT + timedelta(hours=1))
        db.close()
        return read(*asked)

    monkeypatch.setattr(refreshed, "course", changing)
    assert after_refresh(workspace).rules == 0
    assert kinds(workspace) == []


def test_without_rules_or_refreshes_nothing_is_written(workspace, rule) -> None:
    assert after_refresh(workspace).rules == 0
    rule()
    assert after_refresh(workspace).rules == 0
    with Database.of(workspace).reading() as session:
        assert session.scalars(select(AlertRound)).all() == []

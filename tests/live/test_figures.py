"""How many calls are in progress, for each reader."""

from datetime import UTC, datetime, timedelta

import pytest

from live.fakes import NOON, call, told
from tollbook.account.scope import Scope
from tollbook.live.figures import ALL, calls_rows, count, document, figures, now_in
from tollbook.live.limits import Limits
from tollbook.live.present import Held, Present
from tollbook.workspace import Workspace

AGREED = Limits({"acme": 2, "cobra": 10}, {"alpha": 5})
CALLS = (call("a", up=True), call("b", begun_s=1), call("c", "bolt", "bravo", up=True), call("d", None, None))
PRESENT = Present((Held("s1", 5).answered(told(2, *CALLS)), Held("s2", 5).answered(told(4, call("e")))), 3)
NOW = NOON + timedelta(seconds=6)
CONTACT = Scope("contact", "acme")


def shown(present: Present = PRESENT, scope: Scope = ALL, **more):
    return figures(count(present), present, AGREED, scope, now=NOW, **more)


def test_calls_are_counted_by_customer_and_by_carrier() -> None:
    made = shown()
    assert (made["channels"], made["answered"], made["configured"]) == (5, 2, 12)
    assert made["by_customer"] == [
        {"customer": "acme", "channels": 3, "configured": 2},
        {"customer": "bolt", "channels": 1, "configured": None},
        {"customer": "cobra", "channels": 0, "configured": 10},
        {"customer": None, "channels": 1, "configured": None},
    ]
    assert made["by_carrier"] == [
        {"carrier": "alpha", "channels": 3, "configured": 5},
        {"carrier": "bravo", "channels": 1, "configured": None},
        {"carrier": None, "channels": 1, "configured": None},
    ]
    assert (made["at"], made["age_s"], made["complete"]) == (NOON + timedelta(seconds=4), 4, True)


def test_a_contact_has_its_own_calls_and_no_carriers() -> None:
    made = shown(scope=CONTACT)
    assert (made["channels"], made["configured"], made["level"]) == (3, 2, "over")
    assert made["by_customer"] == [{"customer": "acme", "channels": 3, "configured": 2}]
    assert {"by_carrier", "sources"} & set(made) == set()


def test_one_customer_of_all() -> None:
    made = shown(customer="bolt")
    assert (made["channels"], made["configured"], made["level"]) == (1, None, "")
    assert made["by_carrier"] == [{"carrier": "bravo", "channels": 1, "configured": None}]
    assert shown(customer="cobra")["channels"] == 0


def test_a_switch_that_is_silent_counts_with_its_last_answer() -> None:
    silent = Present((PRESENT.held[0].failed("s1: no answer"), PRESENT.held[1]), 4)
    made = shown(silent)
    assert (made["channels"], made["silent"], made["complete"]) == (5, True, False)
    assert [(one["switch"], one["answers"], one["age_s"]) for one in made["sources"]] == [
        ("s1", False, 4),
        ("s2", True, 2),
    ]


def test_of_switches_that_never_answered_nothing_is_known() -> None:
    made = shown(Present((Held("s1").failed("s1: no answer"),)))
    assert (made["channels"], made["answered"], made["at"], made["complete"]) == (None, None, None, False)
    assert made["by_customer"] == made["by_carrier"] == []


def test_an_incomplete_answer_is_marked() -> None:
    part = Present((Held("s1", 5).answered(told(2, call("a"), complete=False)),))
    assert (shown(part)["channels"], shown(part)["silent"], shown(part)["complete"]) == (1, False, False)


def test_the_calls_of_a_contact_tell_no_carrier_and_no_switch(workspace: Workspace) -> None:
    assert [row["customer"] for row in calls_rows(workspace, PRESENT, Scope("admin"), 3)] == [
        "acme",
        "bolt",
        None,
    ]
    rows = calls_rows(workspace, PRESENT, CONTACT, 500)
    assert len(rows) == 3
    assert all(
        set(row) == {"caller", "called", "destination", "state", "started_at", "answered_at"} for row in rows
    )


def test_without_a_source_it_is_null_and_not_zero(workspace: Workspace) -> None:
    made = document(workspace, Present())
    assert (made["at"], made["channels"], made["source"]) == (None, None, "none")


def test_without_a_source_records_without_an_end_count(keep) -> None:
    now = datetime(2026, 10, 6, 12, tzinfo=UTC)
    lake = keep(
        [
            {"at": "2026-10-06T11:00:00", "customer": "acme", "talk_s": 5},
            {"at": "2026-10-06T11:00:00", "customer": "acme", "ended_at": None, "answered_at": now},
            {"at": "2026-10-06T11:30:00", "customer": "bolt", "carrier": "alpha", "ended_at": None},
            {"at": "2026-10-04T11:30:00", "customer": "bolt", "ended_at": None},
        ]
    )
    counted = now_in(lake.workspace, Present(), now)
    assert (counted.source, counted.customers, counted.answered) == (
        "records",
        {"acme": 1, "bolt": 1},
        {"acme": 1},
    )
    with_switch = now_in(lake.workspace, Present((Held("s1"),)), now)
    assert with_switch.source == "switches"
    assert not with_switch.known


@pytest.mark.parametrize("scope", [Scope("analyst"), CONTACT])
def test_nobody_has_no_calls_where_none_are_known(workspace: Workspace, scope: Scope) -> None:
    assert calls_rows(workspace, Present(), scope, 10) == []

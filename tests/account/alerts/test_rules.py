"""The rules: entered, changed, shown and removed."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from account.alerts.conftest import AT, BY
from tollbook.account.alerts import rules
from tollbook.account.alerts.models import Alert, AlertState
from tollbook.account.alerts.shown import brief
from tollbook.account.people.models import AuditEvent
from tollbook.errors import UsageError


def raised(database, alert: int, subject: str = "") -> None:
    with database.session() as session:
        told = {
            "at": AT,
            "value": Decimal("0.3"),
            "numerator": Decimal(30),
            "denominator": Decimal(100),
            "calls": 100,
        }
        session.add(
            AlertState(alert_id=alert, subject=subject, status="raised", raised_at=AT, told_at=AT, **told)
        )


def change(database, number: int, **fields: str) -> dict[str, object]:
    with database.session() as session:
        return rules.change(session, BY, number, fields, AT)


def test_a_rule_is_entered_shown_and_removed_and_all_of_it_is_in_the_audit(enter, database) -> None:
    row = enter(by="carrier")
    assert (row["id"], row["threshold"], row["unit"], row["created_by"]) == (1, Decimal("0.4"), "%", "test")
    change(database, 1, threshold="35%")
    with database.session() as session:
        assert rules.show(session, 1)["threshold"] == Decimal("0.35")
        rules.remove(session, BY, 1, AT)
        assert rules.listing(session) == []
        with pytest.raises(UsageError, match="there is no alert '1'"):
            rules.show(session, 1)
    with database.reading() as session:
        told = [(e.action, e.resource, e.before, e.after) for e in session.scalars(select(AuditEvent))]
    assert [one[:2] for one in told] == [("add", "alert 1"), ("change", "alert 1"), ("remove", "alert 1")]
    assert told[1][2:] == ({"threshold": "0.4"}, {"threshold": "0.35"})


def test_a_reset_that_was_the_threshold_moves_with_it(enter, database) -> None:
    enter(reset="40%")
    assert change(database, 1, threshold="30%")["reset"] == Decimal("0.3")
    change(database, 1, reset="50%")
    assert change(database, 1, threshold="40%")["reset"] == Decimal("0.5")


def test_an_empty_value_is_the_default_again(enter, database) -> None:
    enter(repeat_min="30", carrier="north", min_calls="7", operator="at_most")
    row = change(database, 1, repeat_min="", carrier="", min_calls="", operator="", reset="")
    assert (row["repeat_min"], row["carrier"], row["min_calls"]) == (None, "", 50)
    assert (row["operator"], row["reset"]) == ("below", Decimal("0.4"))


def test_what_is_judged_otherwise_begins_anew_and_a_new_name_does_not(enter, database) -> None:
    enter()
    raised(database, 1)
    change(database, 1, name="Answers", recipients="a@x.example", repeat_min="60")
    with database.reading() as session:
        assert [state["status"] for state in rules.show(session, 1)["states"]] == ["raised"]
    change(database, 1, threshold="41%")
    with database.reading() as session:
        assert rules.show(session, 1)["states"] == []


def test_a_change_of_nothing_is_none(enter, database) -> None:
    enter()
    raised(database, 1)
    change(database, 1, threshold="0.4")
    with database.reading() as session:
        assert len(rules.show(session, 1)["states"]) == 1
        assert session.scalars(select(AuditEvent.action)).all() == ["add"]


def test_a_rule_that_does_not_fit_changes_nothing(enter, database) -> None:
    enter()
    with pytest.raises(UsageError, match="not under the threshold"):
        change(database, 1, reset="1%")
    with pytest.raises(UsageError, match="has no field 'treshold', did you mean 'threshold'"):
        change(database, 1, treshold="1%")
    with database.reading() as session:
        assert session.get_one(Alert, 1).reset == Decimal("0.45")


def test_a_line_of_the_list_has_the_worst_state(enter, database) -> None:
    enter(by="carrier")
    with database.reading() as session:
        (row,) = rules.listing(session)
        assert (brief(row)["status"], brief(row)["raised"]) == (None, [])
    raised(database, 1, "north")
    with database.session() as session:
        nothing = dict.fromkeys(("value", "numerator", "denominator", "calls"))
        session.add(AlertState(alert_id=1, subject="south", status="no_data", at=AT, **nothing))
        session.flush()
        (row,) = rules.listing(session)
    assert (brief(row)["status"], brief(row)["raised"]) == ("raised", ["north"])
    assert [state["subject"] for state in row["states"]] == ["north", "south"]
    assert (row["states"][0]["value"], row["states"][0]["calls"]) == (0.3, 100)

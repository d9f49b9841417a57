"""The test of a rule."""

import pytest

from alerts.conftest import BY, calls
from tollbook.account.alerts import history, rules
from tollbook.account.database import Database
from tollbook.alerts.refreshed import after_refresh
from tollbook.alerts.testing import send_test
from tollbook.errors import UsageError

pytestmark = pytest.mark.usefixtures("each_database")


def test_it_shows_what_the_rule_looked_at_last_and_changes_nothing_of_it(workspace, keep, rule) -> None:
    watched = rule(by="customer", recipients="noc@site.example")
    keep([*calls("11:00", 10, 9, customer="acme"), *calls("11:00", 10, 1, customer="zebra")])
    after_refresh(workspace)
    row = send_test(workspace, watched.id, BY)
    assert (row["kind"], row["subject"], row["value"], row["calls"]) == ("test", "zebra", 0.1, 10)
    assert [one["to"] for one in row["deliveries"]] == ["noc@site.example"]
    with Database.of(workspace).reading() as session:
        assert [one["kind"] for one in history.listing(session)] == ["test", "fired"]
        assert [state["status"] for state in rules.show(session, watched.id)["states"]] == ["raised", "ok"]


def test_a_rule_that_was_not_judged_yet_has_no_figure(workspace, rule) -> None:
    assert send_test(workspace, rule().id, BY)["value"] is None


def test_there_is_none_of_what_is_not_there(workspace) -> None:
    with pytest.raises(UsageError, match="there is no alert '7'"):
        send_test(workspace, 7, BY)

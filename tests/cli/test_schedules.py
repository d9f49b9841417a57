"""`tollbook schedule` and `invoice run-due`, as people type them."""

from collections.abc import Callable

import pytest

from cli.conftest import Printed

Command = Callable[..., Printed]


@pytest.mark.usefixtures("charged")
def test_what_a_schedule_makes_due_is_made_once_and_reported(tollbook: Command) -> None:
    made = tollbook(
        "--json", "schedule", "set", "--customer", "acme", "--view", "monthly", "--from", "2026-10"
    )
    assert made.json == {
        "customer": "acme",
        "view": "monthly",
        "since": "2026-10-01T00:00:00Z",
        "settle_hours": None,
    }
    done = tollbook("--json", "invoice", "run-due")
    (row,) = done.json["made"]
    assert (done.code, row["customer"], row["period"], row["total"]) == (0, "acme", "2026-10", "0.22")
    assert f"acme 2026-10: {row['number']}" in done.err
    assert tollbook("--json", "invoice", "run-due").json["made"] == []
    (listed,) = tollbook("--json", "schedule", "list").json
    assert (listed["customer"], listed["made"], listed["failed"], listed["waiting"]) == ("acme", 1, 0, 0)
    (kept,) = tollbook("--json", "schedule", "rounds").json
    assert (kept["made"], kept["report"]["made"][0]["number"]) == (1, row["number"])
    assert tollbook("schedule", "off", "--customer", "acme").code == 0
    assert tollbook("--json", "schedule", "list").json == []


def test_what_is_wrong_is_one_line(tollbook: Command) -> None:
    done = tollbook("schedule", "set", "--customer", "acme", "--view", "daily")
    assert (done.code, done.err) == (2, "tollbook: no customer 'acme'; known: none\n")
    assert tollbook("schedule", "off", "--customer", "acme").code == 2

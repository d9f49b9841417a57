"""The lake as it was at one moment."""

from datetime import UTC, datetime

import polars as pl
import pytest

from tollbook.account.scope import Scope
from tollbook.errors import UsageError
from tollbook.show.reading import Asked, Reading
from tollbook.tables import TRAFFIC

CALL = {"customer": "alpha", "carrier": "north", "talk_s": 60}


def attempts(lake):
    return lake.scan(TRAFFIC).select(pl.col("attempts").sum()).collect().item()


def test_what_lands_later_is_not_seen(workspace, keep):
    keep([{"at": "2026-10-05T10:07", **CALL}])
    before = Reading(workspace)
    assert not before.is_outdated
    keep([{"at": "2026-10-06T10:07", "call_id": "late", **CALL}])
    assert before.is_outdated
    assert attempts(before) == 1
    assert attempts(Reading(workspace)) == 2


def test_the_data_reach_from_the_first_quarter_to_the_end_of_the_last(workspace, keep):
    assert (Reading(workspace).first, Reading(workspace).latest) == (None, None)
    keep([{"at": f"2026-10-0{day}T10:07", "call_id": str(day), **CALL} for day in (5, 6, 8)])
    lake = Reading(workspace)
    assert lake.first == datetime(2026, 10, 5, 10, tzinfo=UTC)
    assert lake.latest == datetime(2026, 10, 8, 10, 15, tzinfo=UTC)


def test_calls_in_progress_know_customers_and_carriers_only():
    asked = Asked(customers=["a", "b"])
    assert asked.who(("carrier",)) == {"customers": ["a", "b"], "carriers": None}
    assert asked.who((), {"customer": ["b"]}) == {"customers": ["b"], "carriers": None}
    with pytest.raises(UsageError, match="not by destination"):
        asked.who(("destination",))


def test_a_contacts_data_begin_and_end_with_its_own_calls(workspace, keep):
    calls = [{"at": f"2026-10-{day:02}T10:07", "call_id": str(day), **CALL} for day in range(1, 29)]
    keep(
        [
            *calls,
            {"at": "2026-10-11T12:50", "call_id": "own", "customer": "beta", "carrier": "north", "talk_s": 1},
        ]
    )
    lake = Reading(workspace, Scope("contact", "beta", "aliases"))
    assert (lake.first, lake.latest) == (
        datetime(2026, 10, 11, 12, 45, tzinfo=UTC),
        datetime(2026, 10, 11, 13, tzinfo=UTC),
    )
    assert attempts(lake) == attempts(lake.newer()) == 1
    assert lake.offered["customer"] == ["beta"]
    assert list(lake.ever("customer", "carrier")) == ["carrier"]
    nobody = Reading(workspace, Scope("contact", "gamma", "aliases"))
    assert (nobody.first, nobody.latest, nobody.offered["carrier"]) == (None, None, [])

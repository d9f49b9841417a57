"""Channels against what was agreed."""

import pytest

from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.show.figures import Figures
from tollbook.show.limits import against, breaches, limits_of
from tollbook.show.reading import Asked, Reading
from tollbook.show.span import span

HOUR = ("2026-10-05T10:00Z", "2026-10-05T11:00Z", "UTC", None)


@pytest.fixture
def home(workspace, keep):
    """Customer a, at most 1 channel: two calls from 10:02 until 10:05 and a third until 10:04. Carrier x has 9."""
    with Database.of(workspace).session() as session:
        session.add_all([Customer(id="a", name="A", channels=1), Customer(id="b", name="B")])
        session.add(Carrier(id="x", name="X", channels=9))
    minutes = [(2, 180), (2, 180), (2, 120)]
    keep(
        {"at": f"2026-10-05T10:0{at}", "call_id": str(n), "customer": "a", "carrier": "x", "talk_s": talk_s}
        for n, (at, talk_s) in enumerate(minutes)
    )
    return workspace


def test_only_those_with_a_limit_are_looked_at(home):
    assert limits_of(Reading(home)) == {"customer": {"a": 1}, "carrier": {"x": 9}}


def test_minutes_above_the_limit_are_counted(home):
    # At the starts of 10:02 and 10:03 three are in progress, at 10:04 two, at 10:05 none: ends are exclusive.
    data = Figures(Reading(home), span(*HOUR), Asked())
    rows = breaches(data, limits_of(Reading(home)), "customer")
    assert rows.select("series", "value", "most", "limit").rows() == [("a", 3, 3, 1)]
    assert rows["words"].to_list() == ["3 min above 1, at most 3"]
    assert breaches(data, limits_of(Reading(home)), "carrier").is_empty()


def test_a_limit_is_of_all_its_calls_whatever_else_is_filtered(home):
    data = Figures(Reading(home), span(*HOUR), Asked(carriers=["y"], destinations=["Latvia"]))
    assert breaches(data, limits_of(Reading(home)), "customer")["value"].to_list() == [3]
    others = Figures(Reading(home), span(*HOUR), Asked(customers=["b"]))
    assert breaches(others, limits_of(Reading(home)), "customer").is_empty()


def test_channels_are_drawn_beside_their_limit(home):
    points, agreed = against(
        Figures(Reading(home), span(*HOUR), Asked()), limits_of(Reading(home)), "customer"
    )
    assert points["value"].to_list() == [0, 0, 3, 3, 2, *[0] * 55]
    assert points["words"][2] == "3 of 1"
    assert set(agreed["value"]) == {1.0}

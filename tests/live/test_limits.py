"""Configured channels, and how near a number is to them."""

import pytest

from tollbook.account.database import shared
from tollbook.account.models import Carrier, Customer
from tollbook.live.limits import Limits, level, limits
from tollbook.workspace import Workspace


@pytest.mark.parametrize(
    ("channels", "configured", "told"),
    [
        *((7, 10, ""), (8, 10, "near"), (10, 10, "near"), (11, 10, "over"), (None, 10, "")),
        *((5, None, ""), (0, 0, ""), (1, 0, "over")),
    ],
)
def test_near_begins_at_eighty_percent_and_over_above_all(channels, configured, told: str) -> None:
    assert level(channels, configured, 80) == told


def test_channels_are_those_that_are_entered_now(workspace: Workspace) -> None:
    db = shared(workspace)
    with db.session() as session:
        session.add_all([Customer(id="acme", name="A", channels=30), Customer(id="bolt", name="B")])
        session.add(Carrier(id="alpha", name="Alpha", channels=60))
    assert limits(workspace) == Limits({"acme": 30}, {"alpha": 60})
    with db.session() as session:
        session.get_one(Customer, "bolt").channels = 5
    assert limits(workspace).of(None) == 35
    assert limits(workspace).of(["bolt"]) == 5
    assert limits(workspace).of(["nobody"]) is None

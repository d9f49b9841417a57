"""What the database itself refuses of alerts."""

from decimal import Decimal

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from tollbook.account.alerts.models import Alert, AlertRound

WRONG = (
    {"area": "weather"},
    {"by": "moon"},
    {"operator": "near"},
    {"sample_min": 20},
    {"sample_min": 0},
    {"min_calls": -1},
    {"repeat_min": 0},
)


def test_a_rule_that_could_not_be_judged_is_refused(enter, database) -> None:
    enter()
    for wrong in WRONG:
        with pytest.raises(IntegrityError), database.session() as session:
            session.execute(update(Alert).values(wrong))


def test_a_rule_is_given_back_exactly(enter, database) -> None:
    enter(threshold="0.123456789", reset="0.2", recipients="a@x.example b@x.example")
    with database.reading() as session:
        row = session.scalars(select(Alert)).one()
    assert (row.threshold, row.reset) == (Decimal("0.123456789"), Decimal("0.2"))
    assert (row.recipients, row.active, row.removed_at) == (("a@x.example", "b@x.example"), True, None)


def test_there_is_one_round(database) -> None:
    with pytest.raises(IntegrityError), database.session() as session:
        session.execute(insert(AlertRound).values(id=2))

"""Alerts that are raised."""

from datetime import UTC, datetime

import pytest

from tollbook.account.alerts import rules
from tollbook.account.audit import Actor
from tollbook.account.database import shared
from tollbook.alerts.refreshed import after_refresh
from tollbook.outstanding.alerts import raised

pytestmark = pytest.mark.usefixtures("each_database")


@pytest.fixture
def db(workspace):
    """A database with an alert on the ASR of each customer."""
    made, at = shared(workspace), datetime(2026, 10, 5, tzinfo=UTC)
    told = {"name": "ASR", "area": "asr", "threshold": "40%", "sample_min": "15", "min_calls": "1"}
    with made.session() as session:
        rules.add(session, Actor(None, "test"), {**told, "by": "customer"}, at)
    return made


def test_an_alert_that_is_raised_leads_to_its_page(workspace, keep, db):
    keep([{"at": "2026-10-05T10:00", "customer": "acme"}])
    assert list(raised(db)) == []
    after_refresh(workspace)
    (item,) = raised(db)
    assert (item.name, item.words) == ("alert", "Alert raised: ASR")
    assert (item.remedy, item.page, item.query) == ("tollbook alert show 1", "alerts", {"alert": "1"})


def test_of_an_alert_that_is_raised_for_many_it_says_for_how_many(workspace, keep, db):
    keep([{"at": "2026-10-05T10:00", "customer": name} for name in ("acme", "beta")])
    after_refresh(workspace)
    assert [item.words for item in raised(db)] == ["Alert raised: ASR (2)"]

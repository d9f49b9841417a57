"""Alerts that are raised."""

from datetime import UTC, datetime

from tollbook.account.alerts import rules
from tollbook.account.audit import Actor
from tollbook.account.database import shared
from tollbook.alerts.refreshed import after_refresh
from tollbook.outstanding.alerts import raised


def test_an_alert_that_is_raised_leads_to_its_page(workspace, keep):
    db = shared(workspace)
    told = {
        "name": "ASR",
        "area": "asr",
        "threshold": "40%",
        "sample_min": "15",
        "min_calls": "1",
        "by": "customer",
    }
    with db.session() as session:
        rules.add(session, Actor(None, "test"), told, datetime(2026, 10, 5, tzinfo=UTC))
    keep([{"at": "2026-10-05T10:00", "customer": "acme", "carrier": "north"}])
    assert list(raised(db)) == []
    after_refresh(workspace)
    (item,) = raised(db)
    assert (item.name, item.words, item.page, item.query) == (
        "alert",
        "Alert raised: ASR",
        "alerts",
        {"alert": "1"},
    )


def test_of_an_alert_that_is_raised_for_many_it_says_for_how_many(workspace, keep):
    db = shared(workspace)
    told = {
        "name": "ASR",
        "area": "asr",
        "threshold": "40%",
        "sample_min": "15",
        "min_calls": "1",
        "by": "customer",
    }
    with db.session() as session:
        rules.add(session, Actor(None, "test"), told, datetime(2026, 10, 5, tzinfo=UTC))
    keep([{"at": "2026-10-05T10:00", "customer": name} for name in ("acme", "beta")])
    after_refresh(workspace)
    assert [item.words for item in raised(db)] == ["Alert raised: ASR (2)"]

"""The rows of what comes in over the network."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from tollbook.account.database import Database
from tollbook.account.online import InvoiceRun, Notice
from tollbook.workspace import Workspace

AT = datetime(2026, 10, 5, tzinfo=UTC)
NOTICE: dict[str, Any] = {
    "provider": "stripe",
    "event": "evt_1",
    "kind": "charge.refunded",
    "effect": "refunded",
    "payment": "pi_1",
    "reference": "",
    "currency": "EUR",
    "at": AT,
    "state": "open",
    "body": "{}",
}


def test_a_notification_is_kept_once(workspace: Workspace) -> None:
    db = Database.of(workspace)
    with db.session() as session:
        session.add(Notice(**NOTICE))
        session.add(Notice(**{**NOTICE, "provider": "paypal"}))
    for wrong in ({}, {"event": "evt_2", "state": "lost"}, {"event": "evt_3", "effect": "x"}):
        with pytest.raises(IntegrityError), db.session() as session:
            session.add(Notice(**{**NOTICE, **wrong}))


def test_a_run_has_one_of_four_states(workspace: Workspace) -> None:
    db = Database.of(workspace)
    with db.session() as session:
        session.add(InvoiceRun(kind="invoices", asked={"period": "2026-10"}, by="x", results={"rows": []}))
    with db.reading() as session:
        row = session.get_one(InvoiceRun, 1)
        assert (row.state, row.asked["period"], row.attempts) == ("waiting", "2026-10", 0)
    with pytest.raises(IntegrityError), db.session() as session:
        session.add(InvoiceRun(kind="x", asked={}, by="x", results={"rows": []}))

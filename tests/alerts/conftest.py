"""Rules over a workspace of known calls."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from billing.conftest import bill, noted, rerated  # noqa: F401 - invoices and notes
from tollbook.account.alerts import rules
from tollbook.account.alerts.models import Alert
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.workspace import Workspace

BY = Actor(None, "test")
AT = datetime(2026, 10, 5, 12, tzinfo=UTC)
Row = dict[str, Any]


def calls(at: str, attempts: int, answers: int, **more: object) -> list[Row]:
    """So many calls in one quarter of an hour, of which so many are answered and talk for 60 s."""
    start = datetime.fromisoformat(f"2026-10-05T{at}").replace(tzinfo=UTC)
    return [
        {
            "at": (start + timedelta(seconds=n)).strftime("%Y-%m-%dT%H:%M:%S"),
            "call_id": f"{at}-{n}-{more.get('customer', '')}-{more.get('carrier', '')}",
            **({"talk_s": 60} if n < answers else {}),
            **more,
        }
        for n in range(attempts)
    ]


@pytest.fixture
def rule(workspace: Workspace) -> Callable[..., Alert]:
    """Enter a rule; without fields it is ASR below 40 %, over at 45 %, of a quarter of an hour and at least 10 calls."""

    def entered(**fields: object) -> Alert:
        usual = {"name": "ASR", "area": "asr", "threshold": "40%", "sample_min": "15", "min_calls": "10"}
        if fields.get("area", "asr") == "asr":
            usual["reset"] = "45%"
        db = Database.of(workspace)
        with db.session() as session:
            row = rules.add(session, BY, {**usual, **fields}, AT)
            made = rules.found(session, row["id"])
        db.close()
        return made

    return entered

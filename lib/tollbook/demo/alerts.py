"""Rules of alerts that the demo begins with: one of them would have told of the incident."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tollbook.account.alerts import rules
from tollbook.account.audit import command_line
from tollbook.account.database import Database

RULES: Final[tuple[Mapping[str, str], ...]] = (
    {
        "name": "ASR of harbor",
        "area": "asr",
        "threshold": "29%",
        "reset": "40%",
        "carrier": "harbor",
        "sample_min": "120",
        "min_calls": "100",
    },
    {
        "name": "False answers",
        "area": "asr",
        "operator": "above",
        "threshold": "90%",
        "reset": "80%",
        "by": "carrier",
        "sample_min": "1440",
        "min_calls": "40",
    },
    {"name": "Calls without a charge", "area": "unrated", "threshold": "0", "by": "customer"},
)


def enter(database: Database, at: datetime) -> int:
    """Enter them; returns how many there are."""
    with database.session() as session:
        for rule in RULES:
            rules.add(session, command_line(), rule, at)
    return len(RULES)

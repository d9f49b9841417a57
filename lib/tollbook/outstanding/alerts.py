"""Alerts that are raised now."""

from collections.abc import Iterator
from functools import lru_cache

from babel.numbers import format_decimal
from sqlalchemy import func, select

from tollbook.account.alerts.models import Alert, AlertState
from tollbook.account.database import Database
from tollbook.language import current, tr
from tollbook.outstanding.item import Item


def raised(db: Database) -> Iterator[Item]:
    """Each rule that is raised, and for how many."""
    for number, name, count in _raised(db, db.committed()):
        words = tr("Alert raised: {name}") if count == 1 else tr("Alert raised: {name} ({count})")
        told = words.format(name=name, count=format_decimal(count, locale=current()))
        yield Item("alert", told, f"tollbook alert show {number}", "alerts", {"alert": str(number)})


@lru_cache(maxsize=8)
def _raised(db: Database, committed: str) -> list[tuple[int, str, int]]:  # noqa: ARG001 - in the key
    with db.reading() as session:
        wanted = (
            select(Alert.id, Alert.name, func.count())
            .join(AlertState, AlertState.alert_id == Alert.id)
            .where(AlertState.raised_at.is_not(None), Alert.active, Alert.removed_at.is_(None))
            .group_by(Alert.id, Alert.name)
            .order_by(Alert.id)
        )
        return [(number, name, count) for number, name, count in session.execute(wanted)]

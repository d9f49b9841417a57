"""The rules: entered, changed, shown and removed; each change is in the audit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tollbook.account.alerts.fields import FIELDS, complete, refuse_unfit
from tollbook.account.alerts.models import Alert, AlertState
from tollbook.account.alerts.recipients import refuse_unknown
from tollbook.account.alerts.shown import row_of, state_of
from tollbook.account.audit import Actor, changed, record
from tollbook.account.fields import values_of
from tollbook.errors import UsageError, did_you_mean
from tollbook.language import tr

Row = dict[str, Any]
_QUIET: Final = frozenset({"name", "recipients", "repeat_min"})
"""What may change without the rule being judged anew."""


def add(session: Session, by: Actor, entered: Mapping[str, object], at: datetime) -> Row:
    """Enter a rule; it is judged from the next refresh on.

    Raises:
        UsageError: a value that cannot be, or values that do not fit each other.
    """
    values = checked(session, entered)
    rule = Alert(**values, created_at=at, changed_at=at, created_by=by.login)
    session.add(rule)
    session.flush()
    record(session, by, "add", f"alert {rule.id}", after=_kept(rule), at=at)
    return row_of(rule)


def checked(session: Session, entered: Mapping[str, object]) -> dict[str, Any]:
    """All values of a new rule from what was entered of it.

    Raises:
        UsageError: as `add`.
    """
    values = complete(values_of(FIELDS, "alert", entered))
    _refuse(session, values)
    return values


def change(session: Session, by: Actor, number: int, entered: Mapping[str, object], at: datetime) -> Row:
    """Change what is named. A rule that judges otherwise than before begins anew: nothing is raised by it.

    Raises:
        UsageError: there is no such rule, or as `add`.
    """
    rule = found(session, number, locked=True)
    before = _kept(rule)
    for name, value in tried(session, rule, entered).items():
        setattr(rule, name, value)
    session.flush()
    was, became = changed(before, _kept(rule))
    if became:
        rule.changed_at = at
        record(session, by, "change", f"alert {number}", before=was, after=became, at=at)
    if became.keys() - _QUIET:
        session.execute(delete(AlertState).where(AlertState.alert_id == number))
    session.flush()
    return row_of(rule)


def tried(session: Session, rule: Alert, entered: Mapping[str, object]) -> dict[str, Any]:
    """All values of a rule as it would be with these; nothing is changed.

    Raises:
        UsageError: as `add`.
    """
    given = values_of(FIELDS, "alert", entered)
    before = {name: getattr(rule, name) for name in FIELDS}
    if "threshold" in given and rule.reset == rule.threshold:
        before["reset"] = None
    values = complete({**before, **given})
    _refuse(session, values)
    return values


def remove(session: Session, by: Actor, number: int, at: datetime) -> Row:
    """Judge a rule no more; its history stays. Returns the row as it was.

    Raises:
        UsageError: there is no such rule.
    """
    rule = found(session, number, locked=True)
    row = row_of(rule)
    rule.removed_at = at
    session.execute(delete(AlertState).where(AlertState.alert_id == number))
    record(session, by, "remove", f"alert {number}", before=_kept(rule), at=at)
    session.flush()
    return row


def found(session: Session, number: int, *, locked: bool = False) -> Alert:
    """The rule of that number.

    Raises:
        UsageError: there is none, or it was removed.
    """
    rule = session.get(Alert, number, with_for_update=locked or None)
    if rule is None or rule.removed_at is not None:
        known = session.scalars(select(Alert.id).where(Alert.removed_at.is_(None)))
        hint = did_you_mean(str(number), map(str, known))
        raise UsageError(tr("there is no alert '{number}'").format(number=number) + hint)
    return rule


def listing(session: Session) -> list[Row]:
    """All rules in the order in which they were entered, each with how it stands."""
    rules = session.scalars(select(Alert).where(Alert.removed_at.is_(None)).order_by(Alert.id)).all()
    return [with_states(session, rule) for rule in rules]


def show(session: Session, number: int) -> Row:
    """One rule, with how it stands.

    Raises:
        UsageError: there is no such rule.
    """
    return with_states(session, found(session, number))


def with_states(session: Session, rule: Alert) -> Row:
    """A rule as it is told, with `states`: how it stands for each subject, those that are raised first."""
    states = session.scalars(
        select(AlertState)
        .where(AlertState.alert_id == rule.id)
        .order_by(AlertState.raised_at.is_(None), AlertState.subject)
    )
    return {**row_of(rule), "states": [state_of(rule, state) for state in states]}


def _refuse(session: Session, values: Mapping[str, Any]) -> None:
    refuse_unfit(values)
    refuse_unknown(session, values)


def _kept(rule: Alert) -> Row:
    return {name: getattr(rule, name) for name in FIELDS}

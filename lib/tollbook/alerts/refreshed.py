"""Judging every rule after a refresh: once per refresh, whoever did it, and all of it in one transaction."""

import logging
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import polars as pl
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tollbook.account.alerts.models import FIGURE, Alert, AlertRound, AlertState
from tollbook.account.alerts.telling import Teller
from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.account.post.deliver import deliver
from tollbook.account.secret import workspace_secret
from tollbook.alerts.figures import course
from tollbook.alerts.judge import Judged, Standing, judged
from tollbook.alerts.sources import sources
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake
from tollbook.params import Site, read
from tollbook.tables import INSTANT
from tollbook.workspace import Workspace

_log: Final = logging.getLogger("tollbook.alerts")


@dataclass
class Round:
    """What became of a refresh: how many rules were judged, what they did, and the messages that wait."""

    rules: int = 0
    happened: list[dict[str, Any]] = field(default_factory=list)
    messages: list[int] = field(default_factory=list)


def after_refresh(workspace: Workspace) -> Round:
    """Judge every rule by what the last refresh brought, and send what there is to say.

    A refresh that was judged already is not judged again. What goes wrong here is in the log: the figures are there.
    """
    try:
        with closing(Database.of(workspace)) as db:
            made = judge_all(workspace, db, now())
            if made.messages:
                deliver(db, workspace_secret(workspace), read("site", Site), now, made.messages)
    except TollbookError as error:
        _log.error("alerts could not be judged: %s", error)
        return Round()
    return made


def judge_all(workspace: Workspace, db: Database, at: datetime) -> Round:
    """Judge every rule, unless another process has done so for this refresh.

    Raises:
        TollbookError: the tables or the database cannot be read.
    """
    with db.reading() as session:
        found = sources(Lake(workspace), session)
        rules = session.scalars(_active()).all() if found else []
        if found is None or not rules:
            return Round()
        # Read before the transaction that writes, which on SQLite keeps all others waiting.
        figures = {rule.id: (rule.changed_at, _newest(found, rule)) for rule in rules}
    teller = Teller(read("site", Site), workspace_secret(workspace))
    made = Round()
    with db.session() as session:
        if not _is_first(session, found.updated_at):
            return made
        for rule in session.scalars(_active().with_for_update()):
            changed_at, course_of = figures.get(rule.id, (None, None))
            if course_of is None or changed_at != rule.changed_at:
                continue  # entered or changed meanwhile: the next refresh judges it
            made.rules += 1
            _judge(session, teller, rule, course_of, at, made)
    return made


def _active() -> Any:  # noqa: ANN401 - a select of rules
    return select(Alert).where(Alert.removed_at.is_(None), Alert.active).order_by(Alert.id)


def _newest(found: Any, rule: Alert) -> pl.DataFrame | None:  # noqa: ANN401 - Sources
    """The newest figures of a rule; null where nothing was imported yet."""
    end = found.end(rule.area)
    return None if end is None else course(found, rule, pl.Series("at", [end], INSTANT))


def _is_first(session: Session, updated_at: datetime) -> bool:
    """Whether this refresh was not judged yet; until this transaction ends nobody else judges."""
    session.execute(text("INSERT INTO alert_round (id) VALUES (1) ON CONFLICT DO NOTHING"))
    row = session.get_one(AlertRound, 1, with_for_update=True)
    if row.judged_at is not None and row.judged_at >= updated_at:
        return False
    row.judged_at = updated_at
    return True


def is_judged(db: Database, updated_at: datetime) -> bool:
    """Whether every active rule was judged by a refresh of this instant, or by a later one.

    Raises:
        TollbookError: the database cannot be reached.
    """
    with db.reading() as session:
        if session.scalar(select(Alert.id).where(Alert.removed_at.is_(None), Alert.active).limit(1)) is None:
            return True
        judged_at = session.scalar(select(AlertRound.judged_at))
        return judged_at is not None and judged_at >= updated_at


def _judge(
    session: Session, teller: Teller, rule: Alert, figures: pl.DataFrame, at: datetime, made: Round
) -> None:
    """Keep how a rule stands, and tell what it does. A subject of which nothing is there any more has no data."""
    states = {s.subject: s for s in session.scalars(select(AlertState).where(AlertState.alert_id == rule.id))}
    before = {subject: Standing.of(state) for subject, state in states.items()}
    for one in judged(rule, figures, before):
        _keep(session, rule, states.pop(one.subject, None), one)
        if one.kind:
            _, messages = teller.tell(session, rule, one.subject, one.kind, one.figure, at)
            made.messages += messages
            made.happened.append(
                {"alert": rule.id, "name": rule.name, "kind": one.kind, "subject": one.subject}
            )
    for state in states.values():
        state.status, state.value, state.numerator, state.denominator, state.calls = (
            "no_data",
            None,
            None,
            None,
            None,
        )


def _keep(session: Session, rule: Alert, state: AlertState | None, one: Judged) -> None:
    kept = state or AlertState(alert_id=rule.id, subject=one.subject)
    for name in FIGURE:
        setattr(kept, name, getattr(one.figure, name))
    for name in ("status", "raised_at", "told_at"):
        setattr(kept, name, getattr(one.standing, name))
    session.add(kept)

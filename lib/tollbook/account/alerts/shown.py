"""Rules, how they stand and what they did, as they are told: on the command line, over the API and by webhooks."""

from typing import Any, Final

from tollbook.account.alerts.areas import AREAS
from tollbook.account.alerts.models import Alert, AlertEvent, AlertState

Row = dict[str, Any]
ENTERED: Final = (
    *("name", "area", "operator", "threshold", "reset", "sample_min", "min_calls", "repeat_min"),
    *("by", "customer", "carrier", "destination", "recipients", "active"),
)
"""What is entered of a rule."""


def row_of(rule: Alert) -> Row:
    """A rule as it is told."""
    told = {name: getattr(rule, name) for name in ENTERED}
    more = {"created_at": rule.created_at, "created_by": rule.created_by}
    return {"id": rule.id, **told, "recipients": list(rule.recipients), "unit": AREAS[rule.area].unit, **more}


def brief(row: Row) -> Row:
    """Of a rule with its `states` what fits a line of a list: the worst of them, and for which subjects it is raised."""
    states = row["states"]
    order = ("raised", "few_calls", "no_data", "ok")
    raised = [one["subject"] or "all" for one in states if one["raised_at"]]
    worst = (
        "raised" if raised else next((name for name in order if name in {s["status"] for s in states}), None)
    )
    left_out = {"states", "created_at", "created_by", "recipients", "operator"}
    told = {name: value for name, value in row.items() if name not in left_out}
    return {**told, "operator": row["operator"], "status": worst, "raised": raised}


def state_of(rule: Alert, state: AlertState) -> Row:
    """How a rule stands for a subject."""
    return {
        "subject": state.subject,
        "status": state.status,
        "raised_at": state.raised_at,
        "at": state.at,
        **figures_of(rule, state),
    }


def event_row(event: AlertEvent, rule: Alert) -> Row:
    """What a rule did; the threshold is the one of then."""
    named = {name: getattr(rule, name) for name in ("area", "by", "customer", "carrier", "destination")}
    return {
        "id": event.id,
        "alert": rule.id,
        "name": rule.name,
        "kind": event.kind,
        **named,
        "subject": event.subject,
        "at": event.at,
        "recorded_at": event.recorded_at,
        **figures_of(rule, event),
        "operator": rule.operator,
        "threshold": event.threshold,
        "unit": AREAS[rule.area].unit,
    }


def figures_of(rule: Alert, of: AlertState | AlertEvent) -> Row:
    """The figure of a state or an event, with its parts."""
    tell = AREAS[rule.area].told
    parts = {name: tell(getattr(of, name)) for name in ("value", "numerator", "denominator")}
    return {**parts, "calls": of.calls}

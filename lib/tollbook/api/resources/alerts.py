"""`alerts` and `alert-events`: rules, how they stand, and what they did. Of operators alone."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.alerts import history, rules
from tollbook.account.alerts.areas import Operator
from tollbook.account.alerts.fields import (
    LONGEST_NAME,
    LONGEST_REPEAT_MIN,
    LONGEST_SAMPLE_MIN,
    MOST_CALLS,
    MOST_RECIPIENTS,
)
from tollbook.account.alerts.models import Alert as Stored
from tollbook.account.alerts.models import AlertEvent as StoredEvent
from tollbook.account.alerts.telling import Teller
from tollbook.account.secret import workspace_secret
from tollbook.alerts import replay, testing
from tollbook.api.asked import Asked
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.problems import ProblemError
from tollbook.api.texts import AMOUNT, LINE
from tollbook.api.types import WHOLE, Amount, Instant, Listed, Moment, Page, Part, example
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.params import Site, read

PATH: Final = f"{ROOT}/alerts"
ALERT: Final = f"{PATH}/{{alert}}"
_LARGEST: Final = 2**31 - 1
_DIGITS: Final = 10

Number = Annotated[str, "Its number, such as 3."]
Area = Literal[
    "balance",
    "asr",
    "acd",
    "pdd",
    "pdd_p95",
    "dtmf",
    "cps",
    "channels",
    "short_calls",
    "unrated",
    "completeness",
]
By = Literal["", "customer", "carrier", "destination"]
Kind = Literal["fired", "repeated", "reset", "test"]
Status = Literal["ok", "raised", "few_calls", "no_data"]
Threshold = Annotated[str, Field(pattern=AMOUNT, description="In the area's unit; of a share 0 to 1.")]
Name = Annotated[str, Field(pattern=LINE, max_length=LONGEST_NAME)]
Who = Annotated[str, Field(pattern=f"^$|{LINE}", max_length=LONGEST_NAME)]
Sample = Annotated[int, Field(ge=15, le=LONGEST_SAMPLE_MIN, multiple_of=15), WHOLE]
Calls = Annotated[int, Field(ge=0, le=MOST_CALLS), WHOLE]
Repeat = Annotated[int, Field(ge=1, le=LONGEST_REPEAT_MIN), WHOLE]
Recipients = Annotated[
    list[Annotated[str, Field(pattern=r"^[!-~]+$", max_length=LONGEST_NAME)]],
    Field(max_length=MOST_RECIPIENTS, description="E-mail addresses, or login names of people."),
]
Figure = Annotated[
    Amount | float | None, Field(description="A balance as text in full precision; else a number.")
]


class AlertState(Part):
    """How a rule stands for one subject; of too few calls or without data it says nothing."""

    subject: Annotated[str, Field(description="What it is judged by; empty where that is all together.")]
    status: Status
    raised_at: Annotated[Instant | None, Field(description="Since when it is raised.")]
    at: Annotated[Instant, Field(description="End of the sample period.")]
    value: Figure
    numerator: Figure
    denominator: Figure
    calls: int | None


class Alert(Part):
    """A rule."""

    id: int
    name: str
    area: Area
    operator: Operator
    threshold: Amount
    reset: Amount
    sample_min: int
    min_calls: int
    repeat_min: int | None
    by: By
    customer: str
    carrier: str
    destination: str
    recipients: list[str]
    active: bool
    unit: str
    created_at: Instant
    created_by: str
    states: list[AlertState]


class Alerts(Page[Alert]):
    """A page of the list of rules."""


class AlertChange(Part):
    """The fields that are to be changed, and no other."""

    model_config = example({"threshold": "0.35", "reset": "0.4"})

    name: Name = ""
    area: Area = "asr"
    operator: Operator = "below"
    threshold: Threshold = "0"
    reset: Threshold = "0"
    sample_min: Sample = 60
    min_calls: Calls = 0
    repeat_min: Repeat | None = None
    by: By = ""
    customer: Who = ""
    carrier: Who = ""
    destination: Who = ""
    recipients: Recipients = Field(default_factory=list)
    active: bool = True


class NewAlert(AlertChange):
    """A rule to be entered; what is not told has the area's default."""

    model_config = example(
        {"name": "ASR per carrier", "area": "asr", "threshold": "0.4", "reset": "0.45", "by": "carrier"}
    )

    name: Name
    area: Area
    threshold: Threshold


class AlertDelivery(Part):
    """Whom an event was to be told by mail, and what became of it."""

    to: str
    message: int | None
    state: str | None
    sent_at: Instant | None
    answer: str


class AlertEventRow(Part):
    """Something that a rule did."""

    id: int
    alert: int
    name: str
    kind: Kind
    area: Area
    by: By
    customer: str
    carrier: str
    destination: str
    subject: str
    at: Annotated[Instant, Field(description="End of the sample period.")]
    recorded_at: Annotated[Instant, Field(description="When that was found.")]
    value: Figure
    numerator: Figure
    denominator: Figure
    calls: int | None
    operator: Operator
    threshold: Amount
    unit: str
    deliveries: list[AlertDelivery]


class AlertEvents(Page[AlertEventRow]):
    """A page of what rules did."""


class AlertEventsAsked(Listed):
    """Which events to list."""

    alert: Annotated[int | None, Field(ge=1, le=_LARGEST, description="Only of this rule.")] = None
    kind: Annotated[list[Kind] | None, Field(description="Only such; may be repeated.")] = None
    since: Annotated[Moment | None, Field(description="Only those that were found then or later.")] = None


class BacktestAsked(Part):
    """How far back to look."""

    days: Annotated[int, Field(ge=1, le=replay.MOST_DAYS)] = replay.DAYS


class Replayed(Part):
    """What a rule would have done at one instant."""

    kind: Kind
    subject: str
    at: Instant
    value: Figure
    numerator: Figure
    denominator: Figure
    calls: int | None


class Backtest(Part):
    """How often a rule would have fired, had every quarter of an hour been judged as it ended."""

    alert: int
    start: Instant | None
    end: Instant | None
    judged: Annotated[int, Field(description="Figures that were judged.")]
    fired: int
    repeated: int
    reset: int
    few_calls: Annotated[int, Field(description="Figures of too few calls.")]
    no_data: int
    events: list[Replayed]


@operation("GET", PATH, "see", "alerts")
def list_alerts(asked: Asked, session: Session, query: Listed) -> Alerts:
    """List rules of alerts, in the order in which they were entered, each with how it stands."""
    chosen = select(Stored).where(Stored.removed_at.is_(None)).order_by(Stored.id).limit(query.limit + 1)
    if after := asked.after(query):
        chosen = chosen.where(Stored.id > after[0])
    rows, more, following = asked.page(query, session.scalars(chosen).all(), lambda row: [row.id])
    data = [Alert.model_validate(rules.with_states(session, row)) for row in rows]
    return Alerts(data=data, has_more=more, next=following)


@operation("GET", ALERT, "see", "alerts", problems=(404,))
def show_alert(asked: Asked, session: Session, alert: Number) -> Alert:  # noqa: ARG001 - every operation has it
    """Show a rule, and how it stands."""
    return _shown(session, _found(session, alert))


@operation("POST", PATH, "change", "alerts", status=201)
def add_alert(asked: Asked, session: Session, body: NewAlert) -> Alert:
    """Enter a rule; it is judged from the next refresh on."""
    try:
        row = rules.add(session, asked.actor, _entered(body), asked.at)
    except UsageError as error:
        raise ProblemError(409, str(error)) from None
    asked.told["Location"] = f"alerts/{row['id']}"
    return _shown(session, session.get_one(Stored, row["id"]))


@operation("PATCH", ALERT, "change", "alerts", problems=(404,))
def change_alert(asked: Asked, session: Session, alert: Number, body: AlertChange) -> Alert:
    """Change fields of a rule; one that judges otherwise than before begins anew."""
    rule = _found(session, alert)
    try:
        rules.change(session, asked.actor, rule.id, _entered(body), asked.at)
    except UsageError as error:
        raise ProblemError(409, str(error)) from None
    return _shown(session, rule)


@operation("DELETE", ALERT, "change", "alerts", problems=(404,))
def remove_alert(asked: Asked, session: Session, alert: Number) -> Alert:
    """Judge a rule no more; its history stays. It is answered as it was."""
    rule = _found(session, alert)
    told = _shown(session, rule)
    rules.remove(session, asked.actor, rule.id, asked.at)
    return told


@operation("POST", f"{ALERT}/test", "change", "alerts", problems=(404,))
def send_test_of_alert(asked: Asked, session: Session, alert: Number) -> AlertEventRow:
    """Send its recipients a message that says that it is a test, and tell webhooks."""
    teller = Teller(read("site", Site), workspace_secret(asked.workspace))
    event, _ = testing.put(session, teller, _found(session, alert).id, asked.actor)
    return AlertEventRow.model_validate(history.show(session, event))


@operation("GET", f"{ALERT}/backtest", "see", "alerts", problems=(404,))
def backtest_alert(asked: Asked, session: Session, alert: Number, query: BacktestAsked) -> Backtest:
    """Tell how often a rule would have fired in the last days, and when."""
    rule = _found(session, alert)
    told = replay.replayed(Lake(asked.workspace), session, rule, query.days).told()
    return Backtest.model_validate(told)


@operation("GET", f"{ROOT}/alert-events", "see", "alerts")
def list_alert_events(asked: Asked, session: Session, query: AlertEventsAsked) -> AlertEvents:
    """List what rules did, the newest first, and who was told."""
    chosen = history.chosen().limit(query.limit + 1)
    if query.alert is not None:
        chosen = chosen.where(StoredEvent.alert_id == query.alert)
    if query.kind is not None:
        chosen = chosen.where(StoredEvent.kind.in_(query.kind))
    if query.since is not None:
        chosen = chosen.where(StoredEvent.recorded_at >= query.since)
    if after := asked.after(query):
        chosen = chosen.where(StoredEvent.id < after[0])
    rows, more, following = asked.page(query, session.execute(chosen).all(), lambda row: [row[0].id])
    data = [AlertEventRow.model_validate(row) for row in history.rows_of(session, rows)]
    return AlertEvents(data=data, has_more=more, next=following)


def _entered(body: AlertChange) -> dict[str, Any]:
    """What is told, as it is entered elsewhere."""
    told = body.model_dump(exclude_unset=True)
    return told | ({"recipients": " ".join(told["recipients"])} if "recipients" in told else {})


def _found(session: Session, number: str) -> Stored:
    """The rule of that number.

    Raises:
        ProblemError: there is none.
    """
    sure = len(number) <= _DIGITS and number.isascii() and number.isdecimal() and int(number) <= _LARGEST
    try:
        return rules.found(session, int(number) if sure else 0)
    except UsageError:
        raise ProblemError(404) from None


def _shown(session: Session, rule: Stored) -> Alert:
    return Alert.model_validate(rules.with_states(session, rule))


OPERATIONS: Final[tuple[Operation, ...]] = (
    *(list_alerts, show_alert, add_alert, change_alert, remove_alert),
    *(send_test_of_alert, backtest_alert, list_alert_events),
)

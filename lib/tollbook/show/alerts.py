"""The page of alerts: rules with how they stand, a form, what a rule would have done, and what rules did.

What the page asks for is checked here against what its reader may do, in the transaction that does it.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.alerts import history, rules
from tollbook.account.alerts.areas import AREAS
from tollbook.account.alerts.fields import FIELDS
from tollbook.account.alerts.models import Alert
from tollbook.account.alerts.telling import Teller
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer, now
from tollbook.account.secret import workspace_secret
from tollbook.alerts import testing
from tollbook.alerts.replay import DAYS, Replayed, replayed
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.language import tr, trn, use
from tollbook.params import Alerts as Params
from tollbook.params import Site
from tollbook.params import read as params_of
from tollbook.show import alert_words, reader
from tollbook.show.alert_graph import drawn
from tollbook.show.alert_rows import bound_words, event_frame, firing_frame, rule_frame
from tollbook.show.choices import Choices
from tollbook.show.controls import Controls, One, bar
from tollbook.show.graph import Graph
from tollbook.show.grid import Grid
from tollbook.show.home import workspace
from tollbook.show.part import Part
from tollbook.show.widget import Message
from tollbook.workspace import Workspace

LONGEST = 4000
RESOURCE = "alerts"


class AlertPart(Part):
    """A part of the page of alerts."""

    module_file: ClassVar[str] = "alerts.js"


class AlertPage:
    """The parts of the page; each follows the reader's choice and whatever anybody changes."""

    def __init__(self, place: Workspace, choices: Choices[Params]) -> None:
        self._place, self._choices = place, choices
        self._db, self._lake = Database.of(place), Lake(place)
        self._tried: Replayed | None = None
        words = alert_words.words()
        self._form = AlertPart(part="form", label=tr("Add or change"), words=words)
        self._replay = AlertPart(part="replay", label=tr("Back-test"), words=words)
        self._graph = Graph("backtest", tr("Figure and threshold"))
        self._rules = _grid(
            "rules", rule_frame([], {}), alert_words.rule_columns(), tr("Alerts"), ("id", "subject")
        )
        self._firings = _grid(
            "firings",
            event_frame([], {}),
            alert_words.firing_columns(),
            tr("When it would have fired"),
            ("id",),
        )
        self._events = _grid(
            "events", event_frame([], {}), alert_words.event_columns(), tr("History"), ("id",)
        )
        for grid in (self._rules, self._firings, self._events):
            grid.on_export(lambda what: reader.note_export(self._db, RESOURCE, what))
        self._graph.on_export(lambda what: reader.note_export(self._db, RESOURCE, what))
        self._graph.each_again(self._draw)
        for part, kind, action in (
            (self._form, "save", self._save),
            (self._form, "try", self._try),
            (self._form, "test", self._test),
            (self._form, "remove", self._remove),
            (self._replay, "subject", self._pick),
        ):
            part.answer(kind, action)
        choices.watch(lambda _new, _changed: self._choose())
        choices.each_tick(self._tick)
        with self._db.reading() as session:
            self._bar = bar(choices, [self._control(session)])
        self._show()
        self._choose()

    def controls(self) -> Controls:
        """Which alert is looked at."""
        return self._bar

    def rules(self) -> Grid:
        """The rules, with how each stands and its figure."""
        return self._rules

    def form(self) -> Part:
        """Where a rule is entered, changed, tried and tested."""
        return self._form

    def replay(self) -> Part:
        """How often it would have fired, and for whom."""
        return self._replay

    def graph(self) -> Graph:
        """The figure over the days, the threshold, and where it would have fired."""
        return self._graph

    def firings(self) -> Grid:
        """Each time that it would have fired and been over."""
        return self._firings

    def history(self) -> Grid:
        """What the rules did, and who was told."""
        return self._events

    def _control(self, session: Session) -> One:
        known = [(str(row["id"]), row["name"]) for row in rules.listing(session)]
        return One("alert", tr("Alert"), options=[("", tr("New alert")), *known])

    def _show(self) -> None:
        """Read, and only then show: what cannot be read leaves the page as it was."""
        self._seen = self._db.committed()
        chosen = self._number
        with self._db.reading() as session:
            rows, currencies = rules.listing(session), self._currencies(session)
            events = history.listing(session, chosen)
            control = self._control(session)
        self._bar.fields = [control.sent()]
        self._bar.tell(as_of=self._lake.updated_at)
        self._rules.show(rule_frame(rows, currencies))
        self._events.show(event_frame(events, currencies))

    @property
    def _number(self) -> int | None:
        """The rule that is chosen; null for a new one."""
        text = self._choices.value.alert
        return int(text) if text else None

    def _tick(self) -> None:
        if self._db.committed() != self._seen:
            self._show()

    def _choose(self) -> None:
        """Show the rule that the reader chose, and what it would have done."""
        number = self._number
        with self._db.reading() as session:
            rule = None if number is None else rules.found(session, number)
            self._form.said = ""
            self._form.told = {
                "alert": number or 0,
                "fields": alert_words.fields(rule),
                "units": alert_words.units(),
                "may": reader.may_change(RESOURCE),
            }
            events = event_frame(history.listing(session, number), self._currencies(session))
            self._tell(None if rule is None else replayed(self._lake, session, rule, DAYS))
        self._events.show(events)

    def _tell(self, made: Replayed | None) -> None:
        """Show what a rule would have done; without one that there is nothing to see yet."""
        self._tried = made
        if made is None:
            words = tr("Choose an alert, or try values of a new one.")
            self._replay.told = {"summary": words, "rule": "", "subjects": [], "subject": ""}
            self._graph.show_nothing(tr("Nothing was tried yet."), words)
            self._firings.show(event_frame([], {}))
            return
        fired = made.count("fired")
        summary = trn(
            "It would have fired {count} time in the last {days} days.",
            "It would have fired {count} times in the last {days} days.",
            fired,
        )
        silent = made.statuses["few_calls"]
        notes = [summary.format(count=fired, days=DAYS)]
        if silent:
            share = tr("Of {all} figures {count} were of too few calls, so that it would have been silent.")
            notes.append(share.format(all=sum(made.statuses.values()), count=silent))
        names = made.figures["subject"].unique().sort().to_list() if made.rule.by else []
        subjects = [{"name": name, "fired": made.count("fired", name)} for name in names]
        with self._db.reading() as session:
            currencies = self._currencies(session)
        self._replay.told = {
            "summary": " ".join(notes),
            "rule": f"{tr(AREAS[made.rule.area].label)}: {bound_words(vars(made.rule), self._currency(currencies))}",
            "subjects": sorted(subjects, key=lambda one: (-int(str(one["fired"])), one["name"])),
            "subject": made.loudest,
        }
        self._firings.show(firing_frame(made, currencies))
        self._draw()

    def _draw(self) -> None:
        made, subject = self._tried, str(self._replay.told.get("subject", ""))
        if made is None:
            return
        with self._db.reading() as session:
            drawing = drawn(made, subject, self._currency(self._currencies(session)))
        self._graph.title = f"{tr(AREAS[made.rule.area].label)}, {subject}".rstrip(", ")
        if drawing is None:
            self._graph.show_nothing()
        else:
            self._graph.show(drawing)

    def _currency(self, currencies: dict[str, str]) -> str:
        """That of the figures that are drawn; empty where they are no money."""
        made = self._tried
        if made is None or not AREAS[made.rule.area].is_money:
            return ""
        subject = str(self._replay.told.get("subject", "")) or made.loudest
        return currencies.get(subject or made.rule.customer, "")

    @staticmethod
    def _currencies(session: Session) -> dict[str, str]:
        rows = session.execute(select(Customer.id, Customer.currency))
        return {name: currency or "" for name, currency in rows}

    def _pick(self, message: Message, _buffers: object) -> None:
        subject = _text(message.get("subject", ""))
        if self._tried is None or subject not in self._tried.figures["subject"]:
            raise UsageError(tr("There is no such row."))
        self._replay.told = {**self._replay.told, "subject": subject}
        self._draw()

    def _save(self, message: Message, _buffers: object) -> None:
        entered, number = _entered(message), self._number

        def work(session: Session, by: Actor) -> tuple[int, str]:
            if number is None:
                row = rules.add(session, by, _told(entered), now())
                return row["id"], tr("{name} was entered. It is judged from the next refresh on.").format(
                    **row
                )
            row = rules.change(session, by, number, entered, now())
            return number, tr("{name} was changed.").format(**row)

        self._do(work)

    def _remove(self, _message: Message, _buffers: object) -> None:
        def work(session: Session, by: Actor) -> tuple[None, str]:
            row = rules.remove(session, by, self._chosen(), now())
            return None, tr("{name} was removed.").format(**row)

        self._do(work)

    def _test(self, _message: Message, _buffers: object) -> None:
        def work(session: Session, by: Actor) -> tuple[int, str]:
            number = self._chosen()
            teller = Teller(params_of("site", Site), workspace_secret(self._place))
            _, messages = testing.put(session, teller, number, by)
            words = trn(
                "A test is on its way to {count} recipient.",
                "A test is on its way to {count} recipients.",
                len(messages),
            )
            return number, words.format(count=len(messages))

        self._do(work)

    def _try(self, message: Message, _buffers: object) -> None:
        entered, number = _entered(message), self._number
        with self._db.reading() as session:
            values = (
                rules.checked(session, _told(entered))
                if number is None
                else rules.tried(session, rules.found(session, number), entered)
            )
            made = replayed(self._lake, session, Alert(id=number, **values), DAYS)
        self._tell(made)

    def _chosen(self) -> int:
        """The rule that is chosen.

        Raises:
            UsageError: none is.
        """
        if self._number is None:
            raise UsageError(tr("Choose an alert."))
        return self._number

    def _do(self, work: Callable[[Session, Actor], tuple[int | None, str]]) -> None:
        """Change something in the reader's name, say so, and show what there is then.

        Raises:
            UsageError: the reader may not, or it does not fit.
        """
        by = reader.changing(self._db, RESOURCE)
        with self._db.session() as session:
            number, said = work(session, by)
        self._show()
        wanted = "" if number is None else str(number)
        if wanted != self._choices.value.alert:
            self._bar.set_state({"values": {**self._bar.values, "alert": wanted}})
        else:
            self._choose()
        self._form.said = said


def read(**given: Any) -> AlertPage:  # noqa: ANN401 - checked by the page's parameters
    """The alerts of a notebook's workspace; what is given are the page's parameters by name.

    Raises:
        TollbookError: no workspace, a parameter that means nothing, or a reader who may not see them.
    """
    lacks = reader.lacking(reader.may_see(RESOURCE))
    chosen = Params.of(given, "this notebook", lacks)
    use(chosen.language)
    return AlertPage(workspace(), Choices(chosen, lacks))


def _grid(key: str, frame: Any, columns: Any, label: str, row_key: tuple[str, ...]) -> Grid:  # noqa: ANN401 - as Grid.of
    return Grid.of(frame, columns, label=label, key=f"alert-{key}", row_key=row_key, file_name=f"alert-{key}")


def _entered(message: Message) -> dict[str, str]:
    """The fields that the page sends.

    Raises:
        UsageError: they are none of the form.
    """
    values = message.get("values")
    if not isinstance(values, dict) or not values.keys() <= FIELDS.keys():
        raise UsageError(tr("This cannot be done with these rows."))
    return {name: _text(value) for name, value in values.items()}


def _told(entered: dict[str, str]) -> dict[str, str]:
    """Of a new rule what was filled in: what is left empty has its default."""
    return {name: text for name, text in entered.items() if text}


def _text(value: object) -> str:
    """A text that the page sends.

    Raises:
        UsageError: it is no text, or a very long one.
    """
    if not isinstance(value, str) or len(value) > LONGEST:
        raise UsageError(tr("This cannot be done with these rows."))
    return value.strip()

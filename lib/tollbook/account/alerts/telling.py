"""Telling what a rule did: a line of its history, a mail for each recipient in its language, and an event of webhooks.

All of it is put down in the transaction in which the rule did it; what is on its way is sent by the outboxes.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Session

from tollbook import language
from tollbook.account.alerts.areas import AREAS, kind_words, operator_words
from tollbook.account.alerts.models import Alert, AlertDelivery, AlertEvent
from tollbook.account.alerts.recipients import Recipient, recipients_of
from tollbook.account.audit import Actor, record
from tollbook.account.models import Customer
from tollbook.account.post import outbox
from tollbook.account.post.message import Message, html_of
from tollbook.account.secret import Secret
from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.params import Site

PURPOSE: Final = "alert"


@dataclass(frozen=True)
class Figure:
    """What a rule looked at: until when, the figure and its parts, and of how many calls; null where not known."""

    at: datetime
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    calls: int | None = None


@dataclass(frozen=True)
class Teller:
    """Who tells: the site whose mail server it is, and the workspace's secret, with which what waits is sealed."""

    site: Site
    secret: Secret

    def tell(
        self, session: Session, rule: Alert, subject: str, kind: str, figure: Figure, at: datetime
    ) -> tuple[int, list[int]]:
        """Note what a rule did, and put it into the outbox for each recipient; the event, and the messages."""
        event = AlertEvent(
            **{"alert_id": rule.id, "subject": subject, "kind": kind, "recorded_at": at, **vars(figure)},
            threshold=rule.threshold,
        )
        session.add(event)
        session.flush()
        currency = currency_of(session, rule, subject)
        told = [
            self._put(session, rule, event, currency, who, at)
            for who in recipients_of(session, rule, self.site)
        ]
        return event.id, [number for number in told if number is not None]

    def test(
        self, session: Session, rule: Alert, subject: str, by: Actor, figure: Figure, at: datetime
    ) -> tuple[int, list[int]]:
        """Tell everybody, in words that say that it is a test; how the rule stands is as before."""
        record(session, by, "test", f"alert {rule.id}", at=at)
        return self.tell(session, rule, subject, "test", figure, at)

    def _put(
        self, session: Session, rule: Alert, event: AlertEvent, currency: str, who: Recipient, at: datetime
    ) -> int | None:
        note = who.note
        if not note and not outbox.ready(self.site, "mail"):
            note = "params/site.yml: mail.host is empty, so that nothing is sent"
        number = None
        if not note:
            try:
                message = letter(self.site, rule, event, currency, who)
                number = outbox.put(session, self.secret, message, PURPOSE, at)
            except UsageError as error:  # of an address that no mail can be made for
                note = str(error)
        session.add(AlertDelivery(event_id=event.id, recipient=who.named, outgoing_id=number, note=note))
        session.flush()
        return number


def currency_of(session: Session, rule: Alert, subject: str) -> str:
    """The currency of a rule's figures for a subject; empty where they are no money."""
    if not AREAS[rule.area].is_money:
        return ""
    owner = session.get(Customer, subject or rule.customer)
    return (owner.currency if owner else None) or ""


def subject_words(rule: Alert, subject: str) -> str:
    """What a figure is of: the names that confine the rule, and the one that it is judged by."""
    named = [getattr(rule, name) for name in ("customer", "carrier", "destination") if getattr(rule, name)]
    return ", ".join([*named, *([subject] if subject else [])])


def letter(site: Site, rule: Alert, event: AlertEvent, currency: str, who: Recipient) -> Message:
    """The mail that tells one recipient what a rule did, in the recipient's language."""
    with language.speaking(who.language or language.SOURCE):
        area = AREAS[rule.area]
        of = subject_words(rule, event.subject)
        told = {
            "name": rule.name,
            "figure": f"{tr(area.label)} ({of})" if of else tr(area.label),
            "value": area.words(event.value, currency),
            "operator": operator_words(rule.operator),
            "threshold": area.words(event.threshold, currency),
            "reset": area.words(rule.reset, currency),
            "at": f"{event.at:%Y-%m-%d %H:%M}",
            "minutes": rule.sample_min,
            "calls": event.calls,
        }
        link = f"{site.address}alerts?alert={rule.id}" if site.address else ""
        paragraphs = [
            *([tr("This is a test of an alert: nothing has happened.")] if event.kind == "test" else []),
            tr("{figure}: {value}").format(**told),
            tr("The rule: {operator} {threshold}, over again at {reset}.").format(**told),
            _sample(area.is_sampled, event).format(**told),
            *([link] if link else []),
            site.name,
        ]
        subject = tr("Alert {name}: {kind}").format(name=rule.name, kind=kind_words(event.kind))
        return Message(
            who.address,
            "\n\n".join(paragraphs) + "\n",
            subject=subject,
            html=html_of(paragraphs, language.current(), link),
            language=language.current(),
        )


def _sample(is_sampled: bool, event: AlertEvent) -> str:  # noqa: FBT001 - of the area itself
    if not is_sampled:
        return tr("As of {at} UTC.")
    if event.calls is None:
        return tr("In the {minutes} minutes until {at} UTC.")
    return tr("In the {minutes} minutes until {at} UTC, of {calls} calls.")

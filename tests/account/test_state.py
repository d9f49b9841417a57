"""The account's rows as one text."""

from datetime import UTC, datetime
from decimal import Decimal

from tollbook.account import scheduled
from tollbook.account.alerts.models import Alert, AlertDelivery, AlertEvent
from tollbook.account.audit import Actor, record
from tollbook.account.ledger import Allocation, Payment, Refund
from tollbook.account.models import Customer, Invoice, now
from tollbook.account.numbering import blocks, extensions
from tollbook.account.people.persons import add
from tollbook.account.post.models import Outgoing
from tollbook.account.state import state

BY = Actor(None, "test")


def test_a_changed_row_of_the_account_is_another_state(database):
    with database.session() as session:
        session.add(Customer(id="acme", name="Acme"))
    before = state(database)
    with database.session() as session:
        session.get_one(Customer, "acme").name = "Acme Ltd"
    assert state(database) != before


def test_people_and_the_audit_are_no_part_of_it(database):
    before = state(database)
    shown = state(database, people=True)
    with database.session() as session:
        add(session, "user", "anna", {"role": "admin"}, BY)
        record(session, BY, "sign_in", "portal", at=now())
    assert state(database) == before
    assert state(database, people=True) != shown


def test_a_schedule_is(database):
    with database.session() as session:
        session.add(Customer(id="acme", name="Acme"))
    before = state(database)
    with database.session() as session:
        scheduled.put_view(session, BY, "acme", "monthly")
    assert state(database) != before


def test_numbers_are(database):
    states = [state(database)]

    def do(work, *words):
        with database.session() as session:
            work(session, BY, *words)
        states.append(state(database))

    with database.session() as session:
        session.add(Customer(id="acme", name="Acme"))
    do(lambda session, by: blocks.set_up(session, by, start="1000", size=10))
    do(blocks.allocate, "acme")
    do(extensions.add, "acme", "1000")
    do(extensions.add, "acme", "1001")
    do(extensions.remove, "1000")
    assert len(set(states)) == len(states)


def test_a_payment_is_part_of_it(database):
    with database.session() as session:
        session.add(Customer(id="acme", name="Acme"))
    before = state(database)
    with database.session() as session:
        session.add(
            Payment(customer_id="acme", amount=Decimal(1), currency="EUR", method="cash", status="pending")
        )
    assert state(database) != before


def test_what_a_payment_pays_and_what_went_back_of_it_are(database):
    at = datetime(2026, 10, 1, tzinfo=UTC)
    amounts = dict.fromkeys(("net", "tax", "total", "exact_charge", "rounding"), Decimal(1))
    period = {"period_name": "2026-10-01", "period_start": at, "period_end": at.replace(day=2)}
    paid = {"amount": Decimal(1), "currency": "EUR", "method": "cash", "status": "completed"}
    with database.session() as session:
        session.add(Customer(id="acme", name="Acme"))
        session.flush()
        own = Invoice(customer_id="acme", currency="EUR", record="{}", **period, **amounts)
        row = Payment(customer_id="acme", **paid)
        session.add_all([own, row])
    states = [state(database)]
    for made in (
        Allocation(payment_id=row.id, invoice_id=own.id, amount=Decimal(1)),
        Refund(payment_id=row.id, at=at, amount=Decimal(1), method="cash"),
    ):
        with database.session() as session:
            session.add(made)
        states.append(state(database))
    assert len(set(states)) == len(states)


def test_how_far_mails_of_alerts_have_come_is_and_that_of_others_is_not(database):
    at = now()
    mail = {"channel": "mail", "recipient": "a@b.example", "message_id": "x", "created_at": at, "next_at": at}
    terms = {"operator": "below", "threshold": Decimal(1), "reset": Decimal(2), "created_by": "anna"}
    with database.session() as session:
        rule = Alert(name="low", area="balance", **terms)
        session.add(rule)
        session.flush()
        event = AlertEvent(alert_id=rule.id, subject="", kind="fired", at=at, recorded_at=at, threshold=1)
        of_alert, of_other = Outgoing(purpose="alert", **mail), Outgoing(purpose="reset_link", **mail)
        session.add_all([event, of_alert, of_other])
        session.flush()
        session.add(AlertDelivery(event_id=event.id, recipient="anna", outgoing_id=of_alert.id))
    states = [state(database)]
    for row, became in ((of_alert, "refused"), (of_alert, "sent"), (of_other, "sent")):
        with database.session() as session:
            session.get_one(Outgoing, row.id).state = became
        states.append(state(database))
    assert len(set(states[:3])) == 3
    assert states[3] == states[2]

"""What is outstanding."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

from tollbook import checklist as put_together
from tollbook.account import parties
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer, Deck
from tollbook.account.people import persons
from tollbook.account.scope import Scope
from tollbook.billing.notices.booking import receive
from tollbook.billing.notices.told import Told
from tollbook.billing.versions import Ending
from tollbook.checklist import Seen, checklist
from tollbook.outstanding import alerts, decks, dues, readers, records
from tollbook.outstanding.readers import unverified
from tollbook.params import Site
from tollbook.portal.top import PLACES
from tollbook.servers import Mail


def entered(workspace, customers=(), carriers=()):
    """Customers, each with a deck without rates, and carriers."""
    with Database.of(workspace).session() as session:
        for kind, ids in ((Customer, customers), (Carrier, carriers)):
            for one in ids:
                parties.add(session, kind, one, {})
        session.flush()
        session.add_all(Deck(customer_id=one, currency="EUR", source="test") for one in customers)


def told(workspace):
    return {item.name: item.words for item in checklist(workspace)}


def test_an_empty_workspace_lacks_customers_and_carriers(workspace):
    assert told(workspace) == {"no_customers": "No customers yet", "no_carriers": "No carriers yet"}


def test_nothing_is_outstanding_where_all_are_entered_and_rated(workspace, keep):
    entered(workspace, ["acme"], ["north"])
    keep([{"at": "2026-10-05T10:00", "customer": "acme", "carrier": "north"}])
    assert checklist(workspace) == []


def test_names_in_the_records_that_nobody_entered_are_listed(workspace, keep):
    entered(workspace, ["acme"], ["north"])
    keep(
        [{"at": "2026-10-05T10:00", "customer": name} for name in ("acme", "zeta", "beta", None)],
        [{"at": "2026-10-05T10:00", "carrier": "south"}],
    )
    found = told(workspace)
    assert found["unconfirmed_customers"] == "2 customers are in the records but not entered: beta, zeta"
    assert found["unconfirmed_carriers"] == "1 carrier is in the records but not entered: south"


def test_of_many_names_the_first_five_are_listed(workspace, keep):
    entered(workspace, ["acme"], ["north"])
    keep([{"at": "2026-10-05T10:00", "customer": f"c{n}"} for n in range(7)])
    assert told(workspace)["unconfirmed_customers"].endswith(": c0, c1, c2, c3, c4 +2")


def test_calls_without_a_charge_are_counted_and_lead_to_the_calls(workspace, keep):
    entered(workspace, ["acme"], ["north"])
    call = {"customer": "acme", "carrier": "north", "talk_s": 60, "unrated": "no_rate"}
    keep([{"at": f"2026-10-05T{hour}:00", **call} for hour in (10, 11)])
    items = {item.name: item for item in checklist(workspace)}
    assert items["unrated"].words == "2 calls have no charge: no rate fits them"
    assert items["unrated"].page == "calls"


def test_newer_figures_are_seen(workspace, keep):
    entered(workspace, ["acme"], ["north"])
    keep([{"at": "2026-10-05T10:00", "customer": "acme"}])
    assert checklist(workspace) == []
    keep([{"at": "2026-10-06T10:00", "customer": "beta"}])
    assert list(told(workspace)) == ["unconfirmed_customers"]


def test_refused_records_are_counted_until_their_file_is_gone(workspace):
    entered(workspace, ["acme"], ["north"])
    file = workspace.rejects / "20261005T100000.000000Z.csv"
    file.write_text('file,line,raw,rule\na.csv,3,"x\ny",end_before_start\na.csv,9,z,no_start\n')
    assert told(workspace) == {"rejects": "2 records were refused; why stands in rejects/"}
    file.unlink()
    assert checklist(workspace) == []


def test_each_item_says_what_to_do_and_leads_to_a_page(workspace, monkeypatch):
    db, at = Database.of(workspace), datetime(2026, 10, 5, tzinfo=UTC)
    (workspace.rejects / "20261005T100000.000000Z.csv").write_text("file,line,rule,raw\na.csv,3,no_time,x\n")
    site = Site(mail=Mail(host="localhost", sender="a@b.example"))
    with db.session() as session:
        fields = {"role": "admin", "email": "anna@a.example", "mobile": "+4930123456"}
        persons.add(session, "user", "anna", fields, Actor(None, "test"))
        anna = persons.found(session, "anna").id
    told = {
        (put_together, "_open_notices"): 1,
        (alerts, "_raised"): [(1, "ASR", 1)],
        (decks, "_without"): ("acme",),
        (decks, "_ending"): [Ending("customer", "acme", at)],
        (dues, "_sums"): (1, (("EUR", Decimal(5)),)),
        (records, "read"): SimpleNamespace(sources=["sip1"]),
        (records, "missing"): SimpleNamespace(unrecorded=1),
    }
    for (where, name), value in told.items():
        monkeypatch.setattr(where, name, lambda *_, value=value: value)
    found = Seen(frozenset({"acme"}), frozenset({"north"}), 1, 1)
    items = [
        *put_together._parties(found, frozenset(), frozenset()),
        *put_together._unrated(found),
        *put_together._rejects(workspace),
        *put_together._notices(workspace),
        *alerts.raised(db),
        *decks.without_deck(db),
        *decks.ending_soon(db, at),
        *dues.overdue(db, at, None),
        *dues.overdue(db, at, ["acme"]),
        *records.missing_records(workspace, at),
        *unverified(db, site, anna, operator=True),
    ]
    sources = [put_together, alerts, decks, dues, records, readers]
    written = [re.findall(r'\bItem\(\s*f?"([\w{}]+)"', Path(one.__file__).read_text()) for one in sources]
    names = {name for names in written for name in names} - {"{what}_unverified"}
    assert {item.name for item in items} == names | {"email_unverified", "mobile_unverified"}
    for item in items:
        assert item.remedy
        assert item.page in PLACES, item.name


def test_notifications_of_payments_that_nobody_could_book_are_counted(workspace):
    db, at = Database.of(workspace), datetime(2026, 12, 2, tzinfo=UTC)
    for number in (1, 2):
        about = (f"WH-{number}", "PAYMENT.CAPTURE.COMPLETED", "completed", f"C{number}", ())
        receive(db, Told("paypal", *about, Decimal("5.00"), "EUR", at, "{}"))
    (item,) = (item for item in checklist(workspace) if item.name == "notices")
    assert item.words == "2 notifications of payments wait for somebody to look at them"
    assert (item.remedy, item.page) == ("tollbook payment notices", "payments")


def test_whoever_is_not_entered_leads_to_the_form_with_the_name_filled_in(workspace, keep):
    entered(workspace, carriers=["north"])
    keep([{"at": "2026-10-05T10:00", "customer": "a b"}])
    items = {item.name: item for item in checklist(workspace)}
    assert (items["no_customers"].page, items["no_customers"].query) == ("master_data", {"kind": "customer"})
    unknown = items["unconfirmed_customers"]
    assert (unknown.page, unknown.query) == ("master_data", {"kind": "customer", "entry": "a b"})
    assert unknown.remedy == "tollbook customer add 'a b'"


def test_what_each_reader_has_to_do_is_for_them_alone(workspace):
    db = Database.of(workspace)
    with db.session() as session:
        parties.add(session, Customer, "acme", {})
        fields = {"customer": "acme", "email": "carl@acme.example"}
        persons.add(session, "contact", "carl", fields, Actor(None, "test"))
        carl = persons.found(session, "carl").id
    operators = [item.name for item in checklist(workspace, Scope("analyst"))]
    assert operators == ["no_carriers", "without_deck"]
    assert checklist(workspace, Scope("contact", "acme"), carl) == []  # nothing can be sent from here


def test_a_contact_is_told_nothing_of_the_account(workspace, keep):
    keep([{"at": "2026-10-05T10:00", "customer": "beta", "talk_s": 60, "unrated": "no_rate"}])
    assert checklist(workspace, Scope("contact", "acme")) == []

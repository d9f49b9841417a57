"""The form of master data: what is wrong, what would change, and what somebody else has changed meanwhile."""

import pytest

from tollbook.account import parties
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.fields import FieldError
from tollbook.account.models import Customer, Deck
from tollbook.account.people import persons
from tollbook.show import master_form
from tollbook.show.master_form import Change, StaleError

BY, ANNA = Actor(None, "test"), Actor(7, "anna@acme.example")
CUSTOMERS, CONTACTS = parties.register(Customer), persons.register("contact")


@pytest.fixture
def db(workspace):
    """Acme is invoiced monthly in EUR, which its deck has too."""
    made = Database.of(workspace)
    with made.session() as session:
        parties.add(
            session, Customer, "acme", {"currency": "EUR", "channels": "30", "schedule": "monthly"}, BY
        )
        session.add(Deck(customer_id="acme", currency="EUR", source="uk.csv"))
    yield made
    made.close()


def opened(db, key, register=CUSTOMERS):
    with db.reading() as session:
        return master_form.opened(session, register, key)


def checked(db, form, key="", **typed):
    with db.reading() as session:
        return master_form.check(session, form, key, {**form.texts, **typed})


def save(db, form, key="", **typed):
    with db.session() as session:
        return master_form.save(session, ANNA, form, key, {**form.texts, **typed})


def stored(db, key="acme"):
    with db.reading() as session:
        return parties.show(session, Customer, key)


def test_what_changes_is_told_in_the_words_of_people(db):
    found = checked(db, opened(db, "acme"), channels="60", schedule="weekly", city="Bern")
    assert found.changes == (
        Change("Channels", "30", "60"),
        Change("Invoiced by itself", "Monthly", "Weekly"),
        Change("City", "", "Bern"),
    )
    assert found.faults == {}
    assert stored(db)["channels"] == 30


def test_the_same_value_written_otherwise_is_no_change(db):
    assert checked(db, opened(db, "acme"), debit_limit="0.00", name=" acme ").changes == ()


def test_every_field_that_is_wrong_is_told_at_once(db):
    found = checked(db, opened(db, "acme"), channels="many", zone="Mars", due_days="", country="germany")
    assert list(found.faults) == ["zone", "channels", "due_days", "country"] or set(found.faults) == {
        "zone", "channels", "due_days", "country",
    }  # fmt: skip
    assert found.faults["channels"] == "'many' is no whole number from 0 to 1000000"
    assert found.changes == ()


def test_a_currency_in_use_is_refused_beside_its_field(db):
    assert "stays EUR" in checked(db, opened(db, "acme"), currency="USD").faults["currency"]


def test_a_new_one_is_entered_with_what_is_not_usual(db):
    form = opened(db, "bolt")
    assert (form.row, form.texts["zone"], form.texts["due_days"]) == (None, "UTC", "14")
    found = checked(db, form, "bolt", name="Bolt", currency="EUR")
    assert found.changes == (
        Change("Id", "", "bolt"),
        Change("Name", "", "Bolt"),
        Change("Currency", "", "EUR"),
    )
    row = save(db, form, "bolt", name="Bolt", currency="EUR")
    assert (row["id"], row["name"], row["due_days"]) == ("bolt", "Bolt", 14)


def test_an_id_that_is_there_or_cannot_be_is_refused_beside_it(db):
    form = opened(db, "")
    assert checked(db, form, "acme").faults == {"id": "'acme' is there already."}
    assert set(checked(db, form, "a/b", channels="x").faults) == {"id", "channels"}
    assert set(checked(db, form, "").faults) == {"id"}


def test_a_contact_needs_a_customer_that_there_is(db):
    form = opened(db, "", CONTACTS)
    assert "whose contact" in checked(db, form, "al").faults["customer"]
    assert "'acne'" in checked(db, form, "al", customer="acne").faults["customer"]
    assert save(db, form, "Al", customer="acme")["login"] == "al"
    again = opened(db, "al", CONTACTS)
    assert "stays a contact" in checked(db, again, customer="bolt").faults["customer"]


def test_what_is_wrong_is_not_saved(db):
    with pytest.raises(FieldError, match="due_days"):
        save(db, opened(db, "acme"), due_days="soon", city="Bern")
    assert stored(db)["city"] == ""


def test_who_saves_second_is_told_and_nothing_of_either_is_lost(db):
    form = opened(db, "acme")
    with db.session() as session:
        parties.change(session, Customer, "acme", {"channels": "45", "city": "Rome"}, Actor(8, "otto"))
    with pytest.raises(
        StaleError, match=r"otto has changed this meanwhile: Channels, City\. Nothing was"
    ) as caught:
        save(db, form, channels="60", due_days="7")
    error = caught.value
    assert error.notes == {"channels": "Meanwhile: 45"}
    assert [error.typed[name] for name in ("channels", "city", "due_days")] == ["60", "Rome", "7"]
    assert (stored(db)["channels"], stored(db)["due_days"]) == (45, 14)
    row = save(db, error.now, **error.typed)
    assert (row["channels"], row["city"], row["due_days"]) == (60, "Rome", 7)


def test_what_the_page_gets_says_what_may_be_chosen_and_what_stays(db):
    told = master_form.told(opened(db, "acme"), {"zone": [], "currency": []})
    fields = {field["name"]: field for group in told["groups"] for field in group["fields"]}
    assert told["key"]["name"] == "id"
    assert fields["schedule"]["options"][0] == ("", "Never")
    assert (fields["zone"]["list"], fields["currency"]["list"], fields["city"]["list"]) == (
        "zone",
        "currency",
        "",
    )
    save(db, opened(db, "", CONTACTS), "al", customer="acme")
    told = master_form.told(opened(db, "al", CONTACTS), {"customer": ["acme"]})
    assert told["groups"][0]["fields"][0]["fixed"]

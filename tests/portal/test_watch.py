"""Pages end with the sign-in that they were opened in."""

import time
from dataclasses import replace

import pytest

from portal.doors import BY, Visitor, cookie_of
from portal.wire import kind, talk, told, written
from tollbook.account.database import shared
from tollbook.account.models import Customer, now
from tollbook.account.people import persons, sessions
from tollbook.params import Site, read
from tollbook.portal.warm import Owner
from tollbook.portal.watch import EVERY_S, over


@pytest.fixture
def owner(workspace, monkeypatch):
    """The owner of a kernel of a contact, whose session is open."""
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    with shared(workspace).session() as session:
        session.add(Customer(id="acme", name="ACME", currency="EUR"))
        session.flush()
        persons.add(session, "contact", "carl", {"customer": "acme"}, BY)
        token = sessions.begin(session, persons.found(session, "carl"), "127.0.0.1", "tests", now())
        found = sessions.find(session, token, "127.0.0.1", read("site", Site), now())
    return Owner.of(found)


def change(workspace, work):
    with shared(workspace).session() as session:
        work(session)


def test_while_nothing_has_changed_a_page_goes_on(owner):
    assert over([owner]) == []


def test_it_ends_with_the_session(workspace, owner):
    change(
        workspace, lambda session: sessions.end(session, owner.actor.person_id, owner.signed_id, BY, now())
    )
    assert over([owner]) == [owner]


def test_it_ends_when_its_reader_is_disabled(workspace, owner):
    change(workspace, lambda session: persons.disable(session, "carl", BY))
    assert over([owner]) == [owner]


def test_it_ends_when_its_reader_is_shown_less_of_carriers(workspace, owner):
    change(workspace, lambda session: setattr(session.get_one(Customer, "acme"), "carriers_shown", "no"))
    assert over([owner]) == [owner]


def test_one_of_a_session_that_there_is_not_ends(owner):
    assert over([replace(owner, signed_id=owner.signed_id + 1)])


@pytest.mark.slow
def test_within_seconds_of_a_sign_out_elsewhere_the_line_is_closed(billing, billable):
    cookie = cookie_of(billable.home, "leaver", role="admin")
    visitor = Visitor(billing, cookie)
    kernel_id = visitor.post("/calls?start=2024-10-05&end=2024-10-06").text.split('"kernelId": "')[1][:36]
    ask = [written(told("kernel_info_request", {}), v1=False)]
    assert kind(talk(billing, cookie, kernel_id, ask)[-1]) == "kernel_info_reply"
    with shared(billable).session() as session:
        person = persons.found(session, "leaver")
        sessions.end_others(session, person.id, None, BY, now())
    time.sleep(2 * EVERY_S)
    other = Visitor(billing, cookie_of(billable.home, "leaver"))
    assert other.get(f"/api/kernels/{kernel_id}").status == 404

"""The page of the audit: pages of entries, what narrows them, and one of them opened."""

from datetime import UTC, datetime, timedelta

import pytest

from tollbook.account.audit import Actor, record, record_each
from tollbook.account.database import Database
from tollbook.account.scope import Scope
from tollbook.errors import TollbookError
from tollbook.params import Audit
from tollbook.show import audit, reader

AT = datetime(2026, 10, 5, 9, tzinfo=UTC)
ANNA = Actor(7, "anna", "192.0.2.1", via="portal")
PAGE = 3


@pytest.fixture
def db(workspace, monkeypatch):
    """Seven entries, of which the last was refused; three on a page."""
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    monkeypatch.setattr(reader._process, "scope", None)
    monkeypatch.setattr(reader._process, "actor", None)
    monkeypatch.setattr(audit, "ROWS", PAGE)
    made = Database.of(workspace)
    with made.session() as session:
        record_each(session, ANNA, "add", [(f"customer c{n}", None, {"name": f"C{n}"}) for n in range(6)], AT)
        record(session, Actor(8, "ben"), "see", "people", "refused", at=AT + timedelta(hours=1))
    yield made
    made.close()


def numbers(page):
    return page.grid().frame["number"].to_list()


def choose(page, **values):
    bar = page.controls()
    bar.values = {**bar.values, **values}
    return bar.fault


def test_the_newest_come_first_and_the_others_on_pages_beside(db):
    page = audit.read()
    assert (numbers(page), page.turns().newer, page.turns().older) == (["7", "6", "5"], "", "after:5")
    choose(page, place="after:5")
    assert (numbers(page), page.turns().newer, page.turns().older) == (["4", "3", "2"], "before:4", "after:2")
    choose(page, place="after:2")
    assert (numbers(page), page.turns().newer, page.turns().older) == (["1"], "before:1", "")
    choose(page, place="before:4")
    assert (numbers(page), page.turns().newer, page.turns().older) == (["7", "6", "5"], "", "after:5")
    choose(page, place=audit.OLDEST)
    assert (numbers(page), page.turns().newer, page.turns().older) == (["3", "2", "1"], "before:3", "")


def test_what_is_chosen_narrows_and_is_counted_when_that_is_asked_for(db):
    page = audit.read(outcome="refused", who="be")
    assert (numbers(page), page.turns().count) == (["7"], "")
    page.turns()._handle_custom_msg({"kind": "count"}, [])
    assert page.turns().count == "1 entry"
    assert choose(page, outcome="", who="", kind="customer", which="c3") == ""
    assert (numbers(page), page.turns().count) == (["4"], "")
    assert page.turns().query == "kind=customer&which=c3"


def test_another_page_of_the_same_keeps_the_count(db):
    page = audit.read()
    page.turns()._handle_custom_msg({"kind": "count"}, [])
    choose(page, place="after:5")
    assert page.turns().count == "7 entries"


def test_an_entry_is_opened_and_its_link_keeps_what_is_chosen(db):
    page = audit.read(who="anna", entry="3")
    told = page.turns().opened
    assert (told["number"], told["changes"][0]["after"]) == ("3", "C2")
    assert page.grid().frame["href"][0] == "audit?who=anna&entry=6"
    choose(page, entry="")
    assert page.turns().opened == {}
    assert choose(page, entry="99") == "The audit has no entry 99."


def test_new_entries_come_to_the_newest_page_alone(db):
    page, older = audit.read(), audit.read(place="after:5")
    other = Database(db.url.render_as_string(hide_password=False))
    with other.session() as session:
        record(session, ANNA, "add", "customer new")
    other.close()
    for one in (page, older):
        one.controls()._handle_custom_msg({"kind": "tick"}, [])
    assert (numbers(page), numbers(older)) == (["8", "7", "6"], ["4", "3", "2"])


@pytest.mark.parametrize(
    "wrong", [{"outcome": "maybe"}, {"place": "after"}, {"entry": "x"}, {"zone": "Mars"}]
)
def test_what_means_nothing_is_refused(db, wrong):
    with pytest.raises(TollbookError):
        audit.read(**wrong)


def test_a_span_can_end_now_and_begin_so_long_before():
    now = datetime(2026, 10, 6, tzinfo=UTC)
    asked = audit.wanted(Audit(start="-24h"), now)
    assert (asked.since, asked.until) == (now - timedelta(days=1), None)
    asked = audit.wanted(Audit(start="2026-10-05T12:00", end="2026-10-06", zone="Europe/Riga"))
    assert (asked.since, asked.until) == (
        datetime(2026, 10, 5, 9, tzinfo=UTC),
        datetime(2026, 10, 5, 21, tzinfo=UTC),
    )


def test_no_contact_reads_it(db, monkeypatch):
    monkeypatch.setenv(reader.VARIABLE, reader.TOLD)
    reader.begin(Scope("contact", "acme").text())
    with pytest.raises(TollbookError, match="may not see"):
        audit.read()

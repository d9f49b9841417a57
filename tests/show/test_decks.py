"""The page of rate decks: what it shows, and what a page may ask for."""

import csv
import io
from decimal import Decimal

import pytest
from sqlalchemy import select

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.account.people.models import AuditEvent
from tollbook.account.scope import Scope
from tollbook.errors import TollbookError, UsageError
from tollbook.portal.lines import LARGEST
from tollbook.show import deck_intake, deck_words, decks, reader
from tollbook.show.assets import STATIC

ANNA = Actor(7, "anna", "192.0.2.1")
ADMIN, ANALYST, CONTACT = Scope("admin"), Scope("analyst"), Scope("contact", "acme")
HEAD = b"prefix,destination,rate_per_min,initial_increment_s,increment_s\n"
FILE = HEAD + b"44,UK,0.015,60,60\n1,USA,0.01,6,6\n"


@pytest.fixture
def opened(charged, monkeypatch):
    """The page as a reader of the portal has it; acme has a deck with 44 and 447, kilo has none."""
    monkeypatch.setenv("TOLLBOOK_HOME", str(charged.home))
    monkeypatch.setattr(reader._process, "scope", None)
    monkeypatch.setattr(reader._process, "actor", None)
    with Database.of(charged).session() as session:
        session.add(Carrier(id="kilo", name="Kilo", currency="USD"))

    def show(scope=ADMIN, actor=ANNA, **given):
        monkeypatch.setenv(reader.VARIABLE, reader.TOLD)
        reader.begin(scope.text(), actor.text())
        return decks.read(**given)

    return show


def ask(part, *buffers, **message):
    """What the page is told when it asks for this."""
    part._handle_custom_msg(message, [memoryview(one) for one in buffers])
    return part.fault or part.said


def upload(page, content=FILE, name="new.csv", **more):
    """Send a file, in pieces if it is longer than one."""
    size = len(content)
    for at in range(0, max(size, 1), page.intake().told["piece"]):
        piece = content[at : at + page.intake().told["piece"]]
        told = {"kind": "piece", "name": name, "size": size, "at": at, "deck": "customer:acme", **more}
        fault = ask(page.intake(), piece, **told)
    return fault


def audited(home):
    with Database.of(home).reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.login == "anna").order_by(AuditEvent.id))
        return [(event.action, event.resource, event.outcome) for event in events]


def test_the_first_deck_is_open_with_its_rates_and_its_only_version(opened):
    page = opened()
    assert page.decks().frame.select("owner", "side", "currency", "version", "rates").rows() == [
        ("acme", "Customer", "EUR", 1, 2)
    ]
    assert page.rates().frame.select("prefix", "rate_per_min", "increments").rows() == [
        ("44", Decimal("0.010"), "60/60"),
        ("447", Decimal("0.028"), "60/60"),
    ]
    assert page.opened().told["title"].startswith("acme (Customer), EUR: version 1 of 1, in force since 20")
    assert page.versions().frame["version"].to_list() == [1]
    assert page.counts().told["title"] == "There is no version to compare with."
    assert page.differences().frame.height == 0


def test_a_number_shows_which_rate_it_gets(opened):
    page = opened(number="+44 7700 900123", at="2026-10-05T09:00")
    assert page.opened().told["lines"] == [
        "447700900123 at 2026-10-05 09:00 UTC: prefix 447, UK mobile, 0.028 EUR a minute, 60/60 s, connect fee 0"
    ]
    assert page.rates().frame.select("prefix", "tone").rows() == [("44", None), ("447", "good")]
    bar = page.controls()
    bar.values = {**bar.values, "number": "1212", "at": ""}
    assert page.opened().told["lines"][0].endswith("UTC: no rate fits it, so a call gets no price.")
    bar.values = {**bar.values, "number": "", "prefix": "447"}
    assert page.rates().frame["prefix"].to_list() == ["447"]


def test_a_number_is_looked_up_as_its_customer_s_rules_write_it(opened, charged):
    with Database.of(charged).session() as session:
        session.get_one(Customer, "acme").number_rules = "0>44 9>"
    page = opened(number="07700 900123", at="2026-10-05T09:00")
    first, rate = page.opened().told["lines"]
    assert first == "For rating 07700900123 is written 447700900123, by the rules of its customer."
    assert "prefix 447, UK mobile, 0.028 EUR a minute" in rate
    assert page.rates().frame.select("prefix", "tone").rows() == [("44", None), ("447", "good")]
    bar = page.controls()
    bar.values = {**bar.values, "number": "9"}
    assert page.rates().frame.height == 0  # nothing is left of it, which no rate fits


def test_two_versions_are_compared_and_an_older_one_is_opened(opened, repriced):
    repriced("0.012", "0.028", ("1", "USA", "0.01"))
    page = opened()
    assert page.counts().told["title"] == "Version 2 against version 1"
    assert [(kind, count) for kind, _, count in page.counts().told["counts"] if count] == [
        ("new", 1), ("raised", 1), ("unchanged", 1),
    ]  # fmt: skip
    assert page.differences().frame.select("prefix", "kind", "change", "tone").rows() == [
        ("44", "▲ dearer", Decimal("0.002"), "wrong"),
        ("1", "+ new", None, "good"),
        ("447", "= unchanged", 0, "quiet"),
    ]
    bar = page.controls()
    bar.values = {**bar.values, "version": "1", "against": "2"}
    assert page.rates().frame.height == 2
    assert "in force from" in page.opened().told["title"]
    assert page.differences().frame["kind"].to_list()[0] == "▼ cheaper"
    bar.values = {**bar.values, "version": "3"}
    assert bar.fault == "There is no version 3: there are 1 to 2."
    assert page.rates().frame.height == 2


def test_a_file_is_compared_first_and_put_in_force_then(opened, charged):
    page = opened()
    assert upload(page) == ""
    told = page.intake().told
    assert told["planned"] == "new.csv: 2 rates in EUR would be version 2 of the deck of acme."
    assert page.changes().frame.select("prefix", "kind").rows() == [
        ("44", "▲ dearer"), ("1", "+ new"), ("447", "× ended"),
    ]  # fmt: skip
    assert page.affected().frame.height == 0  # no call is of the last 30 days
    assert page.versions().frame.height == 1
    assert ask(page.intake(), kind="enter") == "Version 2 of the deck of acme is in force."
    assert page.versions().frame["version"].to_list() == [2, 1]
    assert (page.intake().told["file"], page.changes().frame.height) == ("", 0)
    assert ask(page.intake(), kind="enter") == "Choose a CSV, XLSX or JSON file."
    assert audited(charged) == [("import", "deck of customer acme", "done")]


def test_a_file_may_come_in_pieces_and_be_dropped(opened, monkeypatch):
    monkeypatch.setattr(decks, "PIECE", 10)
    page = opened()
    assert upload(page) == ""
    assert page.changes().frame.height == 3
    ask(page.intake(), kind="drop")
    assert (page.changes().frame.height, page.intake().told["planned"]) == (0, "")
    assert decks.PIECE < decks.LARGEST_FILE
    assert deck_intake.PIECE < LARGEST - 64 * 1024


def test_a_first_deck_of_a_carrier_takes_the_carrier_s_currency(opened):
    page = opened()
    assert ("carrier:kilo", "kilo (Carrier)") in page.intake().told["owners"]
    upload(page, deck="carrier:kilo")
    assert ask(page.intake(), kind="enter") == "Version 1 of the deck of kilo is in force."
    assert page.decks().frame["currency"].to_list() == ["EUR", "USD"]


def test_whoever_saw_another_comparison_puts_nothing_in_force(opened, repriced):
    page = opened()
    upload(page)
    repriced("0.5", "0.5")
    assert ask(page.intake(), kind="enter") == "Another version came meanwhile: choose the file again."


@pytest.mark.parametrize(
    ("given", "content", "why"),
    [
        ({}, HEAD + b"4.47E+11,UK,1,1,1\n", "new.csv: line 2: prefix: '4.47E+11' is in scientific notation"),
        ({"currency": "usd"}, FILE, "has the currency EUR, the deck would have USD"),
        ({"deck": "customer:nobody"}, FILE, "There is no such row."),
        ({"at": 5}, FILE, "Choose a CSV, XLSX or JSON file."),
        ({"size": "9"}, FILE, "Choose a CSV, XLSX or JSON file."),
        ({"size": 2**30}, FILE, "The file is larger than 16 MB."),
        ({"name": 7}, FILE, "This cannot be done with these rows."),
    ],
    ids=["prefix", "currency", "owner", "place", "size", "large", "name"],
)  # fmt: skip
def test_what_does_not_fit_is_said_and_nothing_waits(opened, given, content, why):
    page = opened()
    assert why in upload(page, content, **given)
    assert ask(page.intake(), kind="enter") == "Choose a CSV, XLSX or JSON file."


@pytest.mark.parametrize("actor", [ANNA, Actor(7, "anna", seen_as="carl")], ids=["analyst", "as another"])
def test_an_analyst_looks_and_changes_nothing(opened, charged, actor):
    page = opened(ANALYST if actor is ANNA else ADMIN, actor)
    assert page.intake().told["may"] is False
    assert upload(page) == "You may not change this."
    assert audited(charged)[-1] == ("change", "decks", "refused")


def test_the_rates_are_saved_as_a_file_and_the_audit_says_so(opened, charged):
    page, sent = opened(), []
    page.opened().send = lambda told, buffers: sent.append((told["name"], buffers[0]))
    assert ask(page.opened(), kind="download", format="csv") == ""
    ((name, content),) = sent
    assert name == "acme-1.csv"
    assert [row["prefix"] for row in csv.DictReader(io.StringIO(content.decode()))] == ["44", "447"]
    assert audited(charged) == [("export", "decks", "done")]
    assert ask(page.opened(), kind="download", format="pdf") == "An export is CSV or XLSX."


def test_a_long_deck_is_cut_and_says_so(opened, monkeypatch):
    monkeypatch.setattr(decks, "MOST_ROWS", 1)
    page = opened()
    assert (page.rates().frame.height, page.opened().told["note"]) == (
        1,
        "The first 1 rates; a prefix leaves fewer.",
    )


def test_a_tick_shows_what_others_have_done(opened, repriced):
    page = opened()
    repriced("0.5", "0.5")
    page.controls()._handle_custom_msg({"kind": "tick"}, [])
    assert page.versions().frame.height == 2


def test_a_contact_sees_no_deck(opened):
    with pytest.raises(TollbookError, match="You may not see this"):
        opened(CONTACT)


def test_an_account_without_decks_says_so(workspace, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    page = decks.read()
    assert (page.decks().frame.height, page.opened().told["title"]) == (0, "")
    assert ask(page.opened(), kind="download", format="csv") == "An export is CSV or XLSX."


def test_what_the_parameters_mistake_is_said():
    with pytest.raises(UsageError, match="unknown key 'dek', did you mean 'deck'"):
        decks.read(dek="acme")


def test_the_module_has_each_part_and_each_word():
    module = "".join((STATIC / name).read_text() for name in (decks.DeckPart.module_file, "part.js"))
    assert [name for name in deck_words.words() if f"words.{name}" not in module] == []
    assert "{ open: Open, counts: Counts, intake: Intake }" in module

"""The page of master data: what is sent to whom, and what a page may ask for."""

import pytest
from sqlalchemy import select

from tollbook.account import parties
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.account.people import persons
from tollbook.account.people.models import AuditEvent
from tollbook.account.scope import Scope
from tollbook.errors import TollbookError
from tollbook.show import master, reader
from tollbook.show.assets import STATIC

BY = Actor(None, "test")
ADMIN, ANALYST, CONTACT = Scope("admin"), Scope("analyst"), Scope("contact", "acme")
ANNA = Actor(7, "anna@acme.example", "192.0.2.1")


@pytest.fixture
def db(workspace, monkeypatch, keep):
    """Acme with a contact, and kilo; zeta and south are in the records alone."""
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    monkeypatch.setattr(reader._process, "scope", None)
    monkeypatch.setattr(reader._process, "actor", None)
    made = Database.of(workspace)
    with made.session() as session:
        parties.add(session, Customer, "acme", {"currency": "EUR", "channels": "30"}, BY)
        parties.add(session, Carrier, "kilo", {"currency": "USD"}, BY)
        persons.add(session, "contact", "al", {"customer": "acme"}, BY)
    keep(
        [{"at": "2026-10-05T10:00", "customer": name} for name in ("acme", "zeta")],
        [{"at": "2026-10-05T10:00", "carrier": name} for name in ("kilo", "south")],
    )
    yield made
    made.close()


@pytest.fixture
def opened(db, monkeypatch):
    """The page as a reader of the portal has it."""

    def show(scope=ADMIN, actor=ANNA, **given):
        monkeypatch.setenv(reader.VARIABLE, reader.TOLD)
        reader.begin(scope.text(), actor.text() if actor else "")
        return master.read(**given)

    return show


def ask(part, buffers=(), **message):
    """What the page is told when it asks for this."""
    part._handle_custom_msg(message, [memoryview(one) for one in buffers])
    return part.fault or part.said


def typed(page, kind, key="", **texts):
    """What the form is told when this is typed into it."""
    told = page.form().told
    return ask(page.form(), kind=kind, serial=told["serial"], key=key, values={**told["values"], **texts})


def choose(page, **values):
    bar = page.controls()
    bar.set_state({"values": {**bar.values, **values}})
    return bar.fault


def audited(db):
    with db.reading() as session:
        mine = select(AuditEvent).where(AuditEvent.login == ANNA.login).order_by(AuditEvent.id)
        return [(event.action, event.resource, event.outcome) for event in session.scalars(mine)]


def test_each_kind_has_its_rows_those_included_that_only_records_name(opened):
    page = opened()
    assert page.grid().frame["id"].to_list() == ["zeta", "acme"]
    choose(page, kind="carrier")
    assert page.grid().frame["id"].to_list() == ["south", "kilo"]
    assert page.grid().file_name == "carriers"
    choose(page, kind="contact")
    assert page.grid().frame["login"].to_list() == ["al"]
    assert page.files().told["columns"].startswith("login, customer, name")


def test_a_row_is_opened_checked_and_saved(opened, db):
    page = opened(entry="acme")
    told = page.form().told
    assert (told["open"], told["title"], told["values"]["channels"]) == ("change", "acme", "30")
    assert typed(page, "check") == "Nothing is changed yet."
    assert typed(page, "check", channels="60") == ""
    assert page.form().told["changes"] == [{"label": "Channels", "before": "30", "after": "60"}]
    assert typed(page, "save", channels="60") == "Saved."
    assert page.form().told["values"]["channels"] == "60"
    assert page.grid().frame.filter(id="acme")["channels"].to_list() == [60]
    assert audited(db) == [("change", "customer acme", "done")]


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(opened):
    page = opened(entry="acme")
    serial = page.form().told["serial"]
    assert typed(page, "check", channels="many", city="Bern") == ""
    told = page.form().told
    assert set(told["faults"]) == {"channels"}
    assert (told["serial"], told["values"]["city"]) == (serial, "Bern")
    assert typed(page, "save", channels="many") == "Nothing was saved."


def test_a_name_of_the_records_opens_a_form_with_it_filled_in(opened, db):
    page = opened(entry="zeta")
    assert (page.form().told["open"], page.form().told["name"]) == ("add", "zeta")
    assert typed(page, "save", "zeta", currency="EUR") == "Saved."
    assert page.grid().frame["state"].to_list() == [None, None]
    assert page.form().told["open"] == "change"
    assert audited(db) == [("add", "customer zeta", "done")]


def test_a_new_one_has_an_empty_form_and_is_in_the_address_once_it_is_saved(opened):
    page = opened(kind="carrier", entry="kilo")
    ask(page.form(), kind="new")
    assert (page.form().told["open"], page.controls().values["entry"]) == ("add", "")
    assert typed(page, "save", "lima", currency="EUR") == "Saved."
    assert page.controls().values["entry"] == "lima"
    ask(page.form(), kind="close")
    assert ("open" in page.form().told, page.controls().values["entry"]) == (False, "")


def test_another_kind_closes_what_was_open_of_the_one_before(opened):
    page = opened(entry="acme")
    assert choose(page, kind="carrier") == ""
    assert ("open" in page.form().told, page.controls().values["entry"]) == (False, "")
    choose(page, kind="contact", entry="al")
    assert (page.form().told["open"], page.form().told["lists"]["customer"]) == ("change", ["acme"])


def test_the_same_asked_again_is_told_again(opened):
    page, heard = opened(entry="acme"), []
    page.form().observe(lambda change: heard.append(change["new"]["changes"]), "told")
    for _ in range(2):
        typed(page, "check", channels="60")
    assert len(heard) == 2
    assert heard[0] == heard[1] != []


def test_a_row_of_the_grid_is_opened_from_its_menu(opened):
    page = opened()
    grid = page.grid()
    grid._handle_custom_msg({"kind": "action", "action": "open", "rows": [1], "revision": grid.revision}, [])
    assert (grid.fault, page.form().told["title"], page.controls().values["entry"]) == ("", "acme", "acme")


def test_who_saves_second_goes_on_with_what_both_have_written(opened, db):
    page = opened(entry="acme")
    with db.session() as session:
        parties.change(session, Customer, "acme", {"channels": "45"}, Actor(8, "otto"))
    assert typed(page, "save", channels="60").startswith("otto has changed this meanwhile: Channels.")
    told = page.form().told
    assert (told["notes"], told["values"]["channels"]) == ({"channels": "Meanwhile: 45"}, "60")
    assert typed(page, "save") == "Saved."
    assert page.grid().frame.filter(id="acme")["channels"].to_list() == [60]


def test_a_contact_is_let_in_no_longer_and_again(opened, db):
    page = opened(kind="contact", entry="al")
    assert page.form().told["door"] == "disable"
    serial = page.form().told["serial"]
    assert ask(page.form(), kind="disable", serial=serial).startswith("Nobody can sign in so any more")
    assert page.form().told["door"] == "enable"
    assert page.grid().frame["state"].to_list() == ["disabled"]
    assert ask(page.form(), kind="enable", serial=serial) == "There is no such row."  # the form of before
    assert ask(page.form(), kind="enable", serial=page.form().told["serial"]).startswith("Whoever has")
    assert page.grid().frame["state"].to_list() == [None]
    assert audited(db) == [("disable", "contact al", "done"), ("enable", "contact al", "done")]


def test_nothing_else_is_let_in_or_not(opened, db):
    for given in ({"entry": "acme"}, {"kind": "contact"}):
        page = opened(**given)
        assert not page.form().told.get("door")
        told = ask(page.form(), kind="disable", serial=page.form().told["serial"])
        assert told == "There is no such row."
    assert audited(db) == []


def test_an_old_form_or_what_is_no_text_is_refused(opened):
    page = opened(entry="acme")
    told = page.form().told
    assert ask(page.form(), kind="save", serial=told["serial"] - 1, values={}) == "There is no such row."
    assert ask(page.form(), kind="save", serial=told["serial"], values=[]) == "There is no such row."
    for values in ({"city": 7}, {"city": "x" * 5000}):
        assert "Too long" in ask(page.form(), kind="save", serial=told["serial"], key="", values=values)
    ask(page.form(), kind="close")
    assert ask(page.form(), kind="save", serial=told["serial"], values={}) == "There is no such row."


@pytest.mark.parametrize(
    ("scope", "actor"),
    [(ANALYST, ANNA), (ADMIN, None), (ADMIN, Actor(7, ANNA.login, seen_as="carl"))],
    ids=["analyst", "nobody", "as another"],
)
def test_who_may_not_change_looks_at_all_and_is_refused_all_else(opened, scope, actor):
    page = opened(scope, actor, entry="acme")
    assert (page.form().told["may"], page.files().told["may"]) == (False, False)
    assert typed(page, "check", channels="60") == "You may not change this."
    assert typed(page, "save", channels="60") == "You may not change this."
    choose(page, kind="contact", entry="al")
    assert typed(page, "disable") == "You may not change this."
    content = [b"id\nnew\n"]
    assert ask(page.files(), content, kind="plan", name="n.csv") == "You may not change this."
    assert ask(page.files(), kind="enter") == "You may not change this."


def test_a_contact_has_no_such_page(opened):
    with pytest.raises(TollbookError, match="You may not see this"):
        opened(CONTACT)


def test_a_file_is_looked_at_first_and_entered_whole(opened, db):
    page = opened()
    content = b"id,channels\nacme,60\nbolt,5\n"
    assert ask(page.files(), [content], kind="plan", name="n.csv") == ""
    told = page.files().told
    assert [told[name] for name in ("rows", "added", "changed", "conflicts")] == [2, 1, 1, 0]
    assert page.dry_run().frame.select("line", "what", "after").rows() == [
        (2, "changed", "60"),
        (3, "new", "5"),
    ]
    assert page.grid().frame.height == 2
    assert ask(page.files(), kind="enter") == "2 rows were entered or changed."
    assert page.grid().frame["id"].to_list() == ["zeta", "acme", "bolt"]
    assert page.dry_run().frame.is_empty()
    assert ask(page.files(), kind="enter") == "Choose a CSV or an XLSX file."
    assert audited(db)[-1] == ("import", "master_data", "done")


def test_a_file_with_a_conflict_is_not_entered(opened):
    page = opened()
    ask(page.files(), [b"id,channels\nbolt,5\nacme,many\n"], kind="plan", name="n.csv")
    assert page.dry_run().frame["what"].to_list() == ["conflict", "new"]
    assert "line 3: channels" in ask(page.files(), kind="enter")
    assert page.grid().frame.height == 2


def test_what_has_changed_since_the_dry_run_is_shown_before_anything_is_entered(opened, db):
    page = opened()
    ask(page.files(), [b"id,channels\nacme,60\n"], kind="plan", name="n.csv")
    with db.session() as session:
        parties.change(session, Customer, "acme", {"channels": "45"}, BY)
    assert ask(page.files(), kind="enter").startswith("The rows have changed meanwhile")
    assert page.dry_run().frame["before"].to_list() == ["45"]
    assert ask(page.files(), kind="enter") == "1 row was entered or changed."


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("n.txt", [b"x"], "Choose a CSV or an XLSX file."),
        (7, [b"x"], "Choose a CSV or an XLSX file."),
        ("n.csv", [], "Choose a CSV or an XLSX file."),
        ("n.csv", [b"x"], "unknown column 'x'"),
        ("n.csv", [b"id\n"], "no rows below the header"),
        ("n.csv", [b"x" * 20], "larger than"),
    ],
)
def test_what_is_no_such_file_is_said(opened, monkeypatch, name, content, why):
    monkeypatch.setattr(master, "LARGEST_FILE", 10)
    assert why in ask(opened().files(), content, kind="plan", name=name)


def test_all_of_it_is_a_file_that_is_read_in_again_and_the_audit_has_that(opened, db):
    page, sent = opened(ANALYST), []
    page.files().send = lambda content, buffers=None: sent.append((content["name"], buffers[0]))
    assert ask(page.files(), kind="export", format="csv") == ""
    assert sent[0][0] == "customers.csv"
    assert sent[0][1].startswith(b"id,name,currency,channels")
    assert ask(page.files(), kind="export", format="exe") == "An export is CSV or XLSX."
    assert audited(db) == [("export", "master_data", "done")]


def test_a_tick_shows_what_others_have_done(opened, db):
    page = opened()
    with db.session() as session:
        parties.add(session, Customer, "bolt", {}, BY)
    page.controls()._handle_custom_msg({"kind": "tick"}, [])
    assert page.grid().frame["id"].to_list() == ["zeta", "acme", "bolt"]


def test_the_module_has_each_part_and_each_word():
    module = (STATIC / "master.js").read_text() + (STATIC / "part.js").read_text()
    assert [name for name in master.words() if f"words.{name}" not in module] == []
    assert "{ form: Form, intake: Files }" in module

"""The page of number blocks: what is sent to whom, and what a page may ask for."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.numbering import blocks, extensions, lines, outgo
from tollbook.account.numbering.models import NumberSettings
from tollbook.account.people.models import AuditEvent
from tollbook.account.scope import Scope
from tollbook.errors import TollbookError, UsageError
from tollbook.portal.lines import LARGEST
from tollbook.show import number_files, numbers, reader
from tollbook.show.assets import STATIC

BY = Actor(None, "test")
ADMIN, ANALYST, CONTACT = Scope("admin"), Scope("analyst"), Scope("contact", "acme")
ANNA = Actor(7, "anna@acme.example", "192.0.2.1")


@pytest.fixture
def db(workspace, monkeypatch):
    """Acme has 0100-0109 with 0100 and, outside of it, 7000; bolt has 2000-2009; blocks of 10 begin at 1000."""
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    monkeypatch.setattr(reader._process, "scope", None)
    monkeypatch.setattr(reader._process, "actor", None)
    made = Database.of(workspace)
    with made.session() as session:
        session.add_all([Customer(id=name, name=name) for name in ("acme", "bolt")])
        session.flush()
        blocks.set_up(session, BY, start="1000", size=10)
        extensions.add(session, BY, "acme", "7000")
        blocks.allocate(session, BY, "acme", "0100", "0109")
        blocks.allocate(session, BY, "bolt", "2000", "2009")
        extensions.add(session, BY, "acme", "0100", "Desk")
    yield made
    made.close()


@pytest.fixture
def opened(db, monkeypatch):
    """The page as a reader of the portal has it."""

    def show(scope, actor=ANNA, **given):
        monkeypatch.setenv(reader.VARIABLE, reader.TOLD)
        reader.begin(scope.text(), actor.text() if actor else "")
        return numbers.read(**given)

    return show


def ask(part, buffers=(), **message):
    """What the page is told when it asks for this."""
    part._handle_custom_msg(message, [memoryview(one) for one in buffers])
    return part.fault or part.said


def spans(page):
    return [f"{one['kind']} {one['start']}-{one['end']}" for one in page.map().told["segments"]]


def audited(db):
    with db.reading() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.login == ANNA.login).order_by(AuditEvent.id)
        )
        return [(event.action, event.resource, event.outcome) for event in events]


def test_an_admin_sees_every_block_and_what_is_between_them(opened):
    page = opened(ADMIN)
    assert spans(page) == ["block 0100-0109", "gap 1000-1999", "block 2000-2009"]
    assert (page.map().told["next"], page.map().told["customers"]) == ("1000-1009", ["acme", "bolt"])
    assert page.extensions().frame["number"].to_list() == ["0100", "7000"]
    assert page.extensions().frame["mark"].to_list() == ["", "outside of its blocks"]


def test_a_contact_is_sent_its_own_and_no_gap_that_would_tell_of_others(opened):
    page = opened(CONTACT)
    assert spans(page) == ["block 0100-0109"]
    told = repr([part.get_state() for part in (page.map(), page.taking(), page.intake(), page.controls())])
    assert "bolt" not in told
    assert "2000" not in told
    assert [page.map().told[name] for name in ("next", "start", "size")] == ["", "", ""]
    assert [column.name for column in page.extensions().given] == [
        "number",
        "name",
        "block",
        "mark",
        "created_at",
    ]
    assert page.controls().fields == []


def test_a_customer_is_picked(opened):
    page = opened(ADMIN, customer="bolt")
    assert spans(page) == ["block 2000-2009"]
    bar = page.controls()
    bar.values = {**bar.values, "customer": "acme"}
    assert spans(page) == ["block 0100-0109"]


def test_an_admin_allocates_and_releases(opened, db):
    page = opened(ADMIN)
    assert ask(page.map(), kind="allocate", customer="bolt") == "1000-1009 is now a block of bolt."
    assert ask(page.map(), kind="allocate", customer="acme", start="3000", end="3009").startswith("3000-3009")
    number = next(one["id"] for one in page.map().told["segments"] if one["start"] == "1000")
    assert ask(page.map(), kind="release", id=number) == "1000-1009 is no longer a block of bolt."
    assert "block 1000-1009" not in spans(page)
    assert [what[0] for what in audited(db)] == ["allocate", "allocate", "release"]


def test_an_admin_sets_where_blocks_begin_and_how_large_they_are(opened, db):
    page = opened(ADMIN)
    part = page.map()
    assert (part.told["start"], part.told["size"]) == ("1000", "10")
    assert ask(part, kind="set up", start="", size="5") == "Blocks begin at 1000, and the next has 5 numbers."
    assert (
        ask(part, kind="set up", start="0300", size="20")
        == "Blocks begin at 0300, and the next has 20 numbers."
    )
    assert (part.told["start"], part.told["size"], part.told["next"]) == ("0300", "20", "0300-0319")
    assert ask(part, kind="set up", start="x", size="") == "'x' is no number: write digits alone"
    assert ask(part, kind="set up", start="1000", size="-1") == "'-1' is no number: write digits alone"
    assert ask(part, kind="set up", start="1000", size="0") == "size 0: a block has 1 to 1000000000 numbers"
    assert part.told["next"] == "0300-0319"
    assert audited(db) == [("change", "block settings", "done")] * 2


def test_where_nobody_has_said_where_blocks_begin_the_page_says_what_to_do(opened, db):
    with db.session() as session:
        session.delete(session.get_one(NumberSettings, 1))
    part = opened(ADMIN).map()
    assert (part.told["start"], part.told["size"], part.told["next"]) == ("", "", "")
    why = "nobody has said where blocks begin: set the range start and the block size first"
    assert ask(part, kind="allocate", customer="acme") == why
    for start, size in (("", ""), ("1000", ""), ("", "10")):
        told = ask(part, kind="set up", start=start, size=size)
        assert told == "start and size belong together: name both"
    ask(part, kind="set up", start="1000", size="10")
    assert part.told["next"] == "1000-1009"


def test_what_does_not_fit_is_said_and_changes_nothing(opened):
    page = opened(ADMIN)
    before = spans(page)
    number = page.map().told["segments"][0]["id"]
    assert "in use: 0100" in ask(page.map(), kind="release", id=number)
    assert "2005-2009 (block" in ask(page.map(), kind="allocate", customer="acme", start="2005", end="2014")
    assert ask(page.map(), kind="allocate", customer="nobody") == "there is no customer 'nobody'"
    assert ask(page.map(), kind="allocate", customer=7) == "This cannot be done with these rows."
    assert (
        ask(page.map(), kind="allocate", customer="acme", start="9" * 300)
        == "This cannot be done with these rows."
    )
    assert ask(page.map(), kind="release", id="1") == "There is no such row."
    assert "no block '77'" in ask(page.map(), kind="release", id=77)
    assert spans(page) == before


@pytest.mark.parametrize(
    ("scope", "actor", "may"),
    [
        (ADMIN, ANNA, (True, True)),
        (ANALYST, ANNA, (False, False)),
        (CONTACT, ANNA, (False, True)),
        (CONTACT, Actor(7, ANNA.login, seen_as="carl"), (False, False)),
        (ADMIN, None, (False, False)),
    ],
)
def test_each_reader_may_what_the_table_says_and_nobody_changes_what_they_see_as_another(
    opened, scope, actor, may
):
    page = opened(scope, actor)
    assert (page.map().told["may"], page.taking().told["may"]) == may
    taken = ask(page.taking(), kind="take", customer="acme", number="0105")
    assert taken == ("0105 is now an extension of acme." if may[1] else "You may not change this.")
    named = ask(page.taking(), kind="rename", number="0100", name="Hall")
    assert (named == "You may not change this.") is not may[1]
    for asked in ({"kind": "set up", "size": "5"}, {"kind": "allocate", "customer": "acme"}):
        given = ask(page.map(), **asked)
        assert (given == "You may not change this.") is not may[0]
    planned = ask(page.intake(), [b"number,customer\n0106,acme\n"], kind="plan", name="n.csv")
    assert (planned == "You may not change this.") is not may[1]


def test_a_refusal_is_in_the_audit(opened, db):
    page = opened(ANALYST)
    ask(page.map(), kind="release", id=1)
    assert audited(db) == [("change", "blocks", "refused")]


def test_an_extension_is_picked_from_what_is_free(opened, db):
    page = opened(CONTACT)
    told = page.taking().told
    assert (told["customer"], told["numbers"][:2], told["more"]) == ("acme", ["0101", "0102"], False)
    assert (
        ask(page.taking(), kind="take", customer="acme", number="", name="Lobby")
        == "0101 is now an extension of acme."
    )
    assert page.taking().told["numbers"][0] == "0102"
    assert page.extensions().frame["name"].to_list() == ["Desk", "Lobby", ""]
    assert audited(db) == [("add", "extension 0101", "done")]


def test_an_extension_gets_another_name_or_none(opened, db):
    page = opened(CONTACT)
    part = page.taking()
    assert ask(part, kind="rename", number="0100", name="Hall") == "0100 is now called Hall."
    assert page.extensions().frame["name"].to_list() == ["Hall", ""]
    assert page.history().frame["values"][0] == "customer: acme, name: Desk → Hall"
    assert ask(part, kind="rename", number="0100", name="") == "0100 now has no name."
    assert audited(db) == [("change", "extension 0100", "done")] * 2
    with db.session() as session:
        extensions.add(session, BY, "bolt", "2000")
    for number in ("2000", "2001"):  # another's, and nobody's
        told = ask(part, kind="rename", number=number, name="Mine")
        assert told == f"there is no extension {number}"


def test_a_contact_takes_none_of_or_for_another(opened):
    page = opened(CONTACT)
    assert ask(page.taking(), kind="take", customer="bolt") == "there is no customer 'bolt'"
    assert ask(page.taking(), kind="free", customer="bolt") == "there is no customer 'bolt'"
    assert "none of the blocks of acme" in ask(page.taking(), kind="take", customer="acme", number="2000")
    assert "none of the blocks of acme" in ask(page.taking(), kind="take", customer="acme", number="1500")


def test_a_contact_without_a_block_takes_as_many_as_the_site_says(opened, db, tmp_path, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    (tmp_path / "site.yml").write_text("extensions_each: 1\n")
    with db.session() as session:
        session.add(Customer(id="cord", name="cord"))
    page, full = opened(Scope("contact", "cord")), "no extension is free for cord: it needs another block"
    content = b"number,customer\n1500,cord\n1501,cord\n"
    assert ask(page.intake(), [content], kind="plan", name="n.csv") == ""
    assert ask(page.intake(), kind="enter") == "1 extension was entered."
    assert page.conflicts().frame["why"].to_list() == [full]
    assert ask(page.taking(), kind="take", customer="cord") == full


def test_an_admin_looks_at_what_is_free_for_each(opened):
    page = opened(ADMIN)
    ask(page.taking(), kind="free", customer="bolt")
    assert (page.taking().told["customer"], page.taking().told["numbers"][0]) == ("bolt", "2000")


def test_ticked_extensions_are_freed(opened, db):
    page = opened(CONTACT)
    grid = page.extensions()
    grid._handle_custom_msg(
        {"kind": "action", "action": "remove", "rows": [0, 1], "revision": grid.revision}, []
    )
    assert (grid.fault, page.taking().said) == ("", "2 extensions are free again.")
    assert grid.frame.height == 0
    assert audited(db) == [("remove", "extension 0100", "done"), ("remove", "extension 7000", "done")]


def test_who_may_change_nothing_ticks_nothing(opened):
    grid = opened(ANALYST).extensions()
    assert (grid.actions, grid.frame["removable"].any()) == ([], False)
    grid._handle_custom_msg(
        {"kind": "action", "action": "remove", "rows": [0], "revision": grid.revision}, []
    )
    assert grid.fault == "This cannot be done with these rows."


def test_a_file_is_planned_first_and_entered_then(opened, db):
    page = opened(ADMIN)
    content = b"number,customer,name\n0101,acme,New\n0100,acme,Front\n101,acme,\n2001,acme,\n"
    assert ask(page.intake(), [content], kind="plan", name="n.csv") == ""
    told = page.intake().told
    assert {name: told[name] for name in ("file", "rows", "added", "changed", "unchanged", "conflicts")} == {
        "file": "n.csv", "rows": 4, "added": 1, "changed": 1, "unchanged": 0, "conflicts": 2,
    }  # fmt: skip
    assert page.conflicts().frame.select("line", "number").rows() == [(4, "101"), (5, "2001")]
    assert page.extensions().frame.height == 2
    assert ask(page.intake(), kind="enter") == "1 extension was entered."
    assert page.extensions().frame["name"].to_list() == ["Front", "New", ""]
    assert "file" not in page.intake().told
    assert ask(page.intake(), kind="enter") == "Choose a CSV or an XLSX file."
    assert audited(db) == [
        ("add", "extension 0101", "done"),
        ("change", "extension 0100", "done"),
        ("import", "extensions", "done"),
    ]


def test_a_contact_s_file_has_its_own_alone(opened):
    page = opened(CONTACT)
    content = b"number,customer\n0101,acme\n2001,bolt\n"
    assert ask(page.intake(), [content], kind="plan", name="../n.csv") == ""
    assert page.intake().told["file"] == "n.csv"
    assert page.conflicts().frame["why"].to_list() == ["there is no customer 'bolt'; known: acme"]


def test_a_workbook_is_read_too(opened, db):
    page = opened(ADMIN)
    with db.reading() as session:
        content = outgo.xlsx_file(session)
    assert ask(page.intake(), [content], kind="plan", name="n.XLSX") == ""
    assert page.intake().told["unchanged"] == 2


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("n.txt", [b"x"], "Choose a CSV or an XLSX file."),
        ("n.csv", [], "Choose a CSV or an XLSX file."),
        ("n.csv", [b"x"], "unknown column 'x'"),
        ("n.xlsx", [b"x"], "no XLSX workbook"),
        ("n.csv", [b"x" * 20], "larger than"),
    ],
)
def test_what_is_no_such_file_is_said(opened, monkeypatch, name, content, why):
    monkeypatch.setattr(number_files, "LARGEST_FILE", 10)
    page = opened(ADMIN)
    assert why in ask(page.intake(), content, kind="plan", name=name)
    assert ask(page.intake(), kind="enter") == "Choose a CSV or an XLSX file."


def test_a_file_is_told_its_most_which_the_connection_carries(opened):
    page = opened(ADMIN)
    assert page.intake().told["largest"] == number_files.LARGEST_FILE < LARGEST - 64 * 1024
    ask(page.intake(), [b"number,customer\n0101,acme\n"], kind="plan", name="n.csv")
    assert page.intake().told["largest"] == number_files.LARGEST_FILE
    ask(page.intake(), kind="enter")
    assert page.intake().told == {"may": True, "largest": number_files.LARGEST_FILE}


def test_a_file_is_read_once_and_while_nobody_else_has_to_wait(opened, db, monkeypatch):
    read = []

    def unlocked(path, *most):
        with db.session() as session:
            session.add(Customer(id=f"c{len(read)}", name="written meanwhile"))
        read.append(most)
        return lines.read(path, *most)

    monkeypatch.setattr(numbers, "EXTENSIONS", replace(number_files.EXTENSIONS, read=unlocked))
    page = opened(ADMIN)
    assert ask(page.intake(), [b"number,customer\n0101,acme\n"], kind="plan", name="n.csv") == ""
    assert ask(page.intake(), kind="enter") == "1 extension was entered."
    assert read == [(number_files.MOST_ROWS, number_files.MOST_UNPACKED)]


def test_a_page_takes_fewer_rows_than_the_command_line(opened, monkeypatch):
    monkeypatch.setattr(number_files, "MOST_ROWS", 1)
    page = opened(ADMIN)
    content = b"number,customer\n0101,acme\n0102,acme\n"
    assert ask(page.intake(), [content], kind="plan", name="n.csv") == "The file has more than 1 rows."


def test_a_tick_shows_what_others_have_done(opened, db):
    page = opened(ADMIN)
    before = page.map().told
    page.controls()._handle_custom_msg({"kind": "tick"}, [])
    assert page.map().told is before
    with db.session() as session:
        blocks.allocate(session, BY, "bolt")
    page.controls()._handle_custom_msg({"kind": "tick"}, [])
    assert "block 1000-1009" in spans(page)


def test_an_export_is_in_the_audit(opened, db):
    grid = opened(CONTACT).extensions()
    grid.send = lambda *_: None
    rows = memoryview((0).to_bytes(4, "little"))
    asked = {"kind": "export", "format": "csv", "columns": ["number"], "revision": grid.revision}
    grid._handle_custom_msg(asked, [rows])
    assert (grid.fault, audited(db)) == ("", [("export", "extensions", "done")])


def test_outside_of_the_portal_it_is_whoever_has_the_files(db):
    page = numbers.read()
    assert ask(page.map(), kind="allocate", customer="bolt") == "1000-1009 is now a block of bolt."


def test_an_account_without_customers_says_so(workspace, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    page = numbers.read()
    assert (page.map().told["segments"], page.taking().told["why"]) == ([], "No customers yet.")


def test_what_the_parameters_mistake_is_said():
    with pytest.raises(UsageError, match="unknown key 'custmer', did you mean 'customer'"):
        numbers.read(custmer="acme")


def test_nobody_s_session_opens_nothing(db, monkeypatch):
    monkeypatch.setenv(reader.VARIABLE, reader.TOLD)
    with pytest.raises(TollbookError, match="does not know its reader"):
        numbers.read()


def test_the_module_has_each_part_and_each_word():
    module = "".join((STATIC / name).read_text() for name in (numbers.NumberPart.module_file, "part.js"))
    words = numbers.number_words.words()
    assert [name for name in words if f"words.{name}" not in module] == []
    assert "{ map: Blocks, take: Taking, intake: Files }" in module

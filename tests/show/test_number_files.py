"""Files on the page of number blocks: blocks planned and entered, and files of what there is."""

import pytest

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.numbering import blocks
from tollbook.account.scope import Scope
from tollbook.show import numbers, reader

BY = Actor(None, "test")
ANNA = Actor(7, "anna@acme.example", "192.0.2.1")
FILE = b"start,end,customer\n0100,0109,acme\n3000,3009,bolt\n3005,3014,acme\n"


@pytest.fixture
def opened(workspace, monkeypatch):
    """The page of blocks as a reader of the portal has it; acme has 0100-0109, bolt 2000-2009."""
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    monkeypatch.setattr(reader._process, "scope", None)
    monkeypatch.setattr(reader._process, "actor", None)
    db = Database.of(workspace)
    with db.session() as session:
        session.add_all([Customer(id=name, name=name) for name in ("acme", "bolt")])
        session.flush()
        blocks.allocate(session, BY, "acme", "0100", "0109")
        blocks.allocate(session, BY, "bolt", "2000", "2009")
    db.close()

    def show(scope):
        monkeypatch.setenv(reader.VARIABLE, reader.TOLD)
        reader.begin(scope.text(), ANNA.text())
        return numbers.read()

    return show


def ask(part, buffers=(), **message):
    part._handle_custom_msg(message, [memoryview(one) for one in buffers])
    return part.fault or part.said


def spans(page):
    return [one["start"] for one in page.map().told["segments"] if one["kind"] == "block"]


def test_a_file_of_blocks_is_planned_first_and_entered_then(opened):
    page = opened(Scope("admin"))
    part = page.block_intake()
    assert ask(part, [FILE], kind="plan", name="b.csv") == ""
    assert {name: part.told[name] for name in ("rows", "added", "unchanged", "conflicts")} == {
        "rows": 3, "added": 1, "unchanged": 1, "conflicts": 1,
    }  # fmt: skip
    assert page.block_conflicts().frame.select("line", "number").rows() == [(4, "3005-3014")]
    assert spans(page) == ["0100", "2000"]
    assert ask(part, kind="enter") == "1 block was entered."
    assert spans(page) == ["0100", "2000", "3000"]
    assert page.history().frame["what"][0] == "block 3"


@pytest.mark.parametrize("scope", [Scope("analyst"), Scope("contact", "acme")], ids=["analyst", "contact"])
def test_who_gives_no_blocks_enters_no_file_of_them(opened, scope):
    part = opened(scope).block_intake()
    assert ask(part, [FILE], kind="plan", name="b.csv") == "You may not change this."
    assert not part.told["may"]


@pytest.mark.parametrize(
    ("scope", "content"),
    [
        (Scope("admin"), b"start,end,customer\n0100,0109,acme\n2000,2009,bolt\n"),
        (Scope("contact", "acme"), b"start,end,customer\n0100,0109,acme\n"),
    ],
    ids=["admin", "contact"],
)
def test_what_there_is_is_sent_as_a_file_to_be_read_in_again(opened, scope, content):
    part, sent = opened(scope).block_intake(), []
    part.send = lambda told, buffers=None: sent.append((told, buffers))
    assert ask(part, kind="write", format="csv") == ""
    ((told, (data,)),) = sent
    assert (told["kind"], told["name"], data) == ("file", "blocks.csv", content)
    assert ask(part, kind="write", format="pdf") == "An export is CSV or XLSX."

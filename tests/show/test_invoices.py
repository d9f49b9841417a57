"""The list of invoices on a page."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing.conftest import bill  # noqa: F401 - a fixture
from tollbook import language
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.scope import Scope
from tollbook.billing import payments
from tollbook.billing.credits import credit
from tollbook.billing.filed import aside, report_folder
from tollbook.billing.listed import listed
from tollbook.billing.parts import Part
from tollbook.billing.record import Record
from tollbook.errors import UsageError
from tollbook.params import Invoices
from tollbook.show import invoices
from tollbook.show.invoices import CREDIT, PAY, SEND, Page, chosen, columns, offers, read
from tollbook.workspace import Workspace

BY = Actor(None, "test")
ADMIN, ANALYST = Scope("admin"), Scope("analyst")
CONTACT, OTHER = Scope("contact", "acme"), Scope("contact", "quiet")
Bill = Callable[..., Record]


@pytest.fixture
def home(charged: Workspace, bill: Bill, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:  # noqa: F811
    """Of acme: an invoice that was paid in part and is overdue, and one that is credited."""
    monkeypatch.setenv("TOLLBOOK_HOME", str(charged.home))
    now = datetime.now(UTC)
    first, second = bill("2026-10-05", now - timedelta(days=30)), bill("2026-10-06", now)
    db = Database.of(charged)
    with db.session() as session:
        payments.add(session, BY, "acme", "0.05", "cash", received_at=now, invoice=first.number or "")
    credit(db, second.number or "", "wrong", BY, now)
    yield charged
    language.use("en")


def shown(page: Page, name: str) -> list[Any]:
    return page.grid().frame[name].to_list()


def choose(page: Page, **changed: str) -> str:
    widget = page.controls()
    widget.values = {**widget.values, **changed}
    return widget.fault


def test_a_row_each_with_what_is_open_and_how_long_it_is_overdue(home: Workspace) -> None:
    page = read()
    assert shown(page, "kind") == ["Credit note", "Invoice", "Invoice"]
    assert shown(page, "state") == ["Issued", "Credited", "Part-paid, overdue"]
    assert shown(page, "total") == [Decimal("-0.02"), Decimal("0.02"), Decimal("0.20")]
    assert shown(page, "open") == [Decimal(0), Decimal(0), Decimal("0.15")]
    assert shown(page, "overdue_days") == [None, None, 16]  # 30 days ago, due after 14
    assert shown(page, "tone") == [None, "quiet", "wrong"]
    assert shown(page, "paper")[0].startswith("invoices/CRN-")


def test_the_figures_are_the_library_s(home: Workspace) -> None:
    with Database.of(home).reading() as session:
        rows = listed(session, datetime.now(UTC))
    page = read()
    for name in ("net", "tax", "total", "paid", "open", "number"):
        assert shown(page, name) == [getattr(row, name) for row in rows]


@pytest.mark.parametrize(
    ("told", "periods"),
    [
        ({"state": "overdue"}, ["2026-10-05"]),
        ({"state": "credited,part_paid"}, ["2026-10-06", "2026-10-05"]),
        ({"customer": "quiet"}, []),
        ({"number": "crn-"}, ["2026-10-06"]),
        ({"start": "2026-10-06"}, ["2026-10-06", "2026-10-06"]),
        ({"end": "2026-10-06"}, ["2026-10-05"]),
        ({"start": "2026-10-06", "state": "credited"}, ["2026-10-06"]),
    ],
)
def test_choices_narrow_it(home: Workspace, told: dict[str, str], periods: list[str]) -> None:
    page = read()
    assert choose(page, **told) == ""
    assert shown(page, "period") == periods
    assert shown(read(**told), "period") == periods


def test_a_state_that_is_none_is_told_and_changes_nothing(home: Workspace) -> None:
    page = read()
    assert choose(page, state="overdeu") == "this page: unknown state 'overdeu', did you mean 'overdue'?"
    assert len(shown(page, "state")) == 3
    with pytest.raises(UsageError, match="unknown state"):
        read(state="x")


def test_what_becomes_of_an_invoice_is_shown_at_the_next_tick(home: Workspace) -> None:
    page = read()
    with Database.of(home).session() as session:
        payments.add(session, BY, "acme", "0.15", "cash", received_at=datetime.now(UTC))
    page._tick()
    assert shown(page, "state")[-1] == "Paid"


def test_the_menu_of_a_row_offers_the_files_that_are_there_and_to_admins_what_can_be_done(
    home: Workspace,
) -> None:
    with Database.of(home).reading() as session:
        note, credited, late = listed(session, datetime.now(UTC))
    folder = report_folder(home, "acme", "2026-10-05")
    folder.mkdir(parents=True)
    for name in ("invoice.pdf", "invoice.xml", "record.json", "invoice.ipynb", "other.txt"):
        (folder / name).touch()
    assert offers(late, home, ADMIN) == [PAY, CREDIT, "pdf", "xml", "json"]
    assert offers(late, home, ADMIN, sends=True) == [PAY, CREDIT, SEND, "pdf", "xml", "json"]
    assert offers(late, home, ANALYST) == ["pdf", "xml", "json"]
    assert offers(late, home, CONTACT) == ["pdf", "xml"]
    assert offers(credited, home, ADMIN) == offers(note, home, ADMIN) == []
    own = aside(report_folder(home, "acme", "2026-10-06"), note.number or "")
    own.mkdir()
    (own / "invoice.pdf").touch()
    assert offers(note, home, ADMIN) == ["pdf"]


def test_a_contact_has_its_own_and_no_way_to_change_them(home: Workspace) -> None:
    for scope, count in ((CONTACT, 3), (OTHER, 0)):
        page = Page(home, scope, invoices.Choices(Invoices()))
        assert len(shown(page, "number")) == count
        assert [field["name"] for field in page.controls().fields] == ["start", "state", "number"]
        assert "customer" not in [column["name"] for column in page.grid().table["columns"]]
        assert not any({PAY, CREDIT} & set(told.split()) for told in shown(page, "offers"))


def test_one_of_which_a_part_is_credited_says_so_and_is_found_by_it(home: Workspace) -> None:
    db = Database.of(home)
    credit(db, "INV-2026-000001", "wrong", BY, datetime.now(UTC), [Part(1, Decimal("0.01"))])
    page = read()
    assert choose(page, state="part_credited") == ""
    assert (shown(page, "number"), shown(page, "credited")) == (["INV-2026-000001"], [Decimal("0.01")])
    assert shown(page, "open") == [Decimal("0.14")]  # 0.20 less 0.05 paid less 0.01


def test_each_row_tells_its_currency_where_there_are_several() -> None:
    assert {c.name: c.hidden for c in columns(several=True)}["currency"] is False
    assert {c.name: c.hidden for c in columns(several=False)}["currency"] is True


def test_nothing_is_left_of_nothing() -> None:
    assert chosen([], Invoices(state="paid")) == []

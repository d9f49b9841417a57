"""The Customer Summary on a page."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.billing.settle import Asked, settle
from tollbook.calls.conditions import parse
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.params import Calls, Invoice
from tollbook.periods import parse_period
from tollbook.runs.invoices import Bill, make_invoice
from tollbook.show.summary import columns, presented, read
from tollbook.summary import summary

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def home(network, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(network.home))


def shown(page, name):
    return page.grid().frame[name].to_list()


def choose(page, **changed):
    """As the browser tells it: all values as texts."""
    widget = page.controls()
    widget.values = {**widget.values, **changed}
    return widget.fault


@pytest.mark.parametrize(
    ("view", "date"), [("daily", "2026-10-05"), ("weekly", "2026-W41"), ("monthly", "2026-10")]
)
def test_a_row_is_named_as_its_period(home, view, date):
    assert shown(read(view=view), "period") == [date, date]


def test_another_view_is_shown_in_the_same_grid_and_keeps_days_and_customers(home):
    page = read(view="daily", start="2026-10-05", customer="alpha")
    grid = page.grid()
    assert choose(page, view="monthly") == ""
    assert page.grid() is grid
    assert (shown(page, "period"), shown(page, "customer"), grid.key) == (
        ["2026-10"],
        ["alpha"],
        "summary-monthly",
    )
    assert page.controls().values["start"] == "2026-10-05"


def test_the_view_says_how_its_rows_are_cut(home):
    page = read(view="weekly")
    assert page.making().note == "A row an ISO week, from Monday, cut in UTC."
    choose(page, view="daily")
    assert page.making().note == "A row a day, cut in UTC."


def test_without_rows_it_says_why(home, monkeypatch, workspace):
    page = read(start="2027-01-01")
    assert page.making().note == "A row a day, cut in UTC. There are no calls with these filters."
    choose(page, start="")
    assert page.making().note == "A row a day, cut in UTC."
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    assert read().making().note.endswith("No figures yet: import calls, then refresh.")


def test_a_wrong_choice_is_told_and_changes_nothing(home):
    page = read()
    assert "'soon' is no date or time" in choose(page, start="soon")
    assert shown(page, "customer") == ["alpha", "beta"]
    assert page.controls().values["start"] == ""


def test_rows_can_be_bounded_by_days_and_customers(home):
    assert shown(read(start="2026-10-06"), "period") == []
    assert shown(read(customer='beta,"a, b"'), "customer") == ["beta"]
    with pytest.raises(UsageError, match="'soon' is no date or time"):
        read(start="soon")


def test_live_rows_cannot_be_ticked(home):
    page = read(view="daily")
    assert [action["label"] for action in page.grid().actions] == ["Generate Invoice", "Auto Generate"]
    assert "action" in [column.name for column in page.grid().given]
    choose(page, view="live")
    assert page.grid().actions == []
    assert "action" not in [column.name for column in page.grid().given]


def rows(*told):
    """Rows of 2026-10-05: customer, number of the invoice and, unless EUR, currency."""
    day, next_day = (datetime(2026, 10, day, tzinfo=UTC) for day in (5, 6))
    names = ("customer", "invoice", "currency")
    found = [dict(zip(names, (*row, "EUR")[:3], strict=True), start=day, end=next_day) for row in told]
    return pl.DataFrame(found, schema_overrides={"invoice": pl.String, "customer": pl.String})


def test_a_row_leads_to_its_invoice_or_draft_and_to_its_calls():
    made = presented(
        rows(("a & b", "INV-2026-000001"), ("c/d", None), ("e", None)), "daily", {("c/d", "2026-10-05")}
    )
    assert made.select("customer", "action", "paper").rows() == [
        ("a & b", "View Invoice", "invoices/INV-2026-000001"),
        ("c/d", "Draft", "invoices/draft/c%2Fd/2026-10-05"),
        ("e", None, None),
    ]
    assert made["calls"][0] == (
        "calls.csv?start=2026-10-05T00:00Z&end=2026-10-06T00:00Z&customer=a%20%26%20b"
    )


def chosen_by(address):
    """The choices of the calls' page in an address."""
    return Calls.of_texts(dict(parse_qsl(urlsplit(address).query)), "this address")


def test_the_calls_of_a_row_are_those_of_its_customer_and_period_and_of_its_currency_beside_another():
    made = presented(
        rows(("a, b", None), ("c", None, "EUR"), ("c", None, "USD"), (None, None)), "daily", set()
    )
    asked = [chosen_by(address) for address in made["calls"]]
    assert [one.customer for one in asked] == ['"a, b"', "c", "c", ""]
    assert {(one.start, one.end) for one in asked} == {("2026-10-05T00:00Z", "2026-10-06T00:00Z")}
    told = [parse(one.where, ZoneInfo("UTC")).parts for one in asked]
    assert [[(c.field.name, c.op, c.values) for c in parts] for parts in told] == [
        [],
        [("currency", "is", ("EUR",))],
        [("currency", "is", ("USD",))],
        [("customer", "is_empty", ())],
    ]


def test_rows_without_a_customer_and_rows_with_an_invoice_cannot_be_ticked():
    made = presented(rows((None, None), ("e", None)), "daily", set())
    assert made.select("customer", "tickable").rows() == [("e", True), (None, False)]
    invoiced = presented(rows(("e", "INV-2026-000001")), "daily", set())
    assert invoiced["tickable"].to_list() == [False]
    assert presented(rows(("e", None)), "live", set())["tickable"].to_list() == [False]


def test_ratios_know_the_sums_that_they_are_of(home):
    of = {column.name: column.of for column in read().grid().given if column.of}
    assert of == {
        "asr": ("answers", "attempts"),
        "acd_s": ("talk_s", "answers"),
        "profit_ratio": ("profit", "charge"),
    }


def test_what_is_unrated_has_its_columns_at_first_where_there_is_any():
    counts = {"unrated": [0, 0], "cost_unrated": [0, 3], "currency": ["EUR", "USD"]}
    assert [c.name for c in columns(pl.DataFrame(counts), "daily") if c.hidden] == ["unrated"]


@pytest.mark.parametrize(
    ("currencies", "hidden"),
    [(["EUR", "EUR", None], True), (["EUR", "USD", None], False), ([None] * 3, False)],
)
def test_the_one_currency_that_there_is_stands_in_the_headings(currencies, hidden):
    rows = pl.DataFrame({"unrated": [0, 1, 0], "cost_unrated": [0, 1, 0], "currency": currencies})
    (column,) = [column for column in columns(rows, "daily") if column.name == "currency"]
    assert column.hidden == hidden


@pytest.mark.usefixtures("home")
def test_new_invoices_are_seen_without_a_reload(charged, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(charged.home))
    page = read(view="monthly")
    assert shown(page, "action") == [None]
    bill = Bill(charged, "acme", parse_period("2026-10"), AT, Invoice())
    make_invoice(bill)
    page.making()._handle_custom_msg({"kind": "made"}, [])
    assert shown(page, "action") == ["View Invoice"]
    assert shown(page, "paper") == ["invoices/INV-2026-000001"]


def test_new_figures_are_seen_at_the_next_tick_and_others_change_nothing(keep, monkeypatch, workspace):
    Database.of(workspace).close()
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    keep([{"at": "2026-10-05T10:00", "customer": "a", "talk_s": 1}])
    page = read()
    before = page.grid().revision
    page.controls()._handle_custom_msg({"kind": "tick"}, [])
    assert page.grid().revision == before
    keep([{"at": "2026-10-05T11:00", "customer": "a", "talk_s": 1, "call_id": "new"}])
    page.controls()._handle_custom_msg({"kind": "tick"}, [])
    assert (shown(page, "attempts"), page.grid().revision) == ([2], before + 1)


def test_the_charge_shown_is_the_summarys_and_the_invoices_to_the_last_digit(charged, monkeypatch):
    # 3 x 0.056 + 2 x 0.010
    monkeypatch.setenv("TOLLBOOK_HOME", str(charged.home))
    lake = Lake(charged)
    db = Database.of(charged)
    with db.reading() as session:
        acme = session.get(Customer, "acme")
    record = settle(lake, Asked(acme, [], parse_period("2026-10"), 24))
    told = summary(lake, "monthly")["charge"].item()
    assert shown(read(view="monthly"), "charge") == [told] == [record.exact_charge] == [Decimal("0.188")]
    sent = read(view="monthly").grid().table["values"]["charge"]
    assert (sent["places"], int.from_bytes(sent["data"], "little", signed=True)) == (3, 188)


def test_what_the_page_says_goes_as_json(home):
    assert json.loads(json.dumps(read().making().snapshot()["state"]))["words"]["close"] == "Close"


def test_what_is_missing_is_what_no_invoice_covers_and_the_action_is_for_admins(charged, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(charged.home))
    page = read(view="daily")
    assert shown(page, "missing") == [True, True]  # October is long over
    assert [(action["name"], action["among"]) for action in page.grid().actions] == [
        ("invoice", ""),
        ("auto", "missing"),
    ]
    make_invoice(Bill(charged, "acme", parse_period("2026-10-05"), AT, Invoice()))
    page._tick()
    assert shown(page, "missing") == [True, False]
    assert choose(page, view="monthly") == ""
    assert shown(page, "missing") == [False]  # an invoice covers a part of it
    choose(page, view="live")
    assert page.grid().actions == []

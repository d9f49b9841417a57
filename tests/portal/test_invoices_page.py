"""The list of invoices as its readers use it: filters, the menu of a row, marking as paid, crediting."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from portal.axe import faults_in_both_themes
from portal.doors import cookie_of
from portal.paper import issued
from tollbook.account.database import shared
from tollbook.account.models import Customer
from tollbook.account.people.models import AuditEvent
from tollbook.billing.listed import listed
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake
from tollbook.tables import CALLS

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Papers:
    """The page by its parts."""

    def __init__(self, watched):
        self.watched, self.page = watched, watched.page
        expect(self.page.locator(".tollbook-grid-rows")).to_contain_text("Rows")

    @property
    def address(self):
        return {name: value for name, (value,) in parse_qs(urlsplit(self.page.url).query).items()}

    def has(self, name, *texts):
        expect(self.page.locator(f".tollbook-grid-body [data-column={name}]")).to_have_text(list(texts))

    def row(self, text):
        return self.page.locator(".tollbook-grid-body [role=row]").filter(has_text=text)

    def menu(self, text):
        """What the menu of a row offers."""
        self.row(text).get_by_role("button").click()
        return self.page.get_by_role("menuitem")


@pytest.fixture(scope="module")
def numbers(billable):
    """Two invoices of alpha, 4.92 each; the first is overdue."""
    return [issued(billable, "2024-10-05", days_ago=30).number, issued(billable, "2024-10-06").number]


def customer_with_calls(workspace, name):
    """Another customer, with the calls of alpha."""
    lake, days = Lake(workspace), [date(2024, 10, 5), date(2024, 10, 6)]
    with shared(workspace).session() as session:
        session.add(Customer(id=name, name=name.title(), currency="EUR"))
    calls = lake.scan(CALLS).filter((pl.col("customer") == "alpha") & pl.col("day").is_in(days)).collect()
    with lake.writing() as step:
        mine = {"customer": pl.lit(name), "call_id": name + pl.col("call_id")}
        step.append(CALLS, calls.lazy().with_columns(**mine))
        step.mark(changed=days)
    refresh(lake)


@pytest.fixture
def paying(billable):
    """Two invoices of a customer of one test's own."""
    customer_with_calls(billable, "delta")
    return [issued(billable, f"2024-10-0{day}", customer="delta").number for day in (5, 6)]


@pytest.fixture(scope="module")
def owing(billable):
    """An invoice of a customer that pays nothing for good."""
    customer_with_calls(billable, "epsilon")
    return issued(billable, "2024-10-05", customer="epsilon").number


@pytest.fixture
def papers(opened, billing, numbers):
    return Papers(opened(f"{billing}invoices?customer=alpha"))


def test_the_figures_are_the_library_s_and_what_is_overdue_is_marked(papers, billable, numbers):
    with shared(billable).reading() as session:
        rows = listed(session, datetime.now(UTC), ["alpha"])
    papers.has("number", *(row.number for row in rows))
    for name in ("total", "paid", "open"):
        papers.has(name, *(f"{getattr(row, name):.2f}" for row in rows))
    late = papers.row(numbers[0])
    expect(late.locator("[data-column=overdue_days]")).to_have_text("16")
    expect(late.locator("[data-column=due]")).to_have_text(
        f"{datetime.now(UTC) - timedelta(days=16):%Y-%m-%d}"
    )
    expect(late.locator("[data-column=due]")).to_have_attribute("data-tone", "wrong")
    expect(late.locator("[data-column=state]")).to_have_text("Overdue")
    expect(papers.page.locator("[data-total=overdue_days]")).to_be_empty()
    expect(papers.page.locator("[data-total=open]")).to_have_text(f"{sum(row.open for row in rows):.2f}")
    assert papers.watched.wrong == []


def test_a_filter_stands_in_the_address_and_back_takes_it_away(papers, numbers):
    papers.page.get_by_role("button", name="State All").click()
    papers.page.get_by_role("checkbox", name="Overdue").check()
    papers.page.keyboard.press("Escape")
    papers.has("number", numbers[0])
    assert papers.address == {"customer": "alpha", "state": "overdue"}
    papers.page.go_back()
    papers.has("number", numbers[1], numbers[0])
    assert papers.address == {"customer": "alpha"}


def test_the_address_alone_says_what_is_shown(opened, billing, numbers):
    papers = Papers(
        opened(f"{billing}invoices?number={numbers[1]}&customer=alpha&start=2024-10-06&end=2024-10-07")
    )
    papers.has("number", numbers[1])
    assert papers.watched.wrong == []


def test_the_menu_of_a_row_has_the_documents_that_there_are(papers, numbers):
    entries = papers.menu(numbers[0])
    expect(entries).to_have_text(
        ["Show", "Mark as paid…", "Credit…", "PDF", "HTML", "Lines as CSV", "Record as JSON"]
    )
    with papers.page.expect_download() as begun:
        entries.filter(has_text="PDF").click()
    assert begun.value.suggested_filename == f"{numbers[0]}-invoice.pdf"
    assert Path(begun.value.path()).read_bytes() == b"%PDF"


def test_the_number_leads_to_the_document(papers, numbers):
    papers.row(numbers[1]).get_by_role("link", name=numbers[1]).click()
    expect(papers.page.frame_locator("iframe").get_by_role("heading")).to_have_text("The filed page")
    expect(papers.page.get_by_role("link", name="Invoices", exact=True)).to_have_attribute(
        "aria-current", "page"
    )


def test_a_contact_is_offered_documents_alone(browser, billable, billing, numbers):
    context = browser.new_context()
    name, value = cookie_of(billable.home, "carl", customer="alpha")
    context.add_cookies([{"name": name, "value": value, "url": billing}])
    page = context.new_page()
    page.goto(f"{billing}invoices")
    page.mouse.move(2, 2)
    expect(page.locator(".tollbook-grid-body [data-column=number]")).to_have_text([numbers[1], numbers[0]])
    expect(page.locator("[data-column=customer]")).to_have_count(0)
    page.locator(".tollbook-grid-body [role=row]").first.get_by_role("button").click()
    expect(page.get_by_role("menuitem")).to_have_text(["Show", "PDF", "HTML", "Lines as CSV"])
    page.close(run_before_unload=True)
    context.close()


def dialog(page, name):
    found = page.get_by_role("dialog", name=name)
    expect(found).to_be_visible()
    return found


def test_an_invoice_is_paid_and_another_credited_from_their_rows(opened, billing, billable, paying):
    first, second = paying
    papers = Papers(opened(f"{billing}invoices?customer=delta"))
    papers.menu(first).filter(has_text="Mark as paid").click()
    form = dialog(papers.page, "Mark as paid")
    expect(form).to_contain_text("A payment of €4.92")
    form.get_by_label("Paid by").select_option("card")
    form.get_by_label("Reference").fill("order 7")
    form.get_by_role("button", name="Book the payment").click()
    expect(papers.page.get_by_role("status")).to_have_text("The payment is booked.")
    expect(papers.page.locator(".tollbook-standing")).to_contain_text("Card · order 7")

    papers.page.goto(f"{billing}invoices?customer=delta")
    papers = Papers(papers.watched)
    expect(papers.row(first).locator("[data-column=state]")).to_have_text("Paid")
    papers.page.mouse.move(2, 2)
    papers.menu(second).filter(has_text="Credit").click()
    form = dialog(papers.page, "Credit this invoice")
    form.get_by_label("Reason").fill("wrong rate")
    form.get_by_role("button", name="Issue the credit note").click()
    expect(papers.page).not_to_have_url(re.compile("CRN"))  # it was not confirmed
    form.get_by_label(f"Take {second} back in full").check()
    form.get_by_role("button", name="Issue the credit note").click()
    expect(papers.page.get_by_role("status")).to_have_text(
        re.compile("^This credit note takes the invoice back")
    )
    expect(papers.page.locator(".tollbook-standing")).to_contain_text(f"Credits invoice{second}")
    expect(papers.page.get_by_role("link", name="PDF")).to_be_visible()
    with shared(billable).reading() as session:
        told = session.execute(select(AuditEvent.login, AuditEvent.action, AuditEvent.resource)).all()
        credited = {one.number: one for one in listed(session, datetime.now(UTC), ["delta"])}
    assert ("tests", "credit", f"invoice {second}") in told
    assert (credited[second].status, sum(one.total for one in credited.values())) == (
        "credited",
        credited[first].total,
    )
    papers.page.get_by_role("link", name=second).click()
    expect(papers.page.locator(".tollbook-standing")).to_contain_text("Credited by")
    expect(papers.page.get_by_role("button", name="Credit…")).to_have_count(0)


def test_a_payment_is_booked_and_cancelled_on_the_customers_page(opened, billing, owing):
    watched = opened(f"{billing}payments?customer=epsilon")
    page = watched.page
    form = page.get_by_role("region", name="Book a payment")
    form.get_by_label("Amount").fill("1.00")
    form.get_by_label("For").select_option(label=f"{owing} · €4.92")
    form.get_by_role("button", name="Book the payment").click()
    expect(page.get_by_role("status")).to_have_text("The payment is booked.")
    expect(page.get_by_role("region", name="Open invoices")).to_contain_text("€3.92")
    expect(page.locator(".tollbook-ledger tbody tr").last).to_contain_text("-€3.92")
    page.get_by_role("button", name="Cancel…").click()
    dialog(page, "Cancel this payment").get_by_role("button", name="Cancel the payment").click()
    expect(page.get_by_role("status")).to_contain_text("What it paid is open again.")
    expect(page.get_by_role("region", name="Open invoices")).to_contain_text("€4.92")
    with page.expect_download() as begun:
        page.get_by_role("link", name="PDF").click()
    assert Path(begun.value.path()).read_bytes().startswith(b"%PDF")
    assert watched.wrong == []


def test_the_span_and_the_customer_stand_in_the_address(opened, billing, owing):
    page = opened(f"{billing}payments").page
    page.get_by_label("Customer").select_option("epsilon")
    expect(page.get_by_role("heading", level=1)).to_have_text("Epsilon")
    page.get_by_label("From").fill("2024-10-01")
    page.get_by_label("Through").fill("2024-10-31")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"/payments\?customer=epsilon&start=2024-10-01&end=2024-11-01$"))
    expect(page.locator(".tollbook-ledger tbody tr")).to_have_count(2)  # nothing moved
    page.get_by_role("link", name="All there is").click()
    expect(page.locator(".tollbook-ledger")).to_contain_text(owing)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_stands_in_a_readers_way(browser, billing, numbers, language):
    context = browser.new_context(locale=language, viewport={"width": 1440, "height": 1000})
    page, found = context.new_page(), []
    for address in (
        "payments",
        "payments?customer=alpha",
        f"invoices/{numbers[0]}",
        f"invoices/{numbers[0]}#credit",
    ):
        page.set_viewport_size({"width": 1440, "height": 1000})
        page.goto("about:blank")
        page.goto(f"{billing}{address}")
        expect(page.locator(f'html[dir="{"rtl" if language == "ar" else "ltr"}"]')).to_be_attached()
        found += [f"{address}: {fault}" for fault in faults_in_both_themes(page)]
        for width in (390, 720):
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{address}: at {width} it is wider than the window")
    page.close(run_before_unload=True)
    context.close()
    assert found == []

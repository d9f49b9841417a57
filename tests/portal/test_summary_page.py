"""The Customer Summary as its readers use it."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from playwright.sync_api import expect

from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake
from tollbook.tables import CALLS, TRAFFIC

pytestmark = pytest.mark.browser
LINES = ".tollbook-grid-body [role=row]"


class Sheet:
    """The page by its parts."""

    def __init__(self, watched):
        self.watched, self.page = watched, watched.page
        expect(self.page.locator(".tollbook-grid-rows")).to_contain_text("Rows")

    @property
    def address(self):
        return {name: value for name, (value,) in parse_qs(urlsplit(self.page.url).query).items()}

    def column(self, name):
        return self.page.locator(f".tollbook-grid-body [data-column={name}]").all_inner_texts()

    def tab(self, name):
        return self.page.get_by_role("tab", name=name)

    def has(self, name, *texts):
        expect(self.page.locator(f".tollbook-grid-body [data-column={name}]")).to_have_text(list(texts))

    def row(self, *texts):
        """The row that has these texts."""
        found = self.page.locator(LINES)
        for text in texts:
            found = found.filter(has_text=text)
        return found

    def tick(self, *texts):
        self.row(*texts).locator("input[type=checkbox]").check()

    @property
    def generate(self):
        return self.page.locator("[data-action=invoice]")

    @property
    def outcomes(self):
        return [one.inner_text().split("\n") for one in self.page.locator(".tollbook-making li").all()]


def exact(text):
    """An amount as the page shows it, as the command line says it."""
    whole, _, rest = text.replace(",", "").partition(".")
    return f"{whole}.{rest.rstrip('0')}".rstrip(".")


@pytest.fixture
def sheet(opened, portal):
    return Sheet(opened(f"{portal}summary"))


def test_a_row_a_day_and_customer(sheet):
    sheet.has("period", "2026-10-05", "2026-10-05")
    sheet.has("customer", "alpha", "beta")
    sheet.has("asr", "40.00 %", "90.00 %")
    assert sheet.watched.wrong == []


@pytest.mark.parametrize(
    ("view", "date"), [("daily", "2026-10-05"), ("weekly", "2026-W41"), ("monthly", "2026-10")]
)
def test_each_view_says_what_the_command_line_says_to_the_last_digit(opened, portal, told, view, date):
    # 400 x 0.0123 and 9 x 0.0123
    sheet = Sheet(opened(f"{portal}summary?view={view}"))
    said = told("summary", "--view", view)
    assert [row["charge"] for row in said] == ["4.92", "0.1107"]
    sheet.has("period", date, date)
    for name in ("charge", "cost", "profit"):
        assert [exact(text) for text in sheet.column(name)] == [row[name] for row in said]
    assert [int(text.replace(",", "")) for text in sheet.column("attempts")] == [
        row["attempts"] for row in said
    ]
    assert sheet.watched.wrong == []


def test_it_says_that_it_is_cut_in_utc_and_when_it_was_updated(sheet):
    expect(sheet.page.locator(".tollbook-summary-note")).to_have_text("A row a day, cut in UTC.")
    expect(sheet.page.locator(".tollbook-as-of")).to_have_text(re.compile(r"6 Oct 2026, 01:00 UTC"))


def test_a_tab_shows_another_view_in_place_and_back_and_forward_follow(sheet):
    sheet.page.evaluate("window.same = true")
    sheet.tab("Weekly").click()
    sheet.has("period", "2026-W41", "2026-W41")
    assert sheet.address == {"view": "weekly"}
    sheet.tab("Monthly").click()
    sheet.has("period", "2026-10", "2026-10")
    sheet.page.go_back()
    sheet.has("period", "2026-W41", "2026-W41")
    expect(sheet.tab("Weekly")).to_have_attribute("aria-selected", "true")
    sheet.page.go_back()
    sheet.has("period", "2026-10-05", "2026-10-05")
    assert sheet.address == {}
    sheet.page.go_forward()
    sheet.has("period", "2026-W41", "2026-W41")
    assert sheet.page.evaluate("window.same")
    assert sheet.watched.wrong == []


def test_tabs_go_by_keyboard(sheet):
    sheet.tab("Daily").focus()
    sheet.page.keyboard.press("ArrowRight")
    sheet.has("period", "2026-W41", "2026-W41")
    expect(sheet.tab("Weekly")).to_be_focused()
    sheet.page.keyboard.press("ArrowLeft")
    sheet.page.keyboard.press("ArrowLeft")
    expect(sheet.page.locator(".tollbook-summary-note")).to_contain_text(
        "There are no calls of the last 24 hours"
    )
    expect(sheet.generate).to_have_count(0)


def test_a_view_keeps_days_and_customers(opened, portal):
    sheet = Sheet(opened(f"{portal}summary?start=2026-10-05&customer=beta"))
    sheet.has("customer", "beta")
    sheet.tab("Monthly").click()
    sheet.has("period", "2026-10")
    sheet.has("customer", "beta")
    assert sheet.address == {"view": "monthly", "start": "2026-10-05", "customer": "beta"}


def test_the_true_value_of_a_selection_comes_from_its_sums(sheet):
    # alpha 400 / 1000 and beta 9 / 10: the mean of the rows is 65 %, the truth 409 / 1010
    cells = sheet.page.locator(".tollbook-grid-body [data-column=asr]")
    cells.first.click()
    cells.last.click(modifiers=["Shift"])
    figures = sheet.page.locator(".tollbook-grid-figures")
    expect(figures).to_contain_text("Average 65.00 %")
    expect(figures).to_contain_text("40.50 %")
    expect(sheet.page.locator("[data-total=asr]")).to_have_text("40.50 %")


def test_a_rows_calls_are_downloaded(sheet):
    # beta made 10 calls that day
    sheet.row("beta").get_by_role("button").click()
    with sheet.page.expect_download() as begun:
        sheet.page.get_by_role("menuitem", name="Download the calls as CSV").click()
    head, *lines = Path(begun.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert "(UTC)" in head
    assert len(lines) == 10
    assert all("beta" in line for line in lines)


def said(workspace, *words):
    """What the command line prints about the workspace."""
    run = [
        sys.executable,
        "-c",
        "from tollbook.cli import main; main()",
        "--home",
        str(workspace.home),
        *words,
        "--json",
    ]
    return json.loads(subprocess.run(run, capture_output=True, text=True, check=True).stdout)


@pytest.fixture
def bills(opened, billing):
    return Sheet(opened(f"{billing}summary"))


@pytest.mark.slow
def test_ticked_rows_become_invoices_that_can_be_viewed(bills, billable):
    today = str(Lake(billable).days(TRAFFIC)[-1])
    expect(bills.generate).to_be_disabled()
    for day, customer in (("2024-10-05", "alpha"), ("2024-10-05", "gamma"), (today, "alpha")):
        bills.tick(day, customer)
    expect(bills.generate).to_have_text("Generate Invoice (3)")
    bills.generate.dblclick()
    expect(bills.page.locator(".tollbook-making-status")).to_contain_text("of 3…")
    expect(bills.page.locator(".tollbook-making-status")).to_have_text(
        "Issued: 1. Drafts: 1. Not made: 1.", timeout=90_000
    )
    told = {row[0]: row[1:] for row in bills.outcomes}
    number = f"INV-{datetime.now(UTC).year}-000001"
    assert told["alpha 2024-10-05"] == [f"Invoice {number}, 4.92 EUR", "View Invoice"]  # 400 x 0.0123
    assert told["gamma 2024-10-05"][0].startswith("Not made: 5 calls are unrated (no_deck 5)")
    assert told[f"alpha {today}"][0].startswith("Draft, 4.92 EUR: it can be issued from ")
    expect(bills.row("2024-10-05", "alpha").locator("[data-column=action]")).to_have_text("View Invoice")
    expect(bills.row(today, "alpha").locator("[data-column=action]")).to_have_text("Draft")
    expect(bills.row("2024-10-05", "alpha").locator("input[type=checkbox]")).to_be_disabled()
    assert bills.watched.wrong == []

    row = next(row for row in said(billable, "summary", "--view", "daily") if row["invoice"])
    assert (row["customer"], row["invoice"]) == ("alpha", number)
    record = said(billable, "invoice", "show", number)
    shown = bills.row("2024-10-05", "alpha").locator("[data-column=charge]").inner_text()
    assert exact(shown) == row["charge"] == record["exact_charge"] == "4.92"

    bills.row("2024-10-05", "alpha").get_by_role("link", name="View Invoice").click()
    paper = bills.page.frame_locator("iframe")
    expect(paper.get_by_role("heading", level=1)).to_have_text(f"Invoice {number}")
    expect(paper.locator(".totals").first).to_contain_text("4.92")
    # Leaving ends the session by a request whose answer nobody awaits.
    assert [one for one in bills.watched.wrong if "/api/shutdown/" not in one] == []
    bills.page.get_by_role("link", name="Customer Summary").first.click()
    expect(bills.page).to_have_url(re.compile(r"/summary$"))


@pytest.mark.slow
def test_all_that_is_missing_is_made_once_it_is_confirmed_and_what_failed_says_why(opened, billing, billable):
    # alpha can be invoiced, nobody entered beta
    bills = Sheet(opened(f"{billing}summary?start=2024-10-06&end=2024-10-07"))
    auto = bills.page.locator("[data-action=auto]")
    expect(auto).to_have_text("Auto Generate (2)")
    auto.click()
    status = bills.page.locator(".tollbook-making-status")
    expect(status).to_contain_text("Missing invoices: 2. Customers: 2. Periods: 2024-10-06 to 2024-10-06.")
    assert [row for row in said(billable, "invoice", "list") if row["period"] == "2024-10-06"] == []
    bills.page.get_by_role("button", name="Make them").click()
    expect(status).to_have_text("Issued: 1. Drafts: 0. Not made: 1.")
    assert [row[0] for row in bills.outcomes] == ["beta 2024-10-06", "alpha 2024-10-06"]  # what failed first
    assert bills.outcomes[0][1].startswith("Not made: no customer 'beta'")
    (row,) = [row for row in said(billable, "invoice", "list") if row["period"] == "2024-10-06"]
    assert bills.outcomes[1][1] == f"Invoice {row['number']}, 4.92 EUR"
    expect(auto).to_have_text("Auto Generate (1)")
    assert bills.watched.wrong == []


@pytest.mark.slow
def test_new_figures_come_by_themselves_and_ticks_stay(bills, billable):
    # the page asks every 15 s; 2 calls land
    bills.tick("2024-10-05", "gamma")
    expect(bills.row("2024-10-05", "gamma").locator("[data-column=attempts]")).to_have_text("5")
    lake = Lake(billable)
    more = lake.scan(CALLS).filter(pl.col("customer") == "gamma").head(2).collect()
    with lake.writing() as step:
        step.append(CALLS, more.lazy().with_columns(call_id="more" + pl.col("call_id")))
        step.mark(changed=[more["day"][0]])
    refresh(lake)
    expect(bills.row("2024-10-05", "gamma").locator("[data-column=attempts]")).to_have_text(
        "7", timeout=40_000
    )
    expect(bills.generate).to_have_text("Generate Invoice (1)")

"""Master data as operators see and use it."""

import pytest
from playwright.sync_api import expect

from portal.axe import faults
from portal.doors import cookie_of
from portal.windows import windows
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.parties import change
from tollbook.account.people import persons

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def open_master(billing, billable, browser):
    """Opens the page as an admin, or as somebody else of the account."""
    with windows(browser, billing) as opened:

        def show(query="", *, analyst=False):
            nils = cookie_of(billable.home, "nils", role="analyst") if analyst else None
            page = opened(f"master_data{query}", nils)
            page.mouse.move(2, 2)
            page.wait_for_function("document.querySelectorAll('.tollbook-master[data-drawn]').length === 2")
            page.wait_for_function("globalThis.tollbookChosen")
            return page

        yield show


def test_an_admin_changes_adds_and_imports(open_master, billable):
    page = open_master()
    form = page.get_by_role("region", name="Add and change")
    grid = page.get_by_role("grid", name="Master Data")
    grid.get_by_role("link", name="alpha", exact=True).click()
    expect(form.get_by_role("heading", name="alpha")).to_be_visible()
    assert page.url.endswith("?entry=alpha")
    form.get_by_label("Channels", exact=True).fill("many")
    form.get_by_label("City").fill("Bern")
    form.get_by_role("button", name="Review").click()
    expect(form.get_by_text("'many' is no whole number from 0 to 1000000")).to_be_visible()
    expect(form.get_by_label("Channels", exact=True)).to_be_focused()
    assert faults(page) == []
    form.get_by_label("Channels", exact=True).fill("60")
    form.get_by_role("button", name="Review").click()
    expect(form.get_by_role("row", name="City")).to_contain_text("Bern")
    db = Database.of(billable)
    with db.session() as session:
        change(session, Customer, "alpha", {"city": "Rome"}, Actor(None, "otto"))
        persons.add(session, "contact", "carla", {"customer": "alpha"}, Actor(None, "otto"))
    db.close()
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("otto has changed this meanwhile: City.")
    expect(form.get_by_text("Meanwhile: Rome")).to_be_visible()
    expect(form.get_by_label("City")).to_have_value("Bern")
    form.get_by_role("button", name="Review").click()
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("status")).to_have_text("Saved.")
    files = page.get_by_role("region", name="From a file")
    content = b"id,channels\nalpha,61\ndelta,5\n"
    files.locator("input[type=file]").set_input_files(
        {"name": "n.csv", "mimeType": "text/csv", "buffer": content}
    )
    expect(files).to_contain_text("n.csv: 2 rows, 1 new, 1 changed, 0 as they are, 0 conflicts.")
    files.get_by_role("button", name="Enter all of it").click()
    expect(files.get_by_role("status").last).to_have_text("2 rows were entered or changed.")
    expect(grid.get_by_role("link", name="delta")).to_be_visible()
    with page.expect_download() as download:
        files.get_by_role("button", name="XLSX", exact=True).click()
    assert download.value.suggested_filename == "customers.xlsx"
    page.get_by_role("tab", name="Contacts").click()
    grid.get_by_role("link", name="carla").click()
    form.get_by_role("button", name="Disable").click()
    expect(form.get_by_role("status")).to_contain_text("Nobody can sign in so any more")
    form.get_by_role("button", name="Enable").click()
    expect(form.get_by_role("button", name="Disable")).to_be_visible()


def test_the_checklist_leads_to_a_form_with_the_name_of_the_records(open_master):
    page = open_master("?kind=carrier&entry=north")
    form = page.get_by_role("region", name="Add and change")
    expect(form.get_by_label("Id", exact=True)).to_have_value("north")
    form.get_by_role("button", name="Review").click()
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("heading", name="north")).to_be_visible()
    page.get_by_role("tab", name="Contacts").or_(page.get_by_role("radio", name="Contacts")).first.click()
    form.get_by_role("button", name="Add a contact").click()
    expect(form.get_by_label("Login name")).to_be_visible()


def test_an_analyst_reads(open_master):
    page = open_master("?entry=alpha", analyst=True)
    form = page.get_by_role("region", name="Add and change")
    expect(form.get_by_label("Name", exact=True)).to_be_disabled()
    expect(form.get_by_role("button", name="Review")).to_be_hidden()
    expect(page.locator("input[type=file]")).to_be_hidden()

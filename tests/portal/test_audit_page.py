"""The audit as its readers see and use it."""

import pytest

from portal.doors import cookie_of
from tollbook.account.audit import Actor, record, record_each
from tollbook.account.audited import Wanted, entries
from tollbook.account.database import Database
from tollbook.account.models import now

pytestmark = pytest.mark.browser
ANNA = Actor(7, "anna", "192.0.2.1", via="portal")


@pytest.fixture(scope="module")
def audited(billable):
    """201 entries of schedules, and of customer zeta one that changed a name."""
    db = Database.of(billable)
    with db.session() as session:
        changes = [(f"schedule s{n}", {"view": "daily"}, {"view": "weekly"}) for n in range(201)]
        record_each(session, ANNA, "change", changes, now())
        before, after = {"name": "Zeta", "channels": None}, {"name": "Zeta Ltd", "channels": 5}
        record(session, ANNA, "change", "customer zeta", before=before, after=after)
    db.close()
    return billable


@pytest.fixture
def page(audited, billing, browser):
    name, value = cookie_of(audited.home, "auditor", role="admin")
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.add_cookies([{"name": name, "value": value, "url": billing}])
    made = context.new_page()
    yield made
    made.close(run_before_unload=True)
    context.close()


def test_entries_are_narrowed_turned_over_and_opened(page, billing):
    page.goto(f"{billing}audit?kind=schedule&who=anna")
    page.wait_for_function("globalThis.tollbookChosen")
    page.locator(".tollbook-calls-count").filter(has_text="201 entries").wait_for()
    pages = page.get_by_role("navigation", name="Pages")
    assert pages.get_by_role("button", name="Newer").get_attribute("aria-disabled") == "true"
    pages.get_by_role("button", name="Older").click()
    page.wait_for_url("**/audit?*place=after*")
    grid = page.get_by_role("grid", name="Audit")
    grid.get_by_role("row").filter(has_text="schedule s0").wait_for()
    page.get_by_label("Which").fill("s7")
    page.get_by_label("Which").press("Enter")
    page.locator(".tollbook-calls-count").filter(has_text="1 entry").wait_for()
    assert "place" not in page.url
    href = page.get_by_role("link", name="Download CSV").get_attribute("href")
    assert href == "audit.csv?who=anna&kind=schedule&which=s7"

    grid.get_by_role("link").first.click()
    opened = page.get_by_role("dialog", name="Entry")
    opened.get_by_role("row").filter(has_text="view").wait_for()
    assert opened.locator("del").all_inner_texts() == ["daily"]
    assert opened.locator("ins").all_inner_texts() == ["weekly"]
    assert "entry=" in page.url
    page.keyboard.press("Escape")
    opened.wait_for(state="hidden")
    page.wait_for_url(lambda url: "entry=" not in url)


def test_a_link_to_an_entry_opens_it(page, billing, audited):
    db = Database.of(audited)
    with db.reading() as session:
        (event,) = entries(session, Wanted(kinds=["customer"], id="zeta"))
        number = event.id
    db.close()
    page.goto(f"{billing}audit?entry={number}")
    opened = page.get_by_role("dialog", name=f"Entry {number}")
    opened.get_by_text("Zeta Ltd").wait_for()
    assert opened.locator("ins").all_inner_texts() == ["Zeta Ltd", "5"]

"""Alerts as an operator sees and uses them."""

import pytest

from tollbook.account.alerts import rules
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import now

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def watched(billable):
    """A rule over each customer."""
    db = Database.of(billable)
    told = {
        "name": "ASR per customer",
        "area": "asr",
        "threshold": "60%",
        "by": "customer",
        "min_calls": "10",
    }
    with db.session() as session:
        row = rules.add(session, Actor(None, "test"), told, now())
    db.close()
    return row["id"]


def test_an_admin_looks_tries_enters_and_removes(watched, billing, browser):
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{billing}alerts?alert={watched}")
    page.wait_for_function("document.querySelectorAll('.tollbook-alerts[data-drawn]').length === 2")
    page.wait_for_function("globalThis.tollbookChosen")
    form, replay = (
        page.get_by_role("region", name="Add or change"),
        page.get_by_role("region", name="Back-test"),
    )
    assert form.get_by_label("Threshold").input_value() == "60%"
    replay.get_by_text("It would have fired").wait_for()
    page.locator(".tollbook-graph[data-state=ready] [data-drawn]").first.wait_for()
    form.get_by_label("Threshold").fill("70%")
    form.get_by_role("button", name="Back-test these values").click()
    form.get_by_role("alert").filter(has_text="not under the threshold").wait_for()
    form.get_by_label("Threshold").fill("1%")
    form.get_by_label("Over again at").fill("")
    form.get_by_role("button", name="Back-test these values").click()
    replay.get_by_text("It would have fired 0 times in the last 30 days.").wait_for()
    form.get_by_label("Name", exact=True).fill("ASR of all")
    form.get_by_role("button", name="Save").click()
    form.get_by_role("status").filter(has_text="ASR of all was changed.").wait_for()
    form.get_by_role("button", name="Send a test").click()
    form.get_by_role("status").filter(has_text="A test is on its way to 0 recipients.").wait_for()
    page.locator(".tollbook-grid-body [role=row]").filter(has_text="test").first.wait_for()
    form.get_by_role("button", name="Remove").click()
    form.get_by_role("status").filter(has_text="ASR of all was removed.").wait_for()
    page.close(run_before_unload=True)
    context.close()

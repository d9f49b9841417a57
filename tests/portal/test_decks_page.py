"""Rate decks as an operator sees and uses them."""

import pytest

from portal.axe import faults
from tollbook.account.database import Database
from tollbook.billing.versions import version_of

pytestmark = pytest.mark.browser
HEAD = "prefix,destination,rate_per_min,initial_increment_s,increment_s\n"
FIRST = f"{HEAD}44,United Kingdom,0.010,60,60\n447,United Kingdom mobile,0.028,60,60\n".encode()
SECOND = f"{HEAD}44,United Kingdom,0.012,60,60\n1,North America,0.008,6,6\n".encode()


@pytest.fixture(scope="module")
def opened(billable, billing, browser):
    """The page, as an admin has it."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    page.goto(f"{billing}decks?deck=customer:alpha")
    page.wait_for_selector("#main #rendered_cells")
    page.wait_for_function("document.querySelectorAll('.tollbook-numbers[data-drawn]').length === 3")
    page.wait_for_function("globalThis.tollbookChosen")
    yield page
    page.close(run_before_unload=True)
    context.close()


def put(page, content):
    intake = page.get_by_role("region", name="A new version from a file")
    intake.get_by_label("Whose deck").select_option("customer:alpha")
    intake.locator("input[type=file]").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": content}
    )
    intake.get_by_role("button", name="Put it in force").wait_for()
    return intake


def test_a_file_is_looked_at_put_in_force_compared_and_saved(opened, billable):
    page = opened
    intake = put(page, FIRST)
    assert "2 rates in EUR would be version" in intake.inner_text()
    intake.get_by_role("button", name="Put it in force").click()
    intake.get_by_text("of the deck of alpha is in force.").wait_for()
    intake = put(page, SECOND)
    assert "▲ dearer 1" in intake.inner_text().replace("\n", " ")
    assert faults(page, "#main") == []
    intake.get_by_role("button", name="Put it in force").click()
    page.get_by_role("region", name="Differences").get_by_text("against version").wait_for()
    found = page.get_by_role("region", name="The deck that is open")
    assert found.get_by_role("button", name="Rates as CSV").is_visible()
    with page.expect_download() as saved:
        found.get_by_role("button", name="Rates as CSV").click()
    assert saved.value.suggested_filename.startswith("alpha-")
    with Database.of(billable).reading() as session:
        assert version_of(session, "customer", "alpha").rates == 2

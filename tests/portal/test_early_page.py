"""What a reader does in a page's first seconds stays when its session connects and its cells move."""

import pytest
from playwright.sync_api import Route

pytestmark = pytest.mark.browser
DAY = "dashboard?start=2026-10-05T00:00Z&end=2026-10-05T22:30Z"
CONNECTED = "document.querySelector('{}').closest('.lm-Widget')"
AFTER_MS = 1000
"""Voila moves all cells once more."""


@pytest.fixture
def early(opened, portal):
    """A page that is drawn and not connected, and what lets it connect."""
    watched = opened("about:blank")
    held: list[Route] = []
    watched.page.route("**/voila.js", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it is given
    watched.page.goto(f"{portal}{DAY}")
    watched.page.wait_for_selector("[data-name=asr] [data-drawn]")

    def connect(selector: str) -> None:
        while not held:
            watched.page.wait_for_timeout(50)
        held.pop().continue_()
        watched.page.wait_for_function(CONNECTED.format(selector))
        watched.page.wait_for_timeout(AFTER_MS)

    return watched, connect


def test_a_list_that_was_opened_before_the_session_stays_open_with_what_was_typed(early):
    watched, connect = early
    page = watched.page
    customer = page.get_by_role("button", name="Customer All")
    customer.click()
    page.keyboard.type("al")
    assert not page.evaluate(CONNECTED.format(".tollbook-bar"))
    connect(".tollbook-bar")
    box = page.get_by_role("dialog", name="Customer").get_by_role("searchbox")
    assert box.is_visible()
    assert customer.get_attribute("aria-expanded") == "true"
    page.keyboard.type("pha")
    assert box.input_value() == "alpha"
    page.keyboard.press("Escape")  # empties the box
    page.keyboard.press("Escape")
    box.wait_for(state="hidden")
    assert customer.get_attribute("aria-expanded") == "false"
    assert watched.wrong == []


def test_a_graphs_menu_that_was_opened_before_the_session_stays_open(early):
    watched, connect = early
    page = watched.page
    button = page.get_by_role("button", name="More for ASR")
    button.click()
    assert not page.evaluate(CONNECTED.format("[data-name=asr]"))
    connect("[data-name=asr]")
    assert page.get_by_role("menuitem").count() > 3
    assert page.get_by_role("menuitem").first.evaluate("item => item === document.activeElement")
    assert button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert button.get_attribute("aria-expanded") == "false"
    assert watched.wrong == []


@pytest.mark.parametrize(("headers", "told"), [({"Refresh": "5"}, "waits for its turn"), ({}, "has ended")])
def test_a_page_waits_only_where_all_places_are_taken(opened, portal, headers, told):
    watched = opened("about:blank")
    page = watched.page
    page.goto(f"{portal}{DAY}")  # remembered from now on, for who asks the same
    page.route(
        "**/dashboard?*",
        lambda route: (
            route.fulfill(status=503, headers=headers)
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    page.goto(f"{portal}{DAY}")
    page.mouse.move(200, 200)
    page.locator(".tollbook-ended:visible").wait_for()
    assert told in page.locator(".tollbook-ended:visible").inner_text()

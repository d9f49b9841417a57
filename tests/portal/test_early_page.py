"""What a reader does in a page's first seconds stays when its session connects and its cells move."""

import pytest

pytestmark = pytest.mark.browser
DAY = "dashboard?start=2026-10-05T00:00Z&end=2026-10-05T22:30Z"
CONNECTED = "document.querySelector('{}').closest('.lm-Widget')"
AFTER_MS = 1000
"""Voila moves all cells once more."""


def test_a_list_that_was_opened_before_the_session_stays_open_with_what_was_typed(opened, portal):
    watched = opened(f"{portal}{DAY}")
    page = watched.page
    page.wait_for_selector(".tollbook-graph [data-drawn]")
    customer = page.get_by_role("button", name="Customer All")
    customer.click()
    page.keyboard.type("al")
    assert not page.evaluate(CONNECTED.format(".tollbook-bar"))
    page.wait_for_function(CONNECTED.format(".tollbook-bar"))
    page.wait_for_timeout(AFTER_MS)
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


def test_a_graphs_menu_that_was_opened_before_the_session_stays_open(opened, portal):
    watched = opened(f"{portal}{DAY}")
    page = watched.page
    page.wait_for_selector("[data-name=asr] [data-drawn]")
    button = page.get_by_role("button", name="More for ASR")
    button.click()
    page.wait_for_function(CONNECTED.format("[data-name=asr]"))
    page.wait_for_timeout(AFTER_MS)
    assert page.get_by_role("menuitem").count() > 3
    assert page.get_by_role("menuitem").first.evaluate("item => item === document.activeElement")
    assert button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert button.get_attribute("aria-expanded") == "false"
    assert watched.wrong == []

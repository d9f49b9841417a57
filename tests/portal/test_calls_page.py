"""The page of calls in a browser: every control, pages, a call opened, the download; figures as the Summary's."""

import csv
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from portal.axe import faults_in_both_themes

pytestmark = pytest.mark.browser

DAY = "start=2026-10-05&end=2026-10-06"
NESTED = {"all": [{"field": "talk_s", "op": ">=", "value": "60"},
                  {"any": [{"field": "sip_code", "op": "between", "value": ["200", "299"]}]}]}  # fmt: skip
Open = Callable[[str], Any]


@pytest.fixture
def shown(portal: str, opened: Open) -> Callable[..., Any]:
    """The page with a query, its calls drawn and counted."""

    def show(query: str = DAY, count: str = "1,010 calls") -> Any:
        watched = opened(f"{portal}calls?{query}")
        expect(watched.page.locator(".tollbook-calls-count")).to_have_text(count)
        return watched

    return show


def counts(page: Page, words: str) -> None:
    expect(page.locator(".tollbook-calls-count")).to_have_text(words)


def rows(page: Page) -> Any:
    return page.locator(".tollbook-calls-frame tbody tr")


def column(page: Page, name: str) -> list[str]:
    return page.locator(f".tollbook-calls-frame td[data-column={name}]").all_inner_texts()


def test_the_calls_are_those_of_the_summary(shown: Callable[..., Any], told: Callable[..., Any]) -> None:
    watched = shown()
    summed = told("summary", "--view", "daily")
    assert sum(row["attempts"] for row in summed) == 1010
    expect(rows(watched.page)).to_have_count(100)
    expect(watched.page.locator(".tollbook-calls-note")).to_contain_text("UTC")
    expect(watched.page.locator(".tollbook-as-of")).to_contain_text("Data as of")
    assert watched.wrong == []


def test_each_filter_narrows_and_stands_in_the_address(shown: Callable[..., Any]) -> None:
    page = shown().page
    page.get_by_label("Shortest (s)").fill("60")
    page.keyboard.press("Enter")
    counts(page, "409 calls")
    page.get_by_label("Longest (s)").fill("59")
    page.keyboard.press("Enter")
    counts(page, "0 calls")
    expect(page.locator(".tollbook-calls-empty")).to_have_text("No call of this span fits.")
    page.get_by_role("button", name="Clear filters").click()
    counts(page, "1,010 calls")
    page.get_by_label("SIP code").fill("4xx")
    page.keyboard.press("Enter")
    counts(page, "601 calls")
    page.wait_for_function("location.search.includes('sip_code=4xx')")
    page.go_back()
    counts(page, "1,010 calls")
    page.get_by_label("Number").fill("4999")
    page.keyboard.press("Enter")
    counts(page, "0 calls")


def pick(page: Page, name: str, choice: str) -> None:
    """Tick a name in the list of a filter."""
    page.get_by_role("button", name=name).first.click()
    page.get_by_role("checkbox", name=choice).check()
    page.keyboard.press("Escape")


def test_names_are_ticked_and_each_narrows(shown: Callable[..., Any]) -> None:
    page = shown().page
    pick(page, "Carrier", "north")
    counts(page, "505 calls")
    pick(page, "Customer", "beta")
    counts(page, "5 calls")
    pick(page, "Outcome", "answered")
    assert set(column(page, "customer")) == {"beta"}
    assert set(column(page, "carrier")) == {"north"}
    counts(page, f"{len(column(page, 'customer'))} calls")


def test_the_zone_is_that_of_the_page_and_of_its_file(shown: Callable[..., Any]) -> None:
    page = shown().page
    first = column(page, "started_at")[0]
    page.get_by_role("button", name="Zone").click()
    page.get_by_label("Search: Zone").fill("Kolkata")
    page.locator("[data-zone='Asia/Kolkata']").click()
    expect(page.locator(".tollbook-calls-note")).to_contain_text("Asia/Kolkata")
    assert first.endswith("22:25:20")
    # The day is that zone's, which is 5:30 ahead: its last call is the one of 18:29:20 UTC.
    expect(rows(page).first.locator("td").first).to_contain_text("23:59:20")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download CSV").click()
    head = Path(waiting.value.path()).read_text().splitlines()[0]
    assert head.startswith("started_at (Asia/Kolkata),started_at (UTC)")


def test_a_group_of_any_fits_either(shown: Callable[..., Any]) -> None:
    page = shown().page
    page.locator(".tollbook-where summary").click()
    page.get_by_label("Conditions", exact=True).first.select_option("any")
    for customer, place in (("alpha", 0), ("beta", 1)):
        page.get_by_role("button", name="Add condition").click()
        page.get_by_label("Field").nth(place).select_option("customer")
        page.get_by_label("Value").nth(place).fill(customer)
    page.get_by_role("button", name="Apply").click()
    counts(page, "1,010 calls")
    page.get_by_label("Conditions", exact=True).first.select_option("all")
    page.get_by_role("button", name="Apply").click()
    counts(page, "0 calls")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("customer=beta", "10 calls"),
        ("carrier=north", "505 calls"),
        ("outcome=answered", "409 calls"),
        ("zone=Europe/Riga&customer=beta&end=2026-10-07", "10 calls"),
    ],
)
def test_an_address_shows_the_same(shown: Callable[..., Any], query: str, count: str) -> None:
    shown(f"{DAY}&{query}" if "end" not in query else f"start=2026-10-05&{query}", count)


def test_pages_lose_and_double_no_call(shown: Callable[..., Any]) -> None:
    page = shown().page
    older = page.get_by_role("button", name="Older", exact=True)
    newer = page.get_by_role("button", name="Newer", exact=True)
    expect(newer).to_have_attribute("aria-disabled", "true")
    seen = column(page, "started_at")
    while older.get_attribute("aria-disabled") == "false":
        last = seen[-1]
        older.click()
        expect(rows(page).first.locator("td").first).not_to_have_text(seen[-len(column(page, "started_at"))])
        seen += column(page, "started_at")
        assert seen[-1] < last
    assert len(seen) == len(set(seen)) == 1010
    newer.click()
    expect(rows(page)).to_have_count(100)
    page.get_by_role("button", name="Newest", exact=True).click()
    expect(rows(page).first.locator("td").first).to_have_text(seen[0])
    page.get_by_role("button", name="Oldest", exact=True).click()
    expect(rows(page).first.locator("td").first).to_have_text(seen[-1])
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Start")


def test_other_conditions_start_at_the_first_page(shown: Callable[..., Any]) -> None:
    page = shown().page
    page.get_by_role("button", name="Older", exact=True).click()
    page.wait_for_function("location.search.includes('place')")
    page.get_by_label("Shortest (s)").fill("60")
    page.keyboard.press("Enter")
    counts(page, "409 calls")
    assert "place" not in page.url


def test_columns_are_chosen(shown: Callable[..., Any]) -> None:
    page = shown().page
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Call id").check()
    page.get_by_label("Destination").uncheck()
    expect(page.locator(".tollbook-calls-frame th", has_text="Call id")).to_have_count(1)
    expect(page.locator(".tollbook-calls-frame th", has_text="Destination")).to_have_count(0)
    page.get_by_role("button", name="Usual columns").click()
    expect(page.locator(".tollbook-calls-frame th", has_text="Destination")).to_have_count(1)


def test_nested_conditions_by_keyboard_alone(shown: Callable[..., Any]) -> None:
    page = shown().page
    page.locator(".tollbook-where summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add condition").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Duration (s)")  # the field has the focus
    page.keyboard.press("Tab")
    page.keyboard.type("at least")
    page.keyboard.press("Tab")
    page.keyboard.type("60")
    page.keyboard.press("Enter")
    counts(page, "409 calls")
    page.get_by_role("button", name="Add group").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # from the group's first field to its comparison
    group = page.locator(".tollbook-where-group .tollbook-where-group")
    group.get_by_label("Field").select_option("customer")
    group.get_by_label("Comparison").select_option("in")
    group.get_by_label("Value").fill("beta,nobody")
    page.keyboard.press("Enter")
    counts(page, "9 calls")
    page.reload()
    counts(page, "9 calls")
    expect(group.get_by_label("Value")).to_have_value("beta,nobody")
    page.get_by_role("button", name="Remove group").click()
    page.get_by_role("button", name="Apply").click()
    counts(page, "409 calls")
    page.get_by_role("button", name="Clear conditions").click()
    counts(page, "1,010 calls")


def test_conditions_that_mean_nothing_are_said(shown: Callable[..., Any]) -> None:
    page = shown().page
    page.locator(".tollbook-where summary").click()
    page.get_by_role("button", name="Add condition").click()
    page.get_by_label("Field").select_option("charge")
    page.get_by_label("Value").fill("a lot")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("alert").filter(has_text="'a lot' is not an amount")).to_be_visible()
    counts(page, "1,010 calls")
    expect(page.get_by_label("Value")).to_have_value("a lot")


def test_a_call_opens_with_its_tries_and_rating_and_closes(shown: Callable[..., Any]) -> None:
    watched = shown()
    page = watched.page
    first = page.locator(".tollbook-calls-open").first
    first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Call of 2026-10-05 22:25:20 UTC")
    expect(dialog).to_be_visible()
    expect(dialog.locator(".tollbook-call-tries tbody tr")).to_have_count(1)
    expect(dialog).to_contain_text("no deck for this customer or carrier")
    expect(dialog).to_contain_text("Not invoiced yet.")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(first).to_be_focused()
    page.go_back()
    expect(dialog).to_be_visible()
    assert watched.wrong == []
    page.reload()
    expect(dialog).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_the_download_is_what_the_page_shows(
    shown: Callable[..., Any], told: Callable[..., Any], tmp_path: Path
) -> None:
    page = shown(f"{DAY}&customer=alpha", "1,000 calls").page
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download CSV").click()
    waiting.value.save_as(tmp_path / "calls.csv")
    with (tmp_path / "calls.csv").open(newline="") as file:
        found = list(csv.DictReader(file))
    (row,) = told("summary", "--view", "daily", "--customer", "alpha")
    assert len(found) == row["attempts"]
    assert sum(Decimal(call["charge"]) for call in found) == Decimal(row["charge"])
    assert sum(Decimal(call["talk_s"]) for call in found) == Decimal(str(row["talk_s"]))
    assert found[0]["started_at (UTC)"].startswith(column(page, "started_at")[0])


def test_it_is_usable_on_a_narrow_page(shown: Callable[..., Any]) -> None:
    page = shown().page
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".tollbook-calls-open").first.click()
    expect(page.locator("dialog.tollbook-call")).to_be_visible()
    assert page.evaluate("document.querySelector('dialog.tollbook-call').scrollWidth") <= 390


def test_conditions_columns_and_a_call_stand_in_nobodys_way(shown: Callable[..., Any]) -> None:
    page = shown(f"{DAY}&where={quote(json.dumps(NESTED))}", "409 calls").page
    assert faults_in_both_themes(page) == []
    page.get_by_role("button", name="Columns").click()
    assert faults_in_both_themes(page) == []
    page.keyboard.press("Escape")
    page.locator(".tollbook-calls-open").first.click()
    expect(page.locator("dialog.tollbook-call")).to_be_visible()
    assert faults_in_both_themes(page) == []

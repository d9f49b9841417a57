"""The Customer Summary as its readers see it."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def daily(opened, portal):
    watched = opened(f"{portal}summary")
    watched.page.locator(".tollbook-grid-body [role=row]").first.wait_for()
    return watched


def column(watched, name):
    return watched.page.locator(f".tollbook-grid-body [data-column={name}]").all_inner_texts()


def test_a_row_a_day_and_customer(daily):
    assert column(daily, "date") == ["2026-10-05", "2026-10-05"]
    assert column(daily, "customer") == ["alpha", "beta"]
    assert column(daily, "asr") == ["40.00 %", "90.00 %"]


def test_charges_are_those_of_the_command_line_to_the_last_digit(daily, told):
    # 400 x 0.0123 and 9 x 0.0123
    said = {row["customer"]: row["charge"] for row in told("summary", "--view", "daily")}
    assert said == {"alpha": "4.92", "beta": "0.1107"}
    assert column(daily, "charge") == ["4.9200", "0.1107"]


def test_the_page_says_that_it_is_cut_in_utc_and_when_it_was_updated(daily):
    words = daily.page.locator(".tollbook-asof").inner_text()
    assert words == "A row a day, cut in UTC. Data as of 2026-10-06 01:00 UTC."


def test_the_parts_of_a_ratio_stand_behind_it(daily):
    assert (
        daily.page.locator(".tollbook-grid-body [data-column=asr]").first.get_attribute("title")
        == "400 / 1000"
    )


@pytest.mark.parametrize(("view", "date"), [("live", None), ("weekly", "2026-W41"), ("monthly", "2026-10")])
def test_the_other_views(opened, portal, view, date):
    watched = opened(f"{portal}summary?view={view}")
    watched.page.locator(".tollbook-grid-status").wait_for()
    assert watched.page.locator("nav [aria-current=true]").inner_text() == view.capitalize()
    assert column(watched, "date") == ([date, date] if date else [])
    assert watched.wrong == []


def test_nothing_went_wrong_and_nothing_was_asked_of_another_machine(daily):
    assert daily.wrong == []

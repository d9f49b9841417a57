"""The bar of controls by hand: every choice is in the address, and everything goes by keyboard."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from portal.axe import faults
from portal.harness import Harness
from tollbook.params import Dashboard
from tollbook.show import controls
from tollbook.show.choices import Choices
from tollbook.show.controls import Many, One, Range, Tabs, Text, Toggle, Zone

pytestmark = pytest.mark.browser
LATEST = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
NAMES = ["alpha", 'b, "best"', *(f"customer {n}" for n in range(300))]


class Bar:
    """A page with the bar, in a browser whose clock stands at noon of 21 November 2026, a Saturday, in Riga."""

    def __init__(self, browser, width=1440, query="", **look):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, timezone_id="Europe/Riga", reduced_motion="reduce"
        )
        self.page = context.new_page()
        self.page.clock.set_fixed_time(datetime(2026, 11, 21, 10, tzinfo=UTC))
        given = {name: value for name, (value,) in parse_qs(query).items()}
        self.choices = Choices(Dashboard(**{"start": "-24h", **given}))
        fields = [
            Range(),
            Tabs("only", "View", [("", "Live"), ("daily", "Daily"), ("weekly", "Weekly")]),
            Many("customer", "Customer", [NAMES[0], (NAMES[1], "Beta Ltd", 1234), *NAMES[2:]]),
            One("by", "By", [("carrier", "Carrier"), ("total", "Total")]),
            Toggle("compare", "Compare", on="previous", off=""),
            Text("destination", "Destination"),
            Zone(),
        ]
        self.bar = controls.bar(
            self.choices, fields, as_of=LATEST, first=datetime(2026, 1, 1, tzinfo=UTC), latest=LATEST
        )
        self.harness = Harness(self.page, [self.bar], **look)
        self.harness.open(f"?{query}" if query else "")

    @property
    def address(self):
        return {name: value for name, (value,) in parse_qs(urlsplit(self.page.url).query).items()}

    def button(self, name, **how):
        return self.page.get_by_role("button", name=name, **how)

    def span(self):
        return self.page.locator(".tollbook-span")


@pytest.fixture
def opened_bar(browser):
    made = []

    def show(**how):
        made.append(Bar(browser, **how))
        return made[-1]

    yield show
    for bar in made:
        bar.page.context.close()


def test_a_span_at_a_click_stands_in_the_address_and_in_python(opened_bar):
    bar = opened_bar()
    bar.span().click()
    bar.button("Last 7 days").click()
    expect(bar.span()).to_contain_text("Last 7 days")
    assert bar.address == {"start": "-7d"}
    assert bar.choices.value.start == "-7d"


@pytest.mark.parametrize(
    ("preset", "start", "end"),
    [
        # At noon of Saturday 21 November; the calls end on the 20th. Riga is two hours ahead of UTC.
        ("Today", "2026-11-20T22:00Z", "2026-11-21T22:00Z"),
        ("Yesterday", "2026-11-19T22:00Z", None),
        ("This week", "2026-11-15T22:00Z", None),
        ("This month", "2026-10-31T22:00Z", None),
    ],
)
def test_days_weeks_and_months_are_cut_on_the_pages_clock(opened_bar, preset, start, end):
    bar = opened_bar(query="zone=Europe/Riga")
    bar.span().click()
    bar.button(preset, exact=True).click()
    assert (bar.address["start"], bar.address.get("end")) == (start, end)
    expect(bar.span()).to_contain_text(preset)


def test_a_span_by_dates_and_times_is_read_on_the_pages_clock(opened_bar):
    bar = opened_bar(query="zone=Asia/Kathmandu")
    bar.span().click()
    bar.page.get_by_label("From", exact=True).fill("2026-11-01")
    bar.page.get_by_label("From: time").fill("13:00")
    bar.page.get_by_label("Until", exact=True).fill("2026-11-02")
    bar.page.get_by_label("Until: time").fill("9:15")
    bar.button("Show").click()
    # Kathmandu is 5:45 ahead
    assert bar.address["start"] == "2026-11-01T07:15Z"
    assert bar.address["end"] == "2026-11-02T03:30Z"
    expect(bar.span()).to_have_text(re.compile(r"1 Nov 2026, 13:00\s–\s2 Nov 2026, 09:15"))


def test_an_end_before_its_start_is_refused_where_it_is_written(opened_bar):
    bar = opened_bar()
    bar.span().click()
    bar.page.get_by_label("Until", exact=True).fill("2020-01-01")
    bar.button("Show").click()
    expect(bar.page.get_by_role("alert")).to_contain_text("the start must come before the end")
    assert bar.address == {}


def test_the_span_moves_by_its_own_length_and_stays_within_the_figures(opened_bar):
    bar = opened_bar()
    expect(bar.button("The span after")).to_have_attribute("aria-disabled", "true")
    bar.button("The span before").click()
    assert (bar.address["start"], bar.address["end"]) == ("2026-11-18T14:00Z", "2026-11-19T14:00Z")
    bar.button("The span after").click()
    assert (bar.address["start"], bar.address["end"]) == ("2026-11-19T14:00Z", "2026-11-20T14:00Z")
    near = opened_bar(query="start=2026-11-19T00:00Z&end=2026-11-20T00:00Z")
    near.button("The span after").click()
    assert (near.address["start"], near.address["end"]) == ("2026-11-19T14:00Z", "2026-11-20T14:00Z")


def test_zooming_out_doubles_the_span_and_an_open_end_stays_open(opened_bar):
    bar = opened_bar()
    bar.button("Zoom out").click()
    assert bar.address == {"start": "2026-11-18T14:00Z"}
    past = opened_bar(query="start=2026-11-10T00:00Z&end=2026-11-10T12:00Z")
    past.button("Zoom out").click()
    assert past.address == {"start": "2026-11-09T18:00Z", "end": "2026-11-10T18:00Z"}


def test_in_jupyterlab_the_address_is_left_alone(opened_bar):
    bar = opened_bar(query="")
    bar.page.add_init_script(
        "new MutationObserver(() => document.body?.classList.remove('tollbook-page'))"
        ".observe(document, { subtree: true, childList: true })"
    )
    bar.harness.open()
    bar.button("Compare").click()
    expect(bar.button("Compare", exact=True)).to_have_attribute("aria-pressed", "true")
    assert bar.choices.value.compare == "previous"
    assert bar.address == {}


def test_back_and_forward_go_through_what_was_chosen(opened_bar):
    bar = opened_bar()
    bar.page.get_by_role("tab", name="Daily").click()
    bar.button("Compare").click()
    bar.page.go_back()
    expect(bar.button("Compare", exact=True)).to_have_attribute("aria-pressed", "false")
    assert bar.choices.value.only == "daily"
    bar.page.go_back()
    expect(bar.page.get_by_role("tab", name="Live")).to_have_attribute("aria-selected", "true")
    bar.page.go_forward()
    expect(bar.page.get_by_role("tab", name="Daily")).to_have_attribute("aria-selected", "true")
    assert bar.address == {"only": "daily"}


def test_many_names_are_searched_and_ticked_and_one_step_back_takes_all_back(opened_bar):
    bar = opened_bar()
    bar.button("Customer").click()
    bar.page.keyboard.type("beta")
    bar.page.keyboard.press("ArrowDown")
    bar.page.keyboard.press("Space")
    bar.page.get_by_role("searchbox", name="Search: Customer").fill("alpha")
    bar.page.get_by_label("alpha").check()
    assert bar.address == {"customer": '"b, ""best""",alpha'}
    expect(bar.button("Customer 2 chosen")).to_be_visible()
    bar.page.keyboard.press("Escape")
    expect(bar.button("Customer 2 chosen")).to_be_focused()
    bar.page.go_back()
    expect(bar.button("Customer All")).to_be_visible()


def test_of_many_hundred_names_the_first_are_listed_and_the_others_counted(opened_bar):
    bar = opened_bar()
    bar.button("Customer").click()
    panel = bar.page.get_by_role("dialog", name="Customer")
    expect(panel.get_by_role("checkbox")).to_have_count(201)  # and All
    expect(panel.get_by_role("status")).to_have_text("102 more: search to find them")
    bar.page.keyboard.type("nobody")
    expect(panel.get_by_role("status")).to_have_text("Nothing is called so.")


def test_a_chip_takes_back_its_own_filter_and_one_all(opened_bar):
    bar = opened_bar(query="customer=alpha,customer 7&by=total&compare=previous&zone=Europe/Riga")
    chips = bar.page.get_by_role("list", name="Filters").get_by_role("button")
    assert chips.all_inner_texts() == [
        "Customer: alpha", "Customer: customer 7", "By: Total", "Compare", "Clear filters",
    ]  # fmt: skip
    bar.button("Remove Customer: alpha").click()
    assert bar.address["customer"] == "customer 7"
    bar.button("Clear filters").click()
    assert bar.address == {"zone": "Europe/Riga"}
    expect(bar.page.get_by_role("list", name="Filters")).to_be_hidden()


def test_a_zone_is_found_by_typing_and_the_page_speaks_of_it(opened_bar):
    bar = opened_bar()
    bar.page.evaluate(
        "document.dispatchEvent(new CustomEvent('tollbook:zone'))"
    )  # what the clock on top does
    panel = bar.page.get_by_role("dialog", name="Zone")
    assert panel.get_by_role("button").all_inner_texts()[:2] == [
        "UTC\n+00:00",
        "Europe/Riga\nthis device\n+02:00",
    ]
    bar.page.keyboard.type("kathm")
    bar.page.keyboard.press("ArrowDown")
    bar.page.keyboard.press("Enter")
    assert bar.address == {"zone": "Asia/Kathmandu"}
    expect(bar.page.locator(".tollbook-as-of")).to_have_text("Data as of 20 Nov 2026, 19:45 Asia/Kathmandu")


def test_views_go_by_arrow_keys(opened_bar):
    bar = opened_bar()
    bar.page.get_by_role("tab", name="Live").focus()
    bar.page.keyboard.press("ArrowRight")
    expect(bar.page.get_by_role("tab", name="Daily")).to_be_focused()
    assert bar.address == {"only": "daily"}
    bar.page.keyboard.press("End")
    assert bar.address == {"only": "weekly"}


def test_a_text_holds_once_it_is_left_or_entered(opened_bar):
    bar = opened_bar()
    bar.page.get_by_label("Destination").fill("Latvia")
    assert bar.address == {}
    bar.page.keyboard.press("Enter")
    assert bar.address == {"destination": "Latvia"}


def test_what_python_refuses_is_said_and_leaves_the_address(opened_bar):
    bar = opened_bar()
    bar.choices.watch(lambda _new, _names: (_ for _ in ()).throw(ValueError("secret")))
    bar.button("Compare").click()
    expect(bar.page.get_by_role("alert")).to_have_text(
        re.compile(r"This could not be done. The log of the server says why, under [0-9a-f]{8}\.")
    )
    expect(bar.button("Compare", exact=True)).to_have_attribute("aria-pressed", "false")
    assert bar.address == {}


def test_on_a_narrow_page_filters_fold(opened_bar):
    bar = opened_bar(width=390, query="customer=alpha")
    expect(bar.button("Customer alpha")).to_be_hidden()
    bar.button("Filters (1)").click()
    expect(bar.button("Customer alpha")).to_be_visible()
    assert bar.page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("panel", ["", "Customer", "Zone", "Time range"])
@pytest.mark.parametrize(
    "look", [{"theme": "light"}, {"theme": "dark", "language": "ar", "direction": "rtl"}]
)
def test_nobody_is_shut_out(opened_bar, panel, look):
    bar = opened_bar(query="customer=alpha&compare=previous", **look)
    if panel:
        bar.page.locator(".tollbook-button", has_text=panel).first.click()
    assert faults(bar.page, ".tollbook-bar-host") == []

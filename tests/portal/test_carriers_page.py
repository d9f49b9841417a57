"""The score cards as their readers see them."""

import re

import pytest

pytestmark = pytest.mark.browser
DAY = "start=2026-10-05&end=2026-10-06"


@pytest.fixture(scope="module")
def open_cards(opened, portal):
    def show(query=DAY):
        watched = opened(f"{portal}carriers?{query}")
        watched.page.wait_for_function(
            "document.querySelectorAll('.tollbook-cards-root[data-drawn]').length === 2"
        )
        watched.page.wait_for_function("globalThis.tollbookChosen")
        return watched

    return show


@pytest.fixture(scope="module")
def watched(open_cards):
    return open_cards()


def cells(page, name, table="Score cards"):
    return page.get_by_role("table", name=table).locator(f"tbody [data-column={name}]").all_inner_texts()


def cards(page, carrier):
    return page.get_by_role("table", name="Score cards").get_by_role("row").filter(has_text=carrier)


def test_figures_are_those_of_the_command_line(watched, told):
    names = ("seizures", "asr", "ner", "acd", "short_calls")
    for group in told("metrics", *names, "--by", "carrier,destination"):
        row = cards(watched.page, group["carrier"])
        shown = {name: row.locator(f"[data-column={name}]").inner_text().split("\n")[0] for name in names}
        assert shown == {
            "seizures": f"{group['seizures']['value']}",
            "asr": f"{100 * group['asr']['value']:.1f} %",
            "ner": f"{100 * group['ner']['value']:.1f} %",
            "acd": f"{group['acd']['value']:.1f} s",
            "short_calls": f"{100 * group['short_calls']['value']:.1f} %",
        }


def test_what_no_test_tells_apart_is_no_difference(watched):
    assert cells(watched.page, "others") == ["no difference\n40.6 % of 505", "no difference\n40.4 % of 505"]
    assert cells(watched.page, "before") == ["nothing to compare"] * 2
    assert cells(watched.page, "others", "Carriers") == ["no difference: 1"] * 2


def test_the_interval_stands_in_words_beside_its_band(watched):
    # 204 of 505: 36.2 to 44.7 %
    row = cards(watched.page, "north")
    assert "95 %: 36.2 % to 44.7 %" in row.locator("[data-column=asr]").inner_text()
    band = row.locator(".tollbook-cards-band").bounding_box()
    track = row.locator(".tollbook-cards-track").bounding_box()
    assert (band["x"] - track["x"]) / track["width"] == pytest.approx(0.362, abs=0.01)


def test_the_page_says_its_span_zone_and_age(watched):
    words = watched.page.locator("#rendered_cells").inner_text()
    assert re.search("Data as of .*2026.*01:00 UTC", words)
    assert "UTC" in watched.page.locator(".tollbook-cards-note:visible").inner_text()


def test_a_head_sorts_and_the_address_says_so(open_cards):
    page = open_cards().page
    heads = page.get_by_role("table", name="Score cards")
    heads.get_by_role("button", name="ASR").click()
    page.wait_for_url("**sort=-asr**")
    assert [text.split("\n")[0] for text in cells(page, "asr")] == ["40.6 %", "40.4 %"]
    assert heads.get_by_role("columnheader", name="ASR").get_attribute("aria-sort") == "descending"
    page.keyboard.press("Enter")  # the button keeps the focus
    page.wait_for_url(re.compile("sort=asr"))
    assert [text.split("\n")[0] for text in cells(page, "asr")] == ["40.4 %", "40.6 %"]


def test_the_address_shows_the_same_page(open_cards):
    page = open_cards(f"{DAY}&carrier=south&minimum=506&sort=carrier").page
    assert cells(page, "carrier") == ["south"]
    assert cells(page, "others") == ["not enough calls\n40.4 % of 505"]
    heads = page.get_by_role("table", name="Score cards")
    assert (
        heads.get_by_role("columnheader", name="Carrier", exact=True).get_attribute("aria-sort")
        == "ascending"
    )


def test_a_choice_changes_the_cards_and_back_undoes_it(open_cards):
    page = open_cards().page
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('tollbook:choose', {detail: {values: {customer: 'beta'}}}))"
    )
    page.wait_for_function("document.querySelectorAll('.tollbook-cards-few').length > 0")
    assert "customer=beta" in page.url
    assert [text.split("\n")[0] for text in cells(page, "seizures")] == ["5", "5"]
    page.go_back()
    page.wait_for_function("document.querySelectorAll('.tollbook-cards-few').length === 0")
    assert [text.split("\n")[0] for text in cells(page, "seizures")] == ["505", "505"]


def test_filters_and_the_seizures_needed_are_set_by_hand(open_cards):
    page = open_cards().page
    page.get_by_role("button", name="Carrier").first.click()
    page.get_by_role("checkbox", name="north").check()
    page.keyboard.press("Escape")
    page.wait_for_function("document.querySelectorAll('.tollbook-cards-root tbody tr').length === 2")
    assert cells(page, "carrier") == ["north"]
    assert cells(page, "others") == ["no difference\n40.6 % of 505"]  # what is compared stays all carriers
    needed = page.get_by_label("Seizures needed")
    needed.fill("506")
    needed.press("Enter")
    page.wait_for_function("document.querySelectorAll('.tollbook-cards-few').length > 0")
    assert cells(page, "others")[0].startswith("not enough calls")


def test_delays_codes_and_re_routing_are_those_of_the_command_line(watched, told):
    for group in told("metrics", "pdd", "rerouted", "--by", "carrier"):
        row = cards(watched.page, group["carrier"])
        pdd = group["pdd"]["value"]
        assert row.locator("[data-column=pdd]").inner_text().split("\n")[0] == (
            "–" if pdd is None else f"{pdd / 1000:.2f} s"
        )
        assert row.locator("[data-column=rerouted]").inner_text().split("\n") == [
            f"{100 * group['rerouted']['value']:.1f} %", str(group["rerouted"]["numerator"])
        ]  # fmt: skip
    # Of north's calls those of even numbers: 301 of 505 busy, 59.6 %
    assert cells(watched.page, "codes")[0] == "486 59.6 %"


def test_a_carrier_opens_its_dashboard(open_cards):
    page = open_cards().page
    page.get_by_role("table", name="Score cards").get_by_role("link", name="north").click()
    page.wait_for_function("document.querySelector('[data-metric=attempts] strong')?.textContent === '505'")


def test_a_carrier_leads_to_its_dashboard(watched):
    link = watched.page.get_by_role("table", name="Score cards").get_by_role("link", name="north")
    assert link.evaluate("a => a.href").endswith(
        "/dashboard?start=2026-10-05&end=2026-10-06&zone=UTC&carrier=north"
    )


def test_nothing_is_cut_off_on_a_narrow_page(open_cards):
    page = open_cards().page
    page.set_viewport_size({"width": 390, "height": 900})
    page.get_by_label("Sort by").first.wait_for()
    page.get_by_label("Sort by").first.select_option("carrier")
    page.wait_for_url("**sort=carrier**")
    wide = "[...document.querySelectorAll('.tollbook-cards-root *')].filter(e => e.getBoundingClientRect().right > 391).length"
    assert page.evaluate(wide) == 0
    assert [text.split("\n")[-1] for text in cells(page, "carrier")] == ["north", "south"]


def test_without_calls_the_page_says_so(open_cards):
    page = open_cards(f"{DAY}&customer=nobody").page
    assert (
        page.locator(".tollbook-cards-empty").all_inner_texts()
        == ["No seizures in this span with these filters."] * 2
    )


def test_nothing_went_wrong_and_nothing_was_asked_of_another_machine(watched):
    assert watched.wrong == []

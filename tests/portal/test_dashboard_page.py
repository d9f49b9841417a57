"""The dashboard as its readers see it: four graphs, nothing from another machine, the figures of the command line."""

import re

import pytest

from tollbook.show.figures import TOTAL

pytestmark = pytest.mark.browser
DRAWN = ".tollbook-chart[data-drawn]"
SERIES = [TOTAL, "north", "south"]


@pytest.fixture(scope="module")
def dashboard(opened, portal):
    watched = opened(f"{portal}dashboard?zone=Asia/Kathmandu")
    watched.page.wait_for_function("n => document.querySelectorAll(n).length === 4", arg=DRAWN)
    return watched


def chart(watched, number):
    return watched.page.locator(DRAWN).nth(number)


def lines_of(watched, number):
    """How many lines the graph shows now."""
    return chart(watched, number).locator(".mark-line path[d]").count()


def click_legend(watched, number, name, **how):
    entry = chart(watched, number).locator(".role-legend-label text").filter(has_text=name)
    entry.scroll_into_view_if_needed()
    box = entry.bounding_box()
    watched.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, **how)


def wait_for_lines(watched, number, count):
    found = (
        "([s, i, n]) => document.querySelectorAll(s)[i].querySelectorAll('.mark-line path[d]').length === n"
    )
    watched.page.wait_for_function(found, arg=[DRAWN, number, count])


def test_four_graphs_are_drawn_with_a_line_for_the_total_and_for_each_carrier(dashboard):
    for number in range(4):
        assert lines_of(dashboard, number) == len(SERIES)
        assert chart(dashboard, number).locator(".role-legend-label text").all_text_contents() == SERIES


def test_every_graph_has_its_title(dashboard):
    titles = dashboard.page.locator("h2").all_inner_texts()
    assert [title.strip("¶ ") for title in titles] == ["Live Channels", "ASR", "ACD", "DTMF %"]


def test_the_page_says_as_of_when_and_in_which_zone(dashboard):
    words = dashboard.page.locator(".tollbook-top p").inner_text()
    assert words.startswith("Data as of 2026-10-06 01:00 UTC.")
    assert "Asia/Kathmandu" in words


def test_a_ratio_shows_its_parts(dashboard):
    tile = dashboard.page.locator("[data-metric=asr]")
    assert tile.locator("strong").inner_text() == "40.50 %"
    assert tile.locator("small").inner_text() == "409 / 1010"


@pytest.mark.parametrize("metric", ["asr", "acd", "dtmf"])
def test_the_page_shows_what_the_command_line_says(dashboard, told, metric):
    scale = 1 if metric == "acd" else 100
    number = ["channels", "asr", "acd", "dtmf"].index(metric)
    said = [row[metric]["value"] for row in told("metrics", metric, "--by", "hour", "--tz", "Asia/Kathmandu")]
    shown = points(dashboard, number, TOTAL)
    assert [None if v is None else v / scale for v in shown if v is not None] == pytest.approx(
        [v for v in said if v is not None]
    )


def points(watched, number, series):
    """The values of a line, as the graph has them."""
    rows = chart(watched, number).evaluate(
        "(host) => host.tollbookView.getState({data: (name) => name.startsWith('table')}).data"
    )
    table = next(rows for rows in rows.values() if rows and "series" in rows[0])
    return [row["value"] for row in table if row["series"] == series]


def test_live_channels_are_those_of_the_command_line(dashboard, told):
    said = told("channels", "--from", "2026-10-05T00:00Z", "--to", "2026-10-05T22:30Z")
    most = max(row["channels"] for row in said)
    assert max(points(dashboard, 0, TOTAL)) == most


def test_the_pointer_tells_every_lines_figure_with_its_parts(dashboard):
    box = chart(dashboard, 1).locator(".mark-rect path").nth(12).bounding_box()
    dashboard.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    tip = dashboard.page.locator("#tollbook-tooltip.visible")
    tip.wait_for()
    keys = tip.locator("td.key").all_inner_texts()
    assert [key.rstrip(": ") for key in keys] == ["Asia/Kathmandu", *SERIES]
    assert re.search(r"Total\s+\d\d\.\d\d %\s+\(\d\d / 45\)", tip.inner_text())


def test_a_click_in_the_legend_isolates_adds_and_removes(dashboard):
    click_legend(dashboard, 1, "north")
    wait_for_lines(dashboard, 1, 1)
    click_legend(dashboard, 1, "south")
    wait_for_lines(dashboard, 1, 2)
    click_legend(dashboard, 1, "south")
    wait_for_lines(dashboard, 1, 1)
    click_legend(dashboard, 1, "north")
    wait_for_lines(dashboard, 1, 3)
    assert lines_of(dashboard, 0) == 3


def test_the_rows_of_another_span_keep_what_was_chosen_in_the_address(dashboard):
    link = dashboard.page.get_by_role("link", name="7 days").get_attribute("href")
    assert link == "?start=-7d&zone=Asia/Kathmandu"


def test_the_page_has_a_main_part_a_way_to_skip_to_it_and_its_place_in_the_navigation(dashboard):
    page = dashboard.page
    assert page.locator("[role=main]").count() == 1
    assert page.locator("a.tollbook-skip").get_attribute("href") == "#rendered_cells"
    assert page.locator("nav [aria-current=page]").inner_text() == "Dashboard"
    assert page.title() == "Dashboard · Tollbook"
    assert page.locator("html").get_attribute("lang")


def test_a_narrow_page_has_one_column(dashboard):
    dashboard.page.set_viewport_size({"width": 600, "height": 900})
    lefts = {round(chart(dashboard, number).bounding_box()["x"]) for number in range(4)}
    dashboard.page.set_viewport_size({"width": 1440, "height": 1000})
    assert len(lefts) == 1


def test_a_choice_that_means_nothing_is_told_in_one_line(opened, portal):
    watched = opened(f"{portal}dashboard?start=2026-10-05T00:07Z")
    alert = watched.page.locator(".tollbook-alert")
    alert.wait_for()
    assert alert.inner_text().endswith("is within a quarter of an hour: write minute 00, 15, 30 or 45")


def test_nothing_went_wrong_and_nothing_was_asked_of_another_machine(dashboard):
    assert dashboard.wrong == []

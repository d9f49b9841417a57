"""No reader is shut out: axe-core finds nothing on any page, in light and dark, from left to right and from right to left."""

import pytest
from playwright.sync_api import expect

from portal.axe import faults, faults_in_both_themes
from portal.doors import cookie_of
from portal.windows import windows
from tollbook.portal.menu import SECTIONS
from tollbook.portal.pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ADDRESSES = [*(page.name for page in PAGES), "live", "nothing-is-here"]
ACCOUNT = [path for path, *_ in SECTIONS]


@pytest.fixture(scope="module")
def shown(browser, portal, network):
    """A page of the portal, drawn and connected."""
    with windows(browser, portal) as opened:

        def show(address, *, language="en", theme="light", width=1440, height=1000, login="", **own):
            cookie = cookie_of(network.home, login, role="admin", **own) if login else None
            size = {"width": width, "height": height}
            page = opened(address, cookie, viewport=size, locale=language, color_scheme=theme)
            if address in {one.name for one in PAGES}:
                page.wait_for_selector(".tollbook-bar")
                page.mouse.move(2, 2)  # whoever reaches for a page has it connected
                page.wait_for_selector("#main #rendered_cells")
            return page

        yield show


def stands_in_the_way(page, language):
    """What axe-core finds in light and in dark, and windows in which the page has to be scrolled sideways.

    A window of 1440 pixels that shows a page at 200 percent has 720 for it.
    """
    direction = "rtl" if language == "ar" else "ltr"
    expect(page.locator(f'html[lang="{language}"][dir="{direction}"]')).to_be_attached()
    found = faults_in_both_themes(page)
    for width, height in [(390, 800), (720, 450)]:
        page.set_viewport_size({"width": width, "height": height})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"at {width} x {height} it is wider than the window")
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_stands_in_a_readers_way(shown, address, language):
    page = shown(address, language=language)
    assert stands_in_the_way(page, language) == []
    page.close(run_before_unload=True)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nor_on_the_pages_of_the_account_menu(shown, portal, language):
    page, found = shown(ACCOUNT[0], language=language), []
    for address in ACCOUNT:
        page.set_viewport_size({"width": 1440, "height": 1000})
        page.goto(f"{portal}{address}")
        found += [f"{address}: {one}" for one in stands_in_the_way(page, language)]
    assert found == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nor_where_records_were_refused(shown, network, language):
    file = network.rejects / "20261005T100000.000000Z.csv"
    file.write_text(
        f"file,line,rule,raw\n{'/folder' * 20}/a.csv,3,no_time,{'=x' * 200}\nb.csv,9,bad_time,y\n"
    )
    try:
        page = shown("rejects", language=language)
        expect(page.locator(".tollbook-card")).to_have_count(1)
        assert stands_in_the_way(page, language) == []
    finally:
        file.unlink()


def test_nor_at_the_door(shown):
    page = shown("nothing-is-here")
    page.context.clear_cookies()
    page.reload()
    page.get_by_label("Login name").fill("nobody")
    page.get_by_label("Password").fill("x")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("Name, password or code is wrong")
    assert stands_in_the_way(page, "en") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nor_in_what_the_header_opens(shown, theme):
    page = shown("nothing-is-here", theme=theme, width=390)
    for name in ("Checklist: 4 things outstanding", "Account, language and theme", "Main menu"):
        page.get_by_role("button", name=name).click()
        assert faults(page, ".tollbook-header") == []
        page.keyboard.press("Escape")


def test_the_first_key_leads_past_the_header(shown):
    page = shown("nothing-is-here")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the figures")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#rendered_cells")).to_be_focused()


def test_the_theme_changes_at_once_and_stays(shown):
    page = shown("nothing-is-here", login="dark")
    page.get_by_role("button", name="Account, language and theme").click()
    with page.expect_response("**/preferences"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 23, 27)"
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Account, language and theme").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_until_one_is_chosen_the_theme_follows_the_system(shown):
    page = shown("nothing-is-here")
    told = "document.addEventListener('tollbook:theme', (event) => { window.told = event.detail.theme; })"
    page.evaluate(told)
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("window.told") == "dark"


def test_the_language_changes_in_the_account_menu(shown):
    page = shown("nothing-is-here?x=1", login="arabic")
    page.get_by_role("button", name="Account, language and theme").click()
    page.get_by_role("button", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert page.url.endswith("nothing-is-here?x=1")


def test_the_clock_on_top_opens_the_choice_of_the_zone_and_follows_it(shown):
    page = shown("dashboard?zone=Europe/Riga")
    clock = page.locator(".tollbook-clock")
    expect(clock).to_contain_text("Europe/Riga")
    clock.click()
    page.get_by_role("dialog", name="Zone").get_by_role("button", name="UTC").click()
    expect(clock).to_contain_text("UTC")
    assert page.url.endswith("/dashboard")


def test_a_reader_with_a_zone_of_their_own_begins_there_and_keeps_another_that_they_chose(shown):
    page = shown("dashboard", login="from-riga", zone="Europe/Riga")
    assert page.url.endswith("/dashboard?zone=Europe%2FRiga")
    clock = page.locator(".tollbook-clock")
    expect(clock).to_contain_text("Europe/Riga")
    clock.click()
    page.get_by_role("dialog", name="Zone").get_by_role("button", name="UTC").click()
    expect(clock).to_contain_text("UTC")
    page.reload()
    expect(clock).to_contain_text("UTC")

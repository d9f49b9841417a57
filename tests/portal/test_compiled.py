"""What Vega makes of a graph's document is made once a browser, draws the same, and is gone for whoever signs in."""

import pytest

from portal.doors import cookie_of

pytestmark = pytest.mark.browser
DAY = "dashboard?start=2026-10-05T00:00Z&end=2026-10-05T22:30Z&by=carrier"
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('tollbook-drawing ')).sort()"
DRAWINGS = "[...document.querySelectorAll('.tollbook-graph svg.marks')].map((one) => one.outerHTML.replace(/clip\\d+|gradient_\\d+/g, ''))"
COUNTED = """
const store = Storage.prototype.setItem;
Storage.prototype.setItem = function (key, value) { globalThis.madeAnew = (globalThis.madeAnew ?? 0) + 1; store.call(this, key, value); };
"""

TRANSFORMS = """async () => {
  const address = (part) => [...document.querySelectorAll("link[rel=modulepreload]")].map((link) => link.href).find((href) => href.includes(part));
  const { compiled, keep } = await import(address("/compiled.js"));
  const { parse, usual } = await import(new URL("whole.mjs", address("/vega-")).href);
  const flow = (transform) => parse({ data: [{ name: "t", values: [{ a: 1 }], transform: [transform] }] });
  return [{ type: "formula", as: "b", expr: "datum.a" }, { type: "loess", x: "a", y: "a" }].map((one) => {
    keep(one, "any", flow(one), usual);
    return compiled(one, "any") !== null;
  });
}"""


@pytest.fixture
def reader(browser, portal, network):
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    name, value = cookie_of(network.home, "again", role="admin")
    context.add_cookies([{"name": name, "value": value, "url": portal}])
    yield context
    for page in context.pages:
        page.close(run_before_unload=True)
    context.close()


def drawn(page, address):
    page.goto(address)
    page.wait_for_function("document.querySelectorAll('.tollbook-graph [data-drawn]').length === 4")
    return page.evaluate(DRAWINGS)


def test_a_second_page_draws_the_same_of_what_the_first_has_kept(reader, portal):
    page, again = reader.new_page(), reader.new_page()
    first = drawn(page, f"{portal}{DAY}")
    kept = page.evaluate(KEPT)
    again.add_init_script(COUNTED)
    assert drawn(again, f"{portal}{DAY}") == first
    assert kept  # graphs whose documents are equal share one
    assert again.evaluate(KEPT) == kept
    assert again.evaluate("globalThis.madeAnew ?? 0") == 0


def test_another_span_of_time_needs_nothing_anew(reader, portal):
    page = reader.new_page()
    drawn(page, f"{portal}{DAY}")
    page.add_init_script(COUNTED)
    drawn(page, f"{portal}{DAY.replace('T22:30Z', 'T20:00Z')}")
    assert page.evaluate("globalThis.madeAnew ?? 0") == 0


def test_what_was_made_by_another_version_is_not_used_and_goes(reader, portal):
    page = reader.new_page()
    first, kept = drawn(page, f"{portal}{DAY}"), page.evaluate(KEPT)
    page.evaluate("localStorage.setItem('tollbook-drawing /of/another/version/ {}', '{}')")
    assert drawn(page, f"{portal}{DAY}") == first
    assert page.evaluate(KEPT) == kept


def test_at_the_door_nothing_is_left_of_it(reader, portal):
    page = reader.new_page()
    drawn(page, f"{portal}{DAY}")
    reader.clear_cookies()
    page.goto(f"{portal}login")
    assert page.evaluate(KEPT) == []


def test_what_the_smaller_library_cannot_compute_is_made_each_time(reader, portal):
    page = reader.new_page()
    drawn(page, f"{portal}{DAY}")
    assert page.evaluate(TRANSFORMS) == [True, False]

"""One browser for all: when a page's graphs are drawn, and how soon they follow the legend."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import monotonic
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.portal.signing import Login, sign_in

GRAPHS: Final = 4
_ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
_POLL_MS: Final = 50
_CONNECTED: Final = (
    "!document.querySelector('.tollbook-page') || document.querySelector('#main #rendered_cells')"
)
_VIEW: Final = {"width": 1440, "height": 1000}
_NOTE: Final = """
const roots = [document];
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (...options) {
  const root = attach.apply(this, options);
  roots.push(root);
  return root;
};
const look = setInterval(() => {
  const count = roots.reduce((sum, root) => sum + root.querySelectorAll("canvas.marks, svg.marks").length, 0);
  if (count >= 4) { window.drawnAt = performance.now(); clearInterval(look); }
}, 10);
"""
"""Notes when the last graph is there, counted from the start of the navigation. Panel draws in shadow trees."""

_CLICK: Final = """async () => {
  const hosts = [...document.querySelectorAll(".tollbook-graph .tollbook-chart")];
  const before = hosts.map((host) => host.dataset.version);
  const begun = performance.now();
  document.querySelector(".tollbook-graph .tollbook-legend button:nth-of-type(2), .tollbook-graph .tollbook-legend li:nth-of-type(2) button").click();
  while (hosts.some((host, i) => host.dataset.version === before[i])) await new Promise(requestAnimationFrame);
  return performance.now() - begun;
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(_ARGUMENTS))
        yield browser
        browser.close()


def open_s(context: BrowserContext, address: str) -> float:
    """Seconds from the start of the navigation to the last graph drawn."""
    page = context.new_page()
    taken = _drawn_s(page, address)
    page.wait_for_timeout(1500)  # what loads later shall not fall on the next
    page.close(run_before_unload=True)
    page.context.pages  # noqa: B018 - lets the closing happen
    return taken


def warmed(browser: Browser, address: str, login: Login | None) -> BrowserContext:
    """A browser that has been there once, and keeps what it may; where one signs in it has."""
    context = browser.new_context(viewport=_VIEW)
    if login:
        sign_in(context, address, login)
    context.add_init_script(_NOTE)
    open_s(context, address)
    open_s(context, address)
    return context


def _drawn_s(page: Page, address: str) -> float:
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.drawnAt", timeout=60_000, polling=_POLL_MS)
    return float(page.evaluate("window.drawnAt")) / 1000


def click_s(context: BrowserContext, address: str, times: int) -> float:
    """Seconds from a click in a legend to all graphs redrawn, the median of some."""
    page = context.new_page()
    _drawn_s(page, address)
    page.wait_for_timeout(4000)
    taken = [float(page.evaluate(_CLICK)) / 1000 for _ in range(times)]
    page.close(run_before_unload=True)
    return median(taken)


def reached_for(pages: list[Any]) -> None:
    """Each page is touched by its reader: ours begins its session then, if it has none yet."""
    for page in pages:
        page.mouse.move(2, 2)
    for page in pages:
        page.wait_for_function(_CONNECTED, timeout=120_000, polling=_POLL_MS)


def crowd(context: BrowserContext, address: str, count: int) -> tuple[float, list[Any]]:
    """Seconds until all of so many pages that were opened at once are drawn; and the pages, still open."""
    pages = [context.new_page() for _ in range(count)]
    begun = monotonic()
    for page in pages:
        page.evaluate("(address) => { setTimeout(() => { location.href = address; }); }", address)
    for page in pages:
        page.wait_for_function("window.drawnAt", timeout=120_000, polling=_POLL_MS)
    return monotonic() - begun, pages

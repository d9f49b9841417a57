"""A running portal, and a browser that watches what its pages ask for."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import Error as BrowserError

from billing.conftest import bill  # noqa: F401 - an invoice that is to be paid
from portal.doors import KNOWN, cookie_of, sign_everybody_in
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake
from tollbook.tables import CALLS, conform
from tollbook.workspace import Workspace

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run", "--disable-quic"),
)
PATIENCE_MS = 90_000
HARMLESS = ("Unsatisfied version", "No satisfying version")
"""Voila carries an older JupyterLab than the widgets were built for, and says so."""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    if CHROMIUM is None:
        pytest.skip("no chromium: apt-get install chromium")
    return {"executable_path": CHROMIUM, "args": list(QUIET)}


@pytest.fixture(scope="session")
def browser(browser: Browser) -> Browser:
    """Its readers are signed in, and wait for as long as a busy machine takes: how fast that is says nothing."""
    begin = browser.new_context

    def signed_in(**options: Any) -> BrowserContext:
        context = begin(**options)
        context.set_default_timeout(PATIENCE_MS)
        told = [{"name": name, "value": value, "url": url} for url, (name, value) in KNOWN.items()]
        context.add_cookies(told)  # type: ignore[arg-type]
        return context

    def page(**options: Any) -> Page:
        made = signed_in(**options).new_page()
        made.on("close", lambda page: page.context.close())
        return made

    browser.new_context = signed_in  # type: ignore[method-assign]
    browser.new_page = page  # type: ignore[method-assign]
    expect.set_options(timeout=PATIENCE_MS)
    return browser


@pytest.fixture(scope="session", autouse=True)
def _signed_in() -> None:
    sign_everybody_in()


def any_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Finds a port that nothing listens on."""
    return any_port


def command(*words: str) -> list[str]:
    return [sys.executable, "-c", "from tollbook.cli import main; main()", *words]


@cache
def roomy() -> Path:
    """The parameters as they are, but that one person may have as many pages open as tests forget to close."""
    folder = Path(mkdtemp(prefix="tollbook-tests-")) / "params"
    shutil.copytree(Path(__file__).parents[2] / "params", folder)
    site = folder / "site.yml"
    site.write_text(re.sub(r"(?m)^sessions: \d+", "sessions: 400", site.read_text()))
    return folder


@contextmanager
def served(home: Path, *words: str, scheduled: bool = False) -> Iterator[str]:
    """The address of a portal that runs as a command of its own; whoever asks it here is signed in as an admin.

    What its clock would do is not done unless told (`scheduled`): the figures stay as the test made them.
    """
    cookie = cookie_of(home)
    environment = {"TOLLBOOK_PARAMS": str(roomy()), **os.environ, "TOLLBOOK_HOME": str(home)}
    with subprocess.Popen(
        command("serve", "--port", str(any_port()), *([] if scheduled else ["--no-schedule"]), *words),
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("tollbook: serving at "), line
        address = line.split()[-1]
        KNOWN[address] = cookie
        try:
            yield address
        finally:
            del KNOWN[address]
            process.terminate()


@pytest.fixture(scope="session")
def told(network: Workspace) -> Callable[..., Any]:
    """What the command line prints about the known network."""

    def run(*words: str) -> Any:
        done = subprocess.run(
            command("--home", str(network.home), *words, "--json"), capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def portal(network: Workspace) -> Iterator[str]:
    """The address of a portal of the known network."""
    with served(network.home) as address:
        yield address


@dataclass
class Watched:
    """A page, and everything that went wrong on it."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("requestfailed", lambda request: self.wrong.append(f"failed: {request.url}"))
        self.page.on("request", lambda request: self.note_outside(request.url))
        self.page.on("response", lambda answer: self.note_refused(answer.status, answer.url))
        self.page.on("console", lambda message: self.note_console(message.type, message.text))

    def note_outside(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "data:", "blob:http://127.0.0.1:")):
            self.wrong.append(f"outside: {url}")

    def note_refused(self, status: int, url: str) -> None:
        if status >= 400:
            self.wrong.append(f"{status}: {url}")

    def note_console(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and not text.startswith(HARMLESS):
            self.wrong.append(f"{kind}: {text}")


@pytest.fixture(scope="module")
def opened(browser: Browser) -> Iterator[Callable[[str], Watched]]:
    """Opens pages and closes them so that their sessions end."""
    pages: list[Page] = []

    def show(url: str) -> Watched:
        watched = Watched(browser.new_page(viewport={"width": 1440, "height": 1000}))
        pages.append(watched.page)
        watched.listen()
        watched.page.goto(url)
        watched.page.mouse.move(2, 2)  # whoever reaches for a page has it connected
        return watched

    yield show
    for page in pages:
        with suppress(BrowserError):  # it may close by itself meanwhile
            page.close(run_before_unload=True)


def billed_calls(known: pl.LazyFrame, days: list[date]) -> pl.LazyFrame:
    """The known calls of alpha and beta on each of the days, and five of gamma on the first that no deck rates."""
    on = [known.with_columns(moved(day), call_id=pl.col("call_id") + str(day)) for day in days]
    unrated = on[0].filter(pl.col("charge") > 0).head(5).with_columns(
        call_id="g" + pl.col("call_id"), customer=pl.lit("gamma"), unrated=pl.lit("no_deck"),
        **dict.fromkeys(("billed_s", "charge", "currency", "destination"), pl.lit(None)),
    )  # fmt: skip
    return conform(pl.concat([*on, unrated], how="diagonal_relaxed"), CALLS)


def moved(day: date) -> list[pl.Expr]:
    """A known call's instants, on another day."""
    by = day - date(2026, 10, 5)
    return [pl.col("day", "started_at", "answered_at", "ended_at") + by]


@pytest.fixture(scope="module")
def billable(network: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace to be written, with calls on 2024-10-05, -06 and today.

    Alpha and gamma are entered, with a currency; beta is not entered at all.
    """
    made = Workspace(tmp_path_factory.mktemp("billable") / "home")
    made.create()
    db = Database.of(made)
    with db.session() as session:
        session.add_all([Customer(id=name, name=name.title(), currency="EUR") for name in ("alpha", "gamma")])
    db.close()
    days = [date(2024, 10, 5), date(2024, 10, 6), datetime.now(UTC).date()]
    with Lake(made).writing() as step:
        step.append(CALLS, billed_calls(Lake(network).scan(CALLS), days))
        step.mark(changed=days)
    refresh(Lake(made))
    return made


@pytest.fixture(scope="module")
def billing(billable: Workspace) -> Iterator[str]:
    """The address of a portal of that workspace."""
    with served(billable.home) as address:
        yield address

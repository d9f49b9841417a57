"""A running portal, and a browser that watches what its pages ask for."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tollbook.workspace import Workspace

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run", "--disable-quic"),
)
HARMLESS = ("Unsatisfied version", "No satisfying version")
"""Voila carries an older JupyterLab than the widgets were built for, and says so."""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    if CHROMIUM is None:
        pytest.skip("no chromium: apt-get install chromium")
    return {"executable_path": CHROMIUM, "args": list(QUIET)}


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


@contextmanager
def served(home: Path, *words: str) -> Iterator[str]:
    """The address of a portal that runs as a command of its own."""
    environment = {**os.environ, "TOLLBOOK_HOME": str(home)}
    with subprocess.Popen(
        command("serve", "--port", str(any_port()), *words),
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("tollbook: serving at "), line
        try:
            yield line.split()[-1]
        finally:
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
        return watched

    yield show
    for page in pages:
        page.close(run_before_unload=True)

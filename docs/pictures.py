"""Takes the pictures of the docs, `docs/images/`: every page of a fixed network, in light and dark. `make pictures` runs it."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

import polars as pl
from bench.portal.signing import Login, enter, sign_in
from playwright.sync_api import Browser, Page, sync_playwright

from tollbook.calls.query import place_of
from tollbook.demo.install import install
from tollbook.lake.store import Lake
from tollbook.params import params_folder
from tollbook.tables import CALLS, SEIZURES
from tollbook.workspace import Workspace

IMAGES: Final = Path(__file__).parent / "images"
COMMAND: Final = (sys.executable, "-c", "from tollbook.cli import main; main()")
QUIET: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
PATIENCE_MS: Final = 60_000
NOW: Final = datetime(2026, 10, 15, 17, 6, 59, 900_000, tzinfo=UTC)
"""The present of the pictures, a Thursday, just before a minute ends: the clock at the top is next set then."""
BUSY: Final = datetime(2026, 10, 15, 10, 20, tzinfo=UTC)
"""The instant whose calls are those in progress."""
BAD_DAY: Final = "start=2026-10-12&end=2026-10-13"
"""The day with the network's bad afternoon: three days before the present."""
INVOICED: Final = "2026-10-14"
"""The day of which there are invoices, so that the Summary shows them."""
CONNECTED: Final = "#main #rendered_cells"
STILL: Final = "*, *::before { animation: none !important; transition: none !important; caret-color: transparent !important; }"


@dataclass(frozen=True)
class Picture:
    """One page at one size. `drawn` is an expression that holds once everything on it is there."""

    name: str
    address: str
    drawn: str
    height: int
    width: int = 1440
    language: str = "en"
    themes: tuple[str, ...] = ("light", "dark")
    before: Callable[[Page], None] | None = None
    """What the reader does first."""
    connected: bool = True
    """Whether it is a notebook's page, which is connected to a kernel once it is there."""
    frozen: bool = True
    """Whether the page's clock stands at NOW; calls in progress go on in the present."""


def pictures(opened: str) -> list[Picture]:
    """What is taken; `opened` is the place of the call that one of them opens."""
    graphs = "document.querySelectorAll('.tollbook-graph[data-state=ready] [data-drawn]').length === 4"
    rows = "document.querySelectorAll('.tollbook-grid-body [role=row]').length > 5"
    counted = "/\\d/.test(document.querySelector('.tollbook-calls-count')?.textContent)"
    cards = "document.querySelectorAll('.tollbook-cards-root[data-drawn]').length === 2"
    plain = "document.querySelector('main h1')"
    live = "document.querySelectorAll('.tollbook-live-calls tbody tr').length > 5"
    parts = f"document.querySelectorAll('.tollbook-numbers[data-drawn]').length && {rows}"
    tried = f"{parts} && document.querySelector('.tollbook-graph[data-state=ready] [data-drawn]')"
    board, light = f"dashboard?{BAD_DAY}", ("light",)
    call = f"calls?call={quote(opened)}"
    return [
        Picture("dashboard", board, graphs, 1200),
        Picture("summary", "summary", rows, 1000, before=marked),
        Picture("invoices", "invoices", rows, 700),
        Picture("payments", "payments?customer=valmy", plain, 1000, connected=False),
        Picture("calls", "calls", counted, 900),
        Picture("call", call, "document.querySelector('dialog[open] table')", 1100),
        Picture("carriers", "carriers", cards, 1000),
        Picture("live", "live", live, 1000, connected=False, frozen=False),
        Picture("decks", "decks?deck=customer:valmy&number=447700900123", parts, 1400),
        Picture("number_blocks", "number_blocks", parts, 1300),
        Picture("master_data", "master_data?entry=valmy", parts, 1500),
        Picture("alerts", "alerts?alert=1", tried, 2100),
        Picture("audit", "audit", f"{rows} && !document.body.innerText.includes('Counting')", 1000),
        Picture("dashboard-arabic", board, graphs, 1200, language="ar", themes=light),
        Picture("dashboard-narrow", board, graphs, 1800, width=390, themes=light),
    ]


def marked(page: Page) -> None:
    """Three days of which invoices are wanted, and cells whose figures stand below."""
    lines = page.locator(".tollbook-grid-body [role=row]")
    for customer in ("hudsonlink", "larkfield", "ostsee"):
        lines.filter(has_text="2026-10-13").filter(has_text=customer).locator("input").check()
    one = lines.filter(has_text="2026-10-15")
    one.filter(has_text="hudsonlink").locator("[data-column=asr]").click()
    one.filter(has_text="valmy").locator("[data-column=charge]").click(modifiers=["Shift"])
    page.mouse.move(0, 0)


def made(home: Path) -> str:
    """Two weeks of the demo network up to NOW, with invoices; the place of a call that took three tries."""
    workspace = Workspace(home)
    workspace.create()
    install(workspace, days=15, calls_per_day=20_000, seed=1, now=NOW)
    run = ("invoice", "run", "--view", "daily", "--period", INVOICED)
    subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, "--home", str(home), *run], check=True, stdout=subprocess.DEVNULL
    )
    as_of(home)
    return place_of(rerouted(Lake(workspace)), 0).text


def as_of(home: Path) -> None:
    """Let the figures be as old as the network, in place of a minute."""
    manifest = home / "lake.json"
    told = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**told, "updated_at": NOW.isoformat()}))


def rerouted(lake: Lake) -> pl.DataFrame:
    """The newest answered call that two carriers had refused, and that somebody talked on for a minute."""
    tries = lake.scan(SEIZURES).group_by("call_id").len().filter(pl.col("len") >= 3)  # noqa: PLR2004
    talked = pl.col("answered_at").is_not_null() & (pl.col("talk_ms") > 60_000)  # noqa: PLR2004
    found = lake.scan(CALLS).filter(talked).join(tries, on="call_id", how="semi")
    return found.sort("started_at", "call_id", descending=True).head(1).collect()


def switched(home: Path) -> Path:
    """Parameters by which a switch is asked, which has the calls that were in progress at the network's busiest."""
    calls = Lake(Workspace(home)).scan(CALLS).filter(pl.col("started_at") < BUSY, pl.col("ended_at") > BUSY)
    shift = datetime.now(UTC) - BUSY
    names = ("call_id", "customer", "carrier", "caller", "called", "started_at", "answered_at")
    rows = calls.with_columns(pl.col("started_at", "answered_at") + shift).select(names).collect().rows()
    with closing(sqlite3.connect(home / "switch.db")) as switch, switch:
        switch.execute(f"CREATE TABLE calls ({', '.join(names)})")
        told = [[str(cell) if cell is not None else None for cell in row] for row in rows]
        switch.executemany("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?)", told)
    params = home / "params"
    shutil.copytree(params_folder(), params)
    source = {
        "name": "sbc1",
        "kind": "sql",
        "address": f"sqlite:///{home / 'switch.db'}",
        "query": "SELECT * FROM calls",
        "columns": {name: name for name in names},
        "every_s": 60,
    }
    (params / "live.yml").write_text(json.dumps({"sources": [source]}))
    return params


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of a portal of that workspace."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, "--home", str(home), "serve", "--port", port],
        env={**os.environ, "TOLLBOOK_PARAMS": str(switched(home))},
        stdout=subprocess.PIPE,
        text=True,
    ) as portal:
        try:
            yield next(iter(portal.stdout or ())).split()[-1]
        finally:
            portal.terminate()


def take(browser: Browser, portal: str, login: Login, picture: Picture, theme: str) -> Path:
    """One picture; its session ends with it."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        locale=picture.language,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    sign_in(context, portal, login)
    page = context.new_page()
    if picture.frozen:
        page.clock.set_fixed_time(NOW)
    page.goto(f"{portal}{picture.address}")
    if picture.connected:
        page.wait_for_selector(CONNECTED)
    page.wait_for_function(picture.drawn)
    path = IMAGES / f"{picture.name}{'-dark' if theme == 'dark' else ''}.png"
    if picture.before:
        picture.before(page)
    settle(page, frozen=picture.frozen)
    page.screenshot(path=path)
    page.close(run_before_unload=True)
    context.close()
    return path


def settle(page: Page, *, frozen: bool) -> None:
    """Wait for fonts and for two frames, after the clock at the top has told NOW."""
    page.add_style_tag(content=STILL)
    if frozen:
        page.wait_for_function(
            "(minute) => document.querySelector('.tollbook-clock').textContent.includes(minute)",
            arg=f":{NOW:%M}",
        )
    page.evaluate("""async () => {
        await document.fonts.ready;
        for (let n = 0; n < 2; n += 1) await new Promise((done) => { requestAnimationFrame(done); });
    }""")


def main() -> None:
    """Take them all, or those that are named."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tollbook-pictures-") as folder:
        home = Path(folder) / "data"
        wanted = [one for one in pictures(made(home)) if len(sys.argv) == 1 or one.name in sys.argv[1:]]
        login = enter(home)
        with served(home) as portal, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
            for picture in wanted:
                for theme in picture.themes:
                    path = take(browser, portal, login, picture, theme)
                    sys.stdout.write(f"{path.relative_to(IMAGES.parents[1])}: {path.stat().st_size} bytes\n")
            browser.close()


if __name__ == "__main__":
    os.environ.pop("TOLLBOOK_DATABASE_URL", None)
    main()

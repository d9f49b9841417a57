"""Takes `docs/images/dashboard.png`: the dashboard of a demo network, as a browser shows it. Run by hand when it changes."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).parent / "images" / "dashboard.png"
COMMAND = [sys.executable, "-c", "from tollbook.cli import main; main()"]
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
FOUR = "document.querySelectorAll('.tollbook-chart[data-drawn]').length === 4"


def photograph(address: str) -> None:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        page = browser.new_page(viewport={"width": 1440, "height": 1110})
        page.goto(f"{address}dashboard?start=-7d&zone=Europe/Riga")
        page.wait_for_function(FOUR)
        page.screenshot(path=PICTURE)
        page.goto("about:blank")
        browser.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "TOLLBOOK_HOME": home}
        subprocess.run(  # noqa: S603 - our own command
            [*COMMAND, "demo", "--days", "8", "--calls-per-day", "20000"], env=environment, check=True
        )
        with subprocess.Popen(  # noqa: S603 - our own command
            [*COMMAND, "serve", "--port", "8867"], env=environment, stdout=subprocess.PIPE, text=True
        ) as portal:
            photograph(next(iter(portal.stdout or ())).split()[-1])
            portal.terminate()


if __name__ == "__main__":
    main()

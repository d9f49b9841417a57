"""Signing in as anybody does: a user whom the command line enters, and the form of the portal."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urljoin

from playwright.sync_api import BrowserContext

_COMMAND: Final = (sys.executable, "-c", "from tollbook.cli import main; main()")


class Login(NamedTuple):
    """What somebody types."""

    name: str
    password: str


def enter(home: Path, name: str = "viewer") -> Login:
    """Enter an admin with a random password."""
    _told(home, "user", "add", name, "--role", "admin")
    return Login(name, str(_told(home, "user", "password", name, "--generate")["password"]))


def _told(home: Path, *words: str) -> dict[str, object]:
    line = [*_COMMAND, "--home", str(home), *words, "--json"]
    found: dict[str, object] = json.loads(subprocess.run(line, check=True, capture_output=True).stdout)
    return found


def sign_in(context: BrowserContext, portal: str, login: Login) -> None:
    """Sign a browser in to the portal at this address."""
    page = context.new_page()
    page.goto(urljoin(portal, "/login"))
    page.fill("[name=login]", login.name)
    page.fill("[name=password]", login.password)
    page.click("form[action$=login] button[type=submit]")
    page.wait_for_selector(".tollbook-nav a", state="attached")
    page.close()

"""The search for secrets finds them: those that tests have used, and those that only the program knows."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from tornado.web import create_signed_value

from secrets_kept import Secrets
from tollbook.account.audit import Actor, record
from tollbook.account.database import Database
from tollbook.account.people import passwords
from tollbook.account.people.bearer import token
from tollbook.workspace import Workspace

USED = "what a test has typed"
LEAKS = f"""
import subprocess, sys
from secrets_kept import SECRETS, _no_secret_is_told

def test_of_a_program_that_talks():
    SECRETS.add("a password", {USED!r})
    subprocess.run([sys.executable, "-c", "import sys; print('first'); print({USED!r}, file=sys.stderr)"])
"""


MADE: dict[str, Callable[[], str]] = {
    "API token": lambda: token("tb_"),
    "reset link": lambda: f"/reset/{token()}",
    "cookie": lambda: create_signed_value("k" * 32, "tollbook-session-1", token()).decode(),
    "hash": lambda: passwords.hashed("four unlikely words together"),
    "password": passwords.generated,
    "second factor": pyotp.random_base32,
    "its address": lambda: pyotp.TOTP(pyotp.random_base32()).provisioning_uri(name="bob"),
}
"""What a server makes."""


@pytest.mark.parametrize("what", MADE)
def test_what_a_server_makes_is_known_by_its_form(what: str) -> None:
    secret = MADE[what]()
    (found, *_) = Secrets().found(f"well\nit is {secret} now", "the log")
    assert found.where == "the log:2"
    assert secret not in str(found)


@pytest.mark.parametrize(
    "line",
    [
        "500 GET /reset/***",
        "9f" * 32,
        "127.0.0.1 - 2026-10-05T09:00:00Z INV-2026-000001 acme sign_in portal failed",
        "test_a_name_of_a_test_that_is_long_enough_for_one",
        "550e8400-e29b-41d4-a716-446655440000",
    ],
)
def test_what_is_none_is_not_found(line: str) -> None:
    assert list(Secrets().found(line, "the log")) == []


def test_a_secret_in_the_audit_is_found_with_its_row(workspace: Workspace) -> None:
    db = Database.of(workspace)
    with db.session() as session:
        record(session, Actor(None, "test"), "set", "nothing", after={"password": USED})
        record(session, Actor(None, "test"), "set", "nothing", after={"note": USED})
    db.close()
    used = Secrets()
    used.add("a password", USED)
    (found,) = used.found_in_audit(workspace.home / "tollbook.db")
    assert found.where.endswith("tollbook.db: audit_event 2:1")
    assert USED not in found.line


def test_a_run_of_tests_in_which_a_program_tells_a_secret_fails(tmp_path: Path) -> None:
    (tmp_path / "test_leak.py").write_text(LEAKS)
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--basetemp",
        str(tmp_path / "own"),
    ]
    done = subprocess.run(
        [*words, "--rootdir", str(tmp_path), str(tmp_path / "test_leak.py")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "secrets were told:" in done.stdout
    assert "Captured stderr call:1: a password: ***" in done.stdout

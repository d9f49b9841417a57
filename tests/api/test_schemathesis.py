"""Schemathesis asks the server what its OpenAPI document says, right and wrong, and holds it to every answer."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.conftest import Server, _running
from tollbook.workspace import Workspace

SETTINGS = Path(__file__).with_name("schemathesis.toml")
HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
EXAMPLES = "100" if "TOLLBOOK_FUZZ" in os.environ else "10"


@pytest.fixture(scope="module")
def tried(api_home: Workspace, api_tokens, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of a copy: what is asked at random books payments, and credits what can be credited."""
    home = Workspace(tmp_path_factory.mktemp("tried") / "home")
    shutil.copytree(api_home.home, home.home)
    yield from _running(home, api_tokens, tmp_path_factory.mktemp("params"), 100_000)


@pytest.mark.slow
@pytest.mark.timeout(3600 if "TOLLBOOK_FUZZ" in os.environ else 300)
@pytest.mark.parametrize(
    ("holder", "phases"), [("admin", "examples,coverage,fuzzing,stateful"), ("contact of alpha", "fuzzing")]
)
def test_the_server_does_what_its_document_says(tried, holder: str, phases: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(SETTINGS)),
            *("run", f"{tried.address}/api/v1/openapi.json"),
            *("--header", f"Authorization: Bearer {tried.tokens[holder].token}", "--checks", "all"),
            *(
                "--phases",
                phases,
                "--max-examples",
                EXAMPLES,
                "--seed",
                "1",
                "--no-color",
                "--continue-on-failure",
            ),
        ],
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr

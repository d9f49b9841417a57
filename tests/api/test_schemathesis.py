"""Schemathesis asks the server what its OpenAPI document says, right and wrong, and holds it to every answer."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
EXAMPLES = "10"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("holder", "phases"), [("admin", "examples,coverage,fuzzing,stateful"), ("contact of alpha", "fuzzing")]
)
def test_the_server_does_what_its_document_says(api, holder: str, phases: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{api.address}/api/v1/openapi.json"),
            *("--header", f"Authorization: Bearer {api.tokens[holder].token}", "--checks", "all"),
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

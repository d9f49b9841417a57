"""The examples of docs/api.md, run as they stand against a server."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()
EXAMPLES = [
    line
    for block in re.findall(r"(?ms)^```sh\n(.*?)^```", TEXT)
    for line in block.replace("\\\n", "").splitlines()
]
CURL = [line for line in EXAMPLES if line.startswith("curl ")]


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_every_example_is_answered(api, tmp_path: Path) -> None:
    assert len(CURL) >= 6
    for line in CURL:
        done = subprocess.run(
            line.replace("https://calls.example", api.address).replace(
                "curl -s", "curl -sS --fail-with-body"
            ),
            shell=True,
            cwd=tmp_path,
            env={"TOKEN": api.tokens["admin"].token, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    assert (tmp_path / "invoice.pdf").read_bytes().startswith(b"%PDF")

"""The dialogue of docs/billing-system.md, run as it stands against a server; and the receiver of docs/webhooks.md."""

import re
import runpy
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from api.conftest import Server
from tollbook.account.hooks.signature import headers, new_secret

DOCS = Path(__file__).resolve().parents[2] / "docs"
SCRIPT = "\n".join(re.findall(r"(?ms)^```sh\n(.*?)^```", (DOCS / "billing-system.md").read_text()))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_the_dialogue_goes_as_it_is_written(invoicing: Server, tmp_path: Path) -> None:
    assert SCRIPT.count("ask ") > 15
    script = SCRIPT.replace("https://calls.example", invoicing.address).replace("2026-10", "2024-11")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={"TOKEN": invoicing.tokens["ada"].token, "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"status":"issued"' in done.stdout
    assert (tmp_path / "invoice.pdf").read_bytes().startswith(b"%PDF")
    assert "Latvia" in (tmp_path / "lines.csv").read_text()


def test_the_receiver_of_the_docs_knows_what_is_ours(tmp_path: Path) -> None:
    (code,) = re.findall(r"(?ms)^```python\n(.*?)^```", (DOCS / "webhooks.md").read_text())
    (tmp_path / "receiver.py").write_text(code)
    verified = runpy.run_path(str(tmp_path / "receiver.py"))["verified"]
    secret, body, at = new_secret(), b'{"id": "evt_1"}', int(time.time())
    told = headers(secret, "evt_1", at, body)
    assert verified(secret, told, body)
    assert not verified(new_secret(), told, body)
    assert not verified(secret, told, body + b" ")
    assert not verified(secret, {**told, "webhook-id": "evt_2"}, body)
    assert not verified(secret, headers(secret, "evt_1", at - 301, body), body)

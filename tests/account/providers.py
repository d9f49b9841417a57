"""Starts the tests' provider of sign-ins, and comes back from it as a browser would."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import urllib3

from account.post.servers import free_port
from tollbook.servers import Oidc

CLIENT, SECRET = "portal", "what-the-provider-and-the-portal-know"
CLAIMS = {"sub": "17", "email": "bob@acme.example", "email_verified": True, "preferred_username": "bob"}


@dataclass(frozen=True)
class Running:
    """A provider that runs, and how it is asked."""

    oidc: Oidc

    def tell(self, person: dict[str, Any] | None = None, **wrong: Any) -> None:
        """Who is signed in at it, and in what it is to break its word."""
        body = json.dumps({"person": CLAIMS | (person or {}), **wrong})
        headers = {"Content-Type": "application/json"}
        answer = urllib3.request(
            "POST", f"{self.oidc.issuer}/tell", body=body, headers=headers, retries=False
        )
        assert answer.status == 200

    def back(self, url: str) -> dict[str, str]:
        """What it sends a browser back with that was sent there."""
        answer = urllib3.request("GET", url, redirect=False)
        assert answer.status == 302, answer.data
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


@contextmanager
def provider() -> Iterator[Running]:
    port = free_port()
    words = [sys.executable, str(Path(__file__).with_name("provider_process.py")), str(port), CLIENT, SECRET]
    environment = {**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"}
    process = subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    running = Running(Oidc(issuer=f"http://localhost:{port}", client_id=CLIENT, label="Carrier Ltd"))
    try:
        for _ in range(600):
            try:
                running.tell()
                break
            except urllib3.exceptions.HTTPError:
                assert process.poll() is None
                time.sleep(0.1)
        yield running
    finally:
        process.terminate()
        process.wait()

"""The portal as a process of its own, with room for all, and what it wrote to its log."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.portal.servers import ROOT, free_port

SESSIONS: Final = 60
"""Pages that may be open at once, if there are no more viewers than that."""
SPARES: Final = 2
"""Kernels that wait for readers, and stay when all have left."""
_TOLLBOOK: Final = [sys.executable, "-c", "from tollbook.cli import main; main()"]
_END_S: Final = 30


@dataclass(frozen=True)
class Server:
    """A portal that runs."""

    address: str
    pid: int


def demo(home: Path, days: int, calls: int) -> None:
    """A workspace of the made-up network."""
    words = ["--home", str(home), "demo", "--days", str(days), "--calls-per-day", str(calls)]
    subprocess.run([*_TOLLBOOK, *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def served(home: Path, params: Path, log: Path, viewers: int) -> Iterator[Server]:
    """The portal, until it is ended as an operator ends it; what it says goes to the log."""
    params.mkdir(exist_ok=True)
    (params / "site.yml").write_text(f"sessions: {max(SESSIONS, viewers + viewers // 5)}\n")
    environment = {
        **os.environ,
        "TOLLBOOK_HOME": str(home),
        "TOLLBOOK_PARAMS": str(params),
        "PYTHONPATH": str(ROOT / "lib"),
    }
    command = [*_TOLLBOOK, "serve", "--port", str(free_port())]
    with (
        log.open("w") as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True, env=environment) as process,
    ):
        line = process.stdout.readline() if process.stdout else ""
        if not line.startswith("tollbook: serving at "):
            raise SystemExit(f"the portal did not start: {log.read_text()}")
        try:
            yield Server(line.split()[-1].rstrip("/"), process.pid)
        finally:
            process.terminate()
            process.wait(_END_S)


def faults(log: Path) -> list[str]:
    """Lines of the log that tell of an error: each traceback's first, and what was logged as one."""
    return [
        line
        for line in log.read_text().splitlines()
        if line.startswith("Traceback") or "ERROR" in line or "CRITICAL" in line
    ]

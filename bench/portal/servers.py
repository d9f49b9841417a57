"""Each contender's server as a process of its own, on this machine alone."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Final
from urllib.request import urlopen

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
OURS: Final = "tollbook"
PEERS: Final = ("streamlit", "panel")
_START_S: Final = 90
_TOLLBOOK: Final = "from tollbook.cli import main; main()"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(name: str, port: int) -> tuple[list[str], str]:
    """What starts it, and the path of its page."""
    python, at = sys.executable, str(port)
    if name == "streamlit":
        quiet = [
            "--server.headless=true",
            "--browser.gatherUsageStats=false",
            "--server.fileWatcherType=none",
        ]
        where = ["--server.address=127.0.0.1", f"--server.port={at}"]
        return [python, "-m", "streamlit", "run", str(HERE / "page_streamlit.py"), *quiet, *where], ""
    if name == "panel":
        where = ["--address=127.0.0.1", f"--port={at}", f"--allow-websocket-origin=127.0.0.1:{at}"]
        return [python, "-m", "panel", "serve", str(HERE / "page_panel.py"), *where], "page_panel"
    return [python, "-c", _TOLLBOOK, "serve", "--port", at], "dashboard?start=-24h&by=carrier"


@contextmanager
def served(name: str, home: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of its page, once it answers."""
    port = free_port()
    words, path = command(name, port)
    environment = {**os.environ, "TOLLBOOK_HOME": str(home), "PYTHONPATH": str(ROOT)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(words, cwd=ROOT, env=environment, **quiet) as process:  # type: ignore[call-overload]
        try:
            _answers(f"http://127.0.0.1:{port}/")
            yield f"http://127.0.0.1:{port}/{path}", process
        finally:
            process.terminate()


def _answers(address: str) -> None:
    until = monotonic() + _START_S
    while monotonic() < until:
        with suppress(OSError), urlopen(address) as reply:
            reply.read()
            return
        sleep(0.2)
    raise SystemExit(f"{address} does not answer")

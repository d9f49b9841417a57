"""The process that kernels are forked from: what it gives each, and that nothing of it outlives its owner."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tollbook.runs.zygote import querying, tell
from tollbook.runs.zygote_owner import possible

pytestmark = pytest.mark.skipif(not possible(), reason="kernels are forked on Linux only")

OWNER = """
import asyncio, json, os, sys, tempfile
from pathlib import Path
from tollbook.runs.kernel import kernel_with

RUN = "import os, sys, numpy, polars as pl; answer = [os.getpid(), os.getsid(0), os.environ.get('A'), os.getcwd(), " \\
    "numpy.random.random(), pl.LazyFrame({'a': range(1000)}).select(pl.col('a').sum()).collect().item(), " \\
    "pl.thread_pool_size(), 'SECRET' in os.environ, b'SECRET' in open('/proc/self/environ', 'rb').read()]"

async def kernel(value, folder):
    manager = kernel_with({"A": value})()
    await manager.start_kernel(cwd=folder)
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    reply = await client.execute_interactive(
        RUN, user_expressions={"answer": "__import__('json').dumps(answer)"}, timeout=60, output_hook=lambda _: None
    )
    client.stop_channels()
    told = reply["content"]["user_expressions"]["answer"]["data"]["text/plain"]
    return manager, json.loads(told.strip("'"))

async def main():
    held = [await kernel(str(number), folder) for number, folder in enumerate(sys.argv[1:])]
    from tollbook.runs.zygote_owner import Owner
    zygote = Owner.own().process.pid
    print(json.dumps({"zygote": zygote, "kernels": [told for _, told in held]}), flush=True)
    await asyncio.sleep(600)

os.environ["SECRET"] = "x"
del os.environ["SECRET"]
asyncio.run(main())
"""


class Owned:
    """A process with two kernels, in two folders."""

    def __init__(self, folders: list[str]) -> None:
        environment = {**os.environ, "SECRET": "of the owner alone"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWNER, *folders], stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self.process.stdout
        told = json.loads(self.process.stdout.readline())
        self.zygote: int = told["zygote"]
        self.kernels: list[list[Any]] = told["kernels"]


@pytest.fixture
def owned(tmp_path: Path) -> Iterator[Owned]:
    folders = [str(tmp_path / name) for name in ("one", "two")]
    for folder in folders:
        Path(folder).mkdir()
    made = Owned(folders)
    yield made
    made.process.kill()
    made.process.communicate()


def running(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be noticed does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(*pids: int) -> bool:
    until = time.monotonic() + 10
    while time.monotonic() < until and any(map(running, pids)):
        time.sleep(0.02)
    return not any(map(running, pids))


@pytest.mark.slow
def test_a_kernel_has_its_own_session_environment_folder_and_chance_and_can_query(
    owned: Owned, tmp_path: Path
) -> None:
    (pid, session, a, folder, chance, total, threads, *secrets), second = owned.kernels
    assert session == pid != second[0]
    assert (a, second[2]) == ("0", "1")
    assert (folder, second[3]) == (str(tmp_path / "one"), str(tmp_path / "two"))
    assert chance != second[4]
    assert total == second[5] == sum(range(1000))
    assert threads == len(os.sched_getaffinity(0))
    assert secrets == [False, False]


@pytest.mark.slow
def test_nothing_is_left_of_an_owner_that_was_killed(owned: Owned) -> None:
    owned.process.kill()
    assert gone(owned.zygote, *(kernel[0] for kernel in owned.kernels))


@pytest.mark.slow
def test_kernels_end_with_their_zygote(owned: Owned) -> None:
    os.kill(owned.zygote, signal.SIGKILL)
    assert gone(*(kernel[0] for kernel in owned.kernels))


def test_a_query_before_a_fork_would_be_noticed() -> None:
    code = (
        "import polars as pl; from tollbook.runs.zygote import querying; before = querying();"
        "pl.LazyFrame({'a': range(9)}).group_by('a').len().collect(); print(len(before), len(querying()) > 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "True"]
    assert isinstance(querying(), list)


def test_an_owner_who_no_longer_listens_is_no_failure() -> None:
    ours, theirs = socket.socketpair()
    ours.close()
    tell(theirs.fileno(), "exit 0")
    theirs.close()

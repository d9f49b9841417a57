"""Each contender in a process of its own, in turns: wall and CPU seconds, and the most memory it had."""

import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from typing import Final

from bench.plan import OURS, Contest

ROOT: Final = Path(__file__).resolve().parents[1]
_MAXRSS_BYTES: Final = 1 if sys.platform == "darwin" else 1024
_BLOCK: Final = 2**22
Say = Callable[[str], None]


@dataclass(frozen=True)
class Taken:
    """What one contender took: seconds of the timed part, medians of all rounds; peak memory of its process."""

    wall_s: float
    cpu_s: float
    peak_bytes: int


@dataclass(frozen=True)
class Result:
    """A contest held."""

    contest: Contest
    taken: dict[str, Taken]

    @property
    def best_peer(self) -> str:
        return min(self.contest.peers, key=lambda peer: self.taken[peer].wall_s)

    @property
    def ratio(self) -> float:
        """Our time over the better peer's."""
        return self.taken[OURS].wall_s / self.taken[self.best_peer].wall_s

    @property
    def cpu_ratio(self) -> float:
        """Our CPU seconds over those of the peer that took least: steadier on a busy machine."""
        return self.taken[OURS].cpu_s / min(self.taken[peer].cpu_s for peer in self.contest.peers)

    @property
    def rows_per_s(self) -> float:
        return self.contest.rows / self.taken[OURS].wall_s

    @property
    def reached(self) -> bool:
        return self.contest.goal.reached(ratio=self.ratio, rows_per_s=self.rows_per_s)


def hold(contest: Contest, data: Path, *, rounds: int, threads: int, say: Say) -> Result:
    """All contenders in turns, so that a busy minute of the machine falls on each alike.

    Raises:
        SystemExit: a contender failed, or their results differ.
    """
    files = _made(contest, data, say)
    rows: dict[str, list[Taken]] = defaultdict(list)
    with _scratch(data) as scratch:
        for number in range(1, rounds + 1):
            for contender in contest.contenders:
                _warm(files)
                taken = _once(contest, contender, files, scratch, threads)
                say(f"{contest.name}, round {number} of {rounds}: {contender} {taken.wall_s:.2f} s")
                rows[contender].append(taken)
        _run("bench.agree", contest.name, *(str(scratch / name) for name in contest.contenders))
    return Result(contest, {name: _middle(runs) for name, runs in rows.items()})


def _made(contest: Contest, data: Path, say: Say) -> Path:
    """The folder of the contest's files, made if it is not there."""
    folder = data / contest.files
    if not folder.exists():
        say(f"{contest.name}: making {folder}")
        aside = data / f"{contest.files}.part"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        kind, _, count = contest.files.partition("-")
        _run("bench.data", kind, count, str(aside))
        aside.rename(folder)
    return folder


def _once(contest: Contest, contender: str, files: Path, scratch: Path, threads: int) -> Taken:
    out = scratch / contender
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    told, peak_bytes = _run("bench.run", contest.name, contender, str(files), str(out), str(threads))
    return Taken(**json.loads(told), peak_bytes=peak_bytes)


def _run(module: str, *words: str) -> tuple[str, int]:
    """What the module printed, and the most memory that its process had.

    A child's peak counts from the fork, so it is never below the parent's: this process loads no library.
    """
    command = [sys.executable, "-m", module, *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        told = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command[1:])}: ended with {process.returncode}")
    return told, usage.ru_maxrss * _MAXRSS_BYTES


def _warm(folder: Path) -> None:
    """Read the files once, so that every contender finds them in the page cache."""
    for path in sorted(folder.iterdir()):
        with path.open("rb", buffering=0) as file:
            while file.read(_BLOCK):
                pass


def _middle(runs: list[Taken]) -> Taken:
    return Taken(
        median(run.wall_s for run in runs),
        median(run.cpu_s for run in runs),
        max(run.peak_bytes for run in runs),
    )


@contextmanager
def _scratch(data: Path) -> Iterator[Path]:
    folder = Path(mkdtemp(prefix="out-", dir=data))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

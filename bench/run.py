"""One contender does one job in this process, timed: prints wall and CPU seconds as JSON."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time

from bench.plan import JOBS, Job


def main(name: str, contender: str, data: str, out: str, threads: str) -> None:
    # Polars takes its number of threads from here, once, when it is loaded.
    os.environ["POLARS_MAX_THREADS"] = threads
    job = Job(name, contender, Path(data), Path(out), int(threads))
    module = import_module(f"bench.contenders.{contender}")
    print(json.dumps(_timed(getattr(module, "import_" if name == "import" else name), job)))


def _timed(work: Callable[[Job], Iterator[None]], job: Job) -> dict[str, float]:
    assert job.name in JOBS
    steps = work(job)
    next(steps)
    wall, cpu = perf_counter(), process_time()
    next(steps)
    taken = {"wall_s": perf_counter() - wall, "cpu_s": process_time() - cpu}
    next(steps, None)
    return taken


if __name__ == "__main__":
    main(*sys.argv[1:])

"""`python -m bench.invoices`: a month's invoices of a network, against plain Papermill and nbconvert in the same run."""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from threading import Event, Thread
from time import perf_counter
from typing import Any, Final

from bench import plain
from bench.customers import ANNEX, network
from bench.soak.memory import descendants, share
from tollbook.account.database import shared
from tollbook.billing.documents.annex import calls_of
from tollbook.billing.documents.document import Document
from tollbook.billing.documents.pdf import pdf
from tollbook.billing.documents.words import words_of
from tollbook.billing.filed import RECORD, report_folder
from tollbook.billing.invoices import numbers_in_force
from tollbook.billing.record import Record
from tollbook.lake.store import Lake
from tollbook.params import Invoice
from tollbook.periods import parse_period
from tollbook.runs.invoices import FILES, Bill, run
from tollbook.tables import CALLS
from tollbook.workspace import Workspace

DATA: Final = Path(__file__).parent / "data"
GOAL: Final = 30.0
ANNEX_CALLS: Final = 5_000
ANNEX_GOAL_S: Final = 1.0
_PERIOD: Final = parse_period("2026-10")
_AT: Final = datetime(2026, 11, 5, tzinfo=UTC)
_MB: Final = 10**6
_EVERY_S: Final = 0.25


def main() -> None:
    options = _options()
    data = options.data.resolve() / f"invoices-{options.customers}"
    network(data, options.customers, ANNEX_CALLS)
    os.environ["TOLLBOOK_PARAMS"] = str(data / "params")
    print(f"load now {os.getloadavg()[0]:.1f}", file=sys.stderr)
    names = [f"c{number:04}" for number in range(options.customers)]
    sample = names[:: max(1, len(names) // options.sample)][: options.sample]
    theirs = _fresh(data, "theirs")
    _made(theirs, [*sample, ANNEX], options.workers)
    loop = _plainly(theirs, sample, 1)
    before = _plainly(theirs, sample, options.workers)
    ours = _ours(_fresh(data, "ours"), names, options.workers)
    after = _plainly(theirs, sample, options.workers)
    found = {
        "customers": len(names), "workers": options.workers, "ours": ours, "loop": loop, "plain": [before, after],
        "ratio": ours["a_second"] / median([before["a_second"], after["a_second"]]),
        "loop_ratio": ours["a_second"] / loop["a_second"],
        "cpu_ratio": median([before["cpu_s"], after["cpu_s"]]) / ours["cpu_s"],
        "annex_calls": ANNEX_CALLS, "annex_s": _annex_s(theirs),
    }  # fmt: skip
    print(json.dumps(found, indent=2) if options.json else as_text(found))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.invoices", description="a month's invoices")
    parser.add_argument("--customers", type=int, default=500, help="invoices to make (500)")
    parser.add_argument("--workers", type=int, default=2, help="made at once (2)")
    parser.add_argument(
        "--sample", type=int, default=20, help="how many of them plain Papermill makes, twice (20)"
    )
    parser.add_argument("--data", type=Path, default=DATA, help="where the made-up calls lie (bench/data)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args()


def _fresh(data: Path, name: str) -> Workspace:
    """A copy of the network that nobody has invoiced yet."""
    shutil.rmtree(data / name, ignore_errors=True)
    shutil.copytree(data / "home", data / name)
    return Workspace(data / name)


def _made(workspace: Workspace, names: Sequence[str], workers: int) -> None:
    """Their invoices, each with every file, under numbers without a gap."""
    bills = [Bill(workspace, name, _PERIOD, _AT, Invoice()) for name in names]
    for name, row in zip(names, run(bills, workers), strict=True):
        if row is None or len(row["files"]) != len(FILES) or row["absent"]:
            raise SystemExit(f"{name}: {row}")
    numbers = sorted(numbers_in_force(shared(workspace)).values())
    if numbers != [f"INV-2026-{number:06}" for number in range(1, len(names) + 1)]:
        raise SystemExit("the numbers have gaps")


def _ours(workspace: Workspace, names: Sequence[str], workers: int) -> dict[str, float]:
    """Everything: starting workers, settling, notebook, record, HTML, PDF, three e-invoices, CSV, numbers, filing."""
    spent = _spent_s()
    with _watched() as peak:
        begun = perf_counter()
        _made(workspace, names, workers)
        taken = perf_counter() - begun
    return _told(len(names), taken, (_spent_s() - spent) / len(names), peak[0] / workers)


def _plainly(workspace: Workspace, names: Sequence[str], workers: int) -> dict[str, float]:
    """Plain Papermill and nbconvert. The workers have run one each before the clock starts."""
    into = workspace.staging / "plain"
    into.mkdir(parents=True, exist_ok=True)
    plain.write_notebook(into / "invoice.ipynb")
    calls = Lake(workspace).path(CALLS)
    told = [(str(into / "invoice.ipynb"), str(calls), name, _PERIOD.name) for name in names]
    spent = _spent_s()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(plain.invoice, *zip(*told[:workers], strict=True)))
        with _watched() as peak:
            begun = perf_counter()
            totals = list(pool.map(plain.invoice, *zip(*told, strict=True)))
            taken = perf_counter() - begun
    for name, total in zip(names, totals, strict=True):
        if Decimal(total) != _record(workspace, name).total:
            raise SystemExit(f"{name}: plain Papermill made {total}, not {_record(workspace, name).total}")
    return _told(len(names), taken, (_spent_s() - spent) / (len(names) + workers), peak[0] / workers)


def _told(count: int, taken_s: float, cpu_s: float, worker: float) -> dict[str, float]:
    return {"wall_s": taken_s, "a_second": count / taken_s, "cpu_s": cpu_s, "worker_mb": worker / _MB}


def _spent_s() -> float:
    """Seconds of processors that processes below this one have used, which have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def _watched() -> Iterator[list[int]]:
    """The most bytes (PSS) that all processes below this one had at once."""
    peak, ends = [0], Event()

    def watch() -> None:
        while not ends.wait(_EVERY_S):
            peak[0] = max(peak[0], sum(map(share, descendants(os.getpid()))))

    thread = Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        ends.set()
        thread.join()


def _annex_s(workspace: Workspace) -> float:
    """Seconds for the PDF that lists all its calls, in processes that have made one other PDF before."""
    taken = []
    for _ in range(3):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            taken.append(pool.submit(_annex, workspace).result())
    return median(taken)


def _annex(workspace: Workspace) -> float:
    record = _record(workspace, ANNEX)
    calls = calls_of(Lake(workspace), record)
    if calls.height < ANNEX_CALLS:
        raise SystemExit(f"{calls.height} calls instead of {ANNEX_CALLS}")
    short, whole = (Document(record, calls=calls, annex_calls=most) for most in (0, ANNEX_CALLS))
    pdf(short, words_of(short), None)
    begun = perf_counter()
    pdf(whole, words_of(whole), None)
    return perf_counter() - begun


def _record(workspace: Workspace, customer: str) -> Record:
    path = report_folder(workspace, customer, _PERIOD.name) / RECORD
    return Record.model_validate_json(path.read_text(encoding="utf-8"))


def as_text(found: dict[str, Any]) -> str:
    """A line a contender."""
    ours, many = found["ours"], f"plain, {found['workers']} at once"
    rows = [
        ("tollbook, all files", ours),
        ("plain, one at a time", found["loop"]),
        *((many, one) for one in found["plain"]),
    ]
    ratio, loop, cpu, annex_s = found["ratio"], found["loop_ratio"], found["cpu_ratio"], found["annex_s"]
    return "\n".join(
        [
            f"{found['customers']} customers, {found['workers']} workers, load now {os.getloadavg()[0]:.1f}",
            f"  {'':<26}{'a second':>10}{'CPU s each':>12}{'MB a worker':>13}",
            *(_row(name, one) for name, one in rows),
            f"  tollbook / {many}: {ratio:.1f} times as many{_judged(ratio >= GOAL, GOAL)}; {cpu:.1f} times by CPU seconds",
            f"  tollbook / plain, one at a time: {loop:.1f} times as many{_judged(loop >= GOAL, GOAL)}",
            f"  a PDF of {found['annex_calls']:,} calls: {annex_s:.2f} s{_judged(annex_s <= ANNEX_GOAL_S, ANNEX_GOAL_S)}",
        ]
    )


def _judged(reached: bool, goal: float) -> str:  # noqa: FBT001 - only the table asks
    return f" (goal {goal:g}: {'reached' if reached else 'not reached'})"


def _row(name: str, one: dict[str, float]) -> str:
    return f"  {name:<26}{one['a_second']:>10.2f}{one['cpu_s']:>12.3f}{one['worker_mb']:>13.0f}"


if __name__ == "__main__":
    main()

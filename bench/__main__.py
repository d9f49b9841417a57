"""`python -m bench`: three contests, a table each."""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from bench.measure import Result, hold
from bench.plan import JOBS, OURS, contests

DATA: Final = Path(__file__).parent / "data"
_MB: Final = 10**6


def main() -> None:
    options = _options()
    options.data.mkdir(parents=True, exist_ok=True)
    held = [
        hold(contest, options.data.resolve(), rounds=options.rounds, threads=options.threads, say=_say)
        for contest in contests(options.calls, options.rated, options.rows)
        if contest.name in options.only
    ]
    if options.json:
        print(json.dumps([_as_json(result) for result in held], indent=2))
    else:
        print(
            f"{options.threads} threads, median of {options.rounds} rounds, load now {os.getloadavg()[0]:.1f}"
        )
        print("\n".join(_as_text(result) for result in held))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="measure against the best peers")
    parser.add_argument("--calls", type=int, default=20_000_000, help="calls to roll up (20 million)")
    parser.add_argument("--rated", type=int, default=10_000_000, help="calls to rate (10 million)")
    parser.add_argument(
        "--rows", type=int, default=5_000_000, help="rows of Master.csv to import (5 million)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="times that each contender runs (3)")
    parser.add_argument("--threads", type=int, default=_processors(), help="threads of each (all processors)")
    parser.add_argument("--only", nargs="+", choices=JOBS, default=JOBS, help="some of the contests")
    parser.add_argument("--data", type=Path, default=DATA, help="where the made-up files lie (bench/data)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _as_text(result: Result) -> str:
    contest = result.contest
    rows = [
        f"  {name:<10}{taken.wall_s:>9.2f}{taken.cpu_s:>9.2f}{contest.rows / taken.wall_s / 1e6:>15.2f}"
        f"{taken.peak_bytes / _MB:>11,.0f}"
        for name, taken in result.taken.items()
    ]
    return "\n".join(
        [
            f"\n{contest.name}: {contest.rows:,} {contest.unit}: {contest.does}",
            f"  {'':<10}{'wall s':>9}{'CPU s':>9}{'million / s':>15}{'peak MB':>11}",
            *rows,
            f"  {OURS} / {result.best_peer}: {result.ratio:.2f} of the time, {result.cpu_ratio:.2f} of the CPU seconds",
            f"  goal: {contest.goal}: {'reached' if result.reached else 'not reached'}",
        ]
    )


def _as_json(result: Result) -> dict[str, Any]:
    contest = result.contest
    return {
        "contest": contest.name,
        "rows": contest.rows,
        "taken": {name: asdict(taken) for name, taken in result.taken.items()},
        "best_peer": result.best_peer,
        "ratio": round(result.ratio, 3),
        "cpu_ratio": round(result.cpu_ratio, 3),
        "rows_per_s": round(result.rows_per_s),
        "goal": str(contest.goal),
        "reached": result.reached,
    }


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

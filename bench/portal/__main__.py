"""`python -m bench.portal`: our portal beside Streamlit and Panel."""

import argparse
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.portal.browser import chromium, click_s, crowd, open_s, reached_for, warmed
from bench.portal.memory import plain_kernel, private_bytes
from bench.portal.servers import OURS, PEERS, served
from bench.portal.signing import enter

_MB: Final = 10**6
_GOALS: Final = {"open_ratio": 0.7, "open_s": 1.0, "click_s": 0.1, "crowd_s": 5.0, "memory_ratio": 0.5}


def main() -> None:
    options = _options()
    with TemporaryDirectory(prefix="bench-") as folder:
        home = Path(folder, "data")
        _give_room(Path(folder, "params"), options.visitors)
        _say(f"making {options.days} days of {options.calls} calls")
        _tollbook(
            "--home", str(home), "demo", "--days", str(options.days), "--calls-per-day", str(options.calls)
        )
        found = measured(home, options)
    print(json.dumps(found, indent=2) if options.json else as_text(found))


def _give_room(params: Path, visitors: int) -> None:
    """One reader opens all pages of the crowd, and may have a quarter of the sessions that there are."""
    params.mkdir()
    (params / "site.yml").write_text(f"sessions: {4 * (visitors + 4)}\n", encoding="utf-8")
    os.environ["TOLLBOOK_PARAMS"] = str(params)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.portal", description="the portal beside its peers")
    parser.add_argument("--rounds", type=int, default=5, help="times that each page is opened (5)")
    parser.add_argument("--visitors", type=int, default=16, help="pages opened at once (16)")
    parser.add_argument("--days", type=int, default=7, help="days of the made-up network (7)")
    parser.add_argument("--calls", type=int, default=20_000, help="calls a day (20 000)")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS, help="beside whom")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args()


def measured(home: Path, options: argparse.Namespace) -> dict[str, Any]:
    """All servers at once, visited in turns, so that a busy minute of the machine falls on each alike."""
    names, login = (OURS, *options.peers), enter(home)
    with ExitStack() as stack, chromium() as browser:
        at = {name: stack.enter_context(served(name, home)) for name in names}
        contexts = {name: warmed(browser, at[name][0], login if name == OURS else None) for name in names}
        opened: dict[str, list[float]] = {name: [] for name in names}
        for number in range(1, options.rounds + 1):
            for name in names:
                opened[name].append(open_s(contexts[name], at[name][0]))
                _say(f"open, round {number} of {options.rounds}: {name} {opened[name][-1]:.2f} s")
        found: dict[str, Any] = {"open_s": {name: median(taken) for name, taken in opened.items()}}
        found["click_s"] = click_s(contexts[OURS], at[OURS][0], options.rounds)
        found["crowd_s"], found["viewer_bytes"] = {}, {}
        for name in names:
            before = private_bytes(at[name][1].pid)
            found["crowd_s"][name], pages = crowd(contexts[name], at[name][0], options.visitors)
            _say(f"{options.visitors} visitors: {name} {found['crowd_s'][name]:.2f} s")
            reached_for(pages)
            found["viewer_bytes"][name] = (private_bytes(at[name][1].pid) - before) // options.visitors
            for page in pages:
                page.close(run_before_unload=True)
    found["plain_bytes"] = plain_kernel(home)
    return found | {"goals": _judged(found, options.peers)}


def _judged(found: dict[str, Any], peers: tuple[str, ...]) -> dict[str, Any]:
    """Each goal: what was reached, what it is, and whether it holds."""
    best = min((found["open_s"][peer] for peer in peers), default=0.0)
    reached = {
        "open_ratio": found["open_s"][OURS] / best if best else None,
        "open_s": found["open_s"][OURS],
        "click_s": found["click_s"],
        "crowd_s": found["crowd_s"][OURS],
        "memory_ratio": found["viewer_bytes"][OURS] / found["plain_bytes"],
    }
    return {
        name: {"reached": value, "goal": _GOALS[name], "holds": value <= _GOALS[name]}
        for name, value in reached.items()
        if value is not None
    }


def as_text(found: dict[str, Any]) -> str:
    """The figures as a table, and each goal as a line."""
    rows = [
        f"  {name:<12}{found['open_s'][name]:>9.2f}{found['crowd_s'][name]:>14.2f}{found['viewer_bytes'][name] / _MB:>16.0f}"
        for name in found["open_s"]
    ]
    goals = [
        f"  {name}: {one['reached']:.2f}, goal at most {one['goal']:g}: {'reached' if one['holds'] else 'not reached'}"
        for name, one in found["goals"].items()
    ]
    return "\n".join(
        [
            f"portal, load now {os.getloadavg()[0]:.1f}; four graphs, warm browser cache",
            f"  {'':<12}{'open s':>9}{'all at once s':>14}{'MB per viewer':>16}",
            *rows,
            f"  a plain kernel that ran the page: {found['plain_bytes'] / _MB:.0f} MB",
            *goals,
        ]
    )


def _tollbook(*words: str) -> None:
    code = "from tollbook.cli import main; main()"
    subprocess.run(
        [sys.executable, "-c", code, *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

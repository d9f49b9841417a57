"""`python -m bench.lab`: a real Kamailio with real calls, asked every second by HTTP and by datagram.

Prints one JSON document; 1 where a bound does not hold.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from threading import Lock
from time import sleep
from typing import Any

import polars as pl
import yaml

from bench.lab import plan, switch
from bench.lab.judged import Span, as_text, judged, spans
from tollbook.live.collect import Collector, collector
from tollbook.live.kept import LiveLake
from tollbook.live.snapshot import Snapshot
from tollbook.workspace import Workspace


def main() -> None:
    """Place the calls, ask all the time, compare."""
    options = _options()
    if missing := switch.missing():
        raise SystemExit(f"not installed: {', '.join(missing)}: apt-get install kamailio sip-tester")
    if options.keep:
        found = lab(options.keep, options)
    else:
        with TemporaryDirectory(prefix="lab-") as place:
            found = lab(Path(place), options)
    print(json.dumps(found, indent=1))
    for way, one in found["by"].items():
        print(f"{way}: {as_text(one)}", file=sys.stderr)
    if not found["holds"] or any(found["sipp"]):
        raise SystemExit(1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.lab", description="calls in progress of a real switch"
    )
    parser.add_argument("--calls", type=int, default=400, help="calls that are placed (400)")
    parser.add_argument(
        "--per-second", type=float, default=5, help="calls a second, all customers together (5)"
    )
    parser.add_argument("--seed", type=int, default=7, help="which calls (7)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="an empty folder for the logs, which stay")
    return parser.parse_args()


def lab(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """What came of it."""
    calls = plan.write(folder, options.calls, options.seed)
    with switch.running(folder, calls) as running:
        asking, answers = _asking(folder, {"http": running.rpc, "datagram": running.rpc_socket})
        customers = switch.place_calls(running, calls, options.per_second)
        asking.start()
        codes = [process.wait() for process in customers]
        sleep(2)
        asking.stop()
        faults = running.faults()
    truth = [span for name in calls for span in spans(folder / f"{name}.short")]
    asked = (
        LiveLake(asking.workspace)
        .asked()
        .group_by("switch")
        .agg(pl.col("failed").sum(), pl.col("most").max())
    )
    kept = {row["switch"]: row for row in asked.collect().to_dicts()}
    found = {name: _of(truth, answers[name], kept[name]) for name in answers}
    return {
        "holds": all(one["holds"] for one in found.values()),
        "by": found,
        "sipp": codes,
        "faults": faults,
    }


def _of(truth: list[Span], answers: Mapping[float, Snapshot], kept: Mapping[str, Any]) -> dict[str, Any]:
    """What one way of asking told."""
    told = sorted(answers.items())
    return {
        **judged(truth, [(at, len(snapshot.calls)) for at, snapshot in told]),
        "took_ms_p95": round(quantiles([snapshot.took_ms for _, snapshot in told], n=20)[-1], 1),
        "unanswered": kept["failed"],
        "peak_kept": kept["most"],
    }


def _asking(folder: Path, addresses: Mapping[str, str]) -> tuple[Collector, dict[str, dict[float, Snapshot]]]:
    """A collector of a workspace of its own, and every answer that it gets, by way of asking and instant."""
    params, home = folder / "params", Workspace(folder / "home")
    params.mkdir()
    sources = [
        {"name": name, "kind": "kamailio", "address": address, "every_s": 1}
        for name, address in addresses.items()
    ]
    (params / "live.yml").write_text(yaml.safe_dump({"sources": sources}))
    os.environ["TOLLBOOK_PARAMS"] = str(params)
    home.create()
    asking, lock = collector(home), Lock()
    answers: dict[str, dict[float, Snapshot]] = {name: {} for name in addresses}

    def note() -> None:
        with lock:
            for held in asking.present.held:
                if held.told:
                    answers[held.switch][held.told.at.timestamp()] = held.told

    asking.listen(note)
    return asking, answers


if __name__ == "__main__":
    main()

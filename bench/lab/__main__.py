"""`python -m bench.lab`: a real Kamailio with real calls, polled every second. Prints one JSON document; 1 where a bound does not hold."""

import argparse
import json
import os
import sys
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from threading import Lock
from time import sleep
from typing import Any

import yaml

from bench.lab import plan, switch
from bench.lab.judged import as_text, judged, spans
from tollbook.live.collect import Collector, collector
from tollbook.live.history import history
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
    print(as_text(found), file=sys.stderr)
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
    parser.add_argument("--datagram", action="store_true", help="ask by datagram, not by HTTP")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="an empty folder for the logs, which stay")
    return parser.parse_args()


def lab(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """What came of it."""
    calls = plan.write(folder, options.calls, options.seed)
    with switch.running(folder, calls) as running:
        asking, polls = _asking(folder, running.rpc_socket if options.datagram else running.rpc)
        customers = switch.place_calls(running, calls, options.per_second)
        asking.start()
        codes = [process.wait() for process in customers]
        sleep(2)
        asking.stop()
        faults = running.faults()
    truth = [span for name in calls for span in spans(folder / f"{name}.short")]
    told = sorted(polls.items())
    kept = history(asking.workspace, *_ends(told))
    return {
        **judged(truth, [(at, len(snapshot.calls)) for at, (snapshot, _) in told]),
        "took_ms_p95": round(quantiles([snapshot.took_ms for _, (snapshot, _) in told], n=20)[-1], 1),
        "unanswered": sum(one["failed"] for one in kept["asked"]),
        "peak_kept": kept["peak"],
        "sipp": codes,
        "faults": faults,
    }


def _asking(folder: Path, address: str) -> tuple[Collector, dict[float, Any]]:
    """A collector of a workspace of its own, and every answer that it gets, by instant."""
    params, home = folder / "params", Workspace(folder / "home")
    params.mkdir()
    source = {"name": "lab", "kind": "kamailio", "address": address, "every_s": 1}
    (params / "live.yml").write_text(yaml.safe_dump({"sources": [source]}))
    os.environ["TOLLBOOK_PARAMS"] = str(params)
    home.create()
    asking, polls, lock = collector(home), {}, Lock()

    def note() -> None:
        (held,) = asking.present.held
        if held.told:
            with lock:
                polls[held.told.at.timestamp()] = (held.told, held.why)

    asking.listen(note)
    return asking, polls


def _ends(told: list[tuple[float, Any]]) -> tuple[Any, Any]:
    first, last = told[0][1][0].at, told[-1][1][0].at
    return first, last


if __name__ == "__main__":
    main()

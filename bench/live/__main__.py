"""`python -m bench.live`: many who follow the calls in progress of one switch, whose calls change every second.

Prints one JSON document; a table goes to standard error, with a sentence for each bound that does not hold: then the end is 1.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, Final

from bench.live.judged import GOAL_S, as_text, broken, delays
from bench.live.switch import Stub, answering
from bench.live.viewer import Viewer, entered
from bench.soak.memory import share
from bench.soak.server import Server, served

_SETTLE_S: Final = 5.0


def main() -> None:
    options = _options()
    stub = Stub(options.calls)
    stub.change()
    with TemporaryDirectory(prefix="live-") as folder, answering(stub) as address:
        home, params = Path(folder, "data"), Path(folder, "params")
        viewers = entered(home, options.viewers)
        params.mkdir()
        source = {"name": "sbc1", "kind": "kamailio", "address": address, "every_s": 1}
        (params / "live.yml").write_text(json.dumps({"sources": [source], "streams": 2 * options.viewers}))
        with served(home, params, Path(folder, "log"), options.viewers) as server:
            found = asyncio.run(_watch(server, stub, viewers, options.seconds))
    found["broken"] = broken(found)
    print(json.dumps(found, indent=2))
    print(as_text(found), file=sys.stderr)
    if found["broken"]:
        raise SystemExit("\n".join(f"does not hold: {words}" for words in found["broken"]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.live", description="the stream of calls in progress"
    )
    parser.add_argument("--viewers", type=int, default=50, help="people who follow (50)")
    parser.add_argument("--seconds", type=float, default=30, help="how long they do (30)")
    parser.add_argument("--calls", type=int, default=500, help="calls in progress, about (500)")
    return parser.parse_args()


async def _watch(server: Server, stub: Stub, viewers: Sequence[Viewer], seconds: float) -> dict[str, Any]:
    """The run: one looks and leaves, then all look while the calls change."""
    await _follow(server, viewers[:1], _SETTLE_S)  # what is loaded for a first one is no part of any
    await asyncio.sleep(_SETTLE_S)
    alone = share(server.pid)
    for viewer in viewers:
        viewer.heard.clear()
    all_look = asyncio.create_task(_follow(server, viewers, _SETTLE_S + seconds + GOAL_S))
    await asyncio.sleep(_SETTLE_S)
    first, asked, begun, used = len(stub.changes), stub.asked, monotonic(), list[int]()
    while monotonic() < begun + seconds:
        stub.change()
        await asyncio.sleep(1)
        used.append(await asyncio.to_thread(share, server.pid))
    polls = (stub.asked - asked) / (monotonic() - begun)
    await all_look
    changes = range(first, len(stub.changes))
    return {
        "viewers": len(viewers),
        "calls": stub.calls,
        "changes": len(changes),
        "load": os.getloadavg()[0],
        "polls_per_s": polls,
        "from_change": delays(stub, viewers, changes, dict(enumerate(stub.changes))),
        "from_answer": delays(stub, viewers, changes, stub.answered),
        "bytes_alone": alone,
        "bytes_per_viewer": (median(used) - alone) / len(viewers),
    }


async def _follow(server: Server, viewers: Sequence[Viewer], seconds: float) -> None:
    following = [asyncio.create_task(viewer.follow(server.address)) for viewer in viewers]
    done, waiting = await asyncio.wait(following, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    for one in done:
        one.result()


if __name__ == "__main__":
    main()

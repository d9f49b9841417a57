"""`python -m bench.soak`: prints one JSON document; a table and each bound that does not hold go to standard error."""

import argparse
import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, Final

from bench.soak import judged
from bench.soak.browser import client
from bench.soak.memory import Watch, look
from bench.soak.noted import Noted
from bench.soak.people import Person, enter, failed_sign_ins
from bench.soak.server import Server, demo, faults, served
from bench.soak.strangers import Strangers
from bench.soak.viewer import Viewer

_ARRIVE_S: Final = 60.0


def main() -> None:
    options = _options()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(1)
    )  # so that the portal ends with this, whatever ends it
    with TemporaryDirectory(prefix="soak-") as folder:
        home, log = Path(folder, "data"), options.log or Path(folder, "log")
        _say(f"making {options.days} days of {options.calls} calls, and {options.viewers} people")
        demo(home, options.days, options.calls)
        people = enter(home, options.viewers)
        with served(home, Path(folder, "params"), log, options.viewers) as server:
            found = asyncio.run(soak(server, people, options))
        found["wrong"]["audited"] = failed_sign_ins(home)
        found["log"] = faults(log)
    found["broken"] = judged.broken(found)
    print(json.dumps(found, indent=2))
    _say(judged.as_text(found))
    if found["broken"]:
        _say("\n".join(f"does not hold: {words}" for words in found["broken"]))
        raise SystemExit(1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description="the portal under load")
    parser.add_argument("--viewers", type=int, default=50, help="people who are signed in (50)")
    parser.add_argument("--minutes", type=float, default=10, help="how long they look (10)")
    parser.add_argument("--wrong", type=int, default=1000, help="wrong sign-ins a minute beside them (1 000)")
    parser.add_argument("--days", type=int, default=7, help="days of the made-up network (7)")
    parser.add_argument("--calls", type=int, default=5000, help="calls a day (5 000)")
    parser.add_argument(
        "--rest", type=float, default=30, help="seconds from the last who leaves to the last look (30)"
    )
    parser.add_argument("--seed", type=int, default=1, help="who does what when (1)")
    parser.add_argument("--log", type=Path, help="where the server's log is kept")
    return parser.parse_args()


async def soak(server: Server, people: list[Person], options: argparse.Namespace) -> dict[str, Any]:
    """The run itself: all arrive, then strangers come too; all leave at the end."""
    noted, http, begun = Noted(), client(), monotonic()
    seconds = options.minutes * 60
    arrive_s = min(_ARRIVE_S, seconds / 4)
    watch = Watch(server.pid, begun)
    watching = asyncio.create_task(watch.run())
    viewers = [
        Viewer(person, server.address, http, noted, Random(f"{options.seed} {person.login}"), begun + seconds)
        for person in people
    ]
    looking = [
        asyncio.create_task(viewer.run(arrive_s * number / len(viewers)))
        for number, viewer in enumerate(viewers)
    ]
    for viewer in viewers:
        await viewer.inside.wait()
    _say(f"all are in after {monotonic() - begun:.0f} s; now {options.wrong} wrong sign-ins a minute")
    left_s = max(0.0, begun + seconds - monotonic())
    logins = [person.login for person in people]
    strangers = Strangers(server.address, http, noted, Random(options.seed), logins, options.wrong)
    await strangers.run(left_s)
    await asyncio.gather(*looking)
    until_s = monotonic() - begun
    _say(f"all have left after {until_s:.0f} s; {options.rest:g} s of rest")
    await asyncio.sleep(options.rest)
    left = await asyncio.to_thread(look, server.pid, begun)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    return {
        "viewers": len(people),
        "minutes": options.minutes,
        "load": os.getloadavg()[0],
        **noted.document(),
        "memory": watch.document(max(arrive_s, min(60.0, seconds / 2)), seconds),
        "kernels_left": left.kernels,
        "wrong": {"intended": round(left_s * options.wrong / 60), "sent": strangers.sent},
    }


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

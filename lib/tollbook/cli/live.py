"""`tollbook live`."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from time import sleep
from typing import Any, Final

import click

from tollbook.cli.figures import known
from tollbook.cli.output import emit, plain_json, say, shared, workspace
from tollbook.live import present as told
from tollbook.live.collect import Collector, collector
from tollbook.live.figures import document
from tollbook.live.history import history, last_day
from tollbook.live.present import Present
from tollbook.periods import iso_z, parse_instant
from tollbook.workspace import Workspace

WATCH_S: Final = 1.0


@click.command()
@click.option("--customer", metavar="C", help="Only this customer.")
@click.option(
    "--watch", is_flag=True, help="Go on, a line a second, and ask the switches unless a server does."
)
@click.option(
    "--history",
    "past",
    is_flag=True,
    help="What was seen: peak, breaches, calls and records without each other.",
)
@click.option("--from", "since", metavar="T", help="With --history: first instant; default a day ago.")
@click.option("--to", "until", metavar="T", help="With --history: first instant that no longer counts.")
@shared
def live(customer: str | None, since: str | None, until: str | None, *, watch: bool, past: bool) -> None:
    """Show the calls in progress now, as the switches of params/live.yml tell."""
    place = workspace()
    if past:
        start, end = last_day(datetime.now(UTC))
        start, end = (parse_instant(since) if since else start), (parse_instant(until) if until else end)
        emit(history(place, start, end, customer=customer))
        return
    asking = collector(place)
    present = told.read(place) or asking.present if watch else _now(place, asking)
    if customer and customer not in {call.customer for _, call in present.calls()}:
        known(place, "customer", [customer])
    if watch:
        _watch(place, asking, customer)
    else:
        emit(_shown(document(place, present, customer=customer)))


def _now(place: Workspace, asking: Collector) -> Present:
    """What the process that asks told; where none does, every switch is asked once, all at the same time."""
    if not asking.takes_turn():
        return told.read(place) or asking.present
    try:
        return asking.once()
    finally:
        asking.give_up()


def _watch(place: Workspace, asking: Collector, customer: str | None) -> None:
    """A line for each change of the second, until interrupted."""
    as_json = bool((click.get_current_context().find_object(dict) or {}).get("as_json"))
    asking.start()
    try:
        while True:
            shown = _shown(document(place, asking.present, customer=customer), quiet=True)
            click.echo(json.dumps(shown, default=plain_json) if as_json else _line(shown))
            sleep(WATCH_S)
    except KeyboardInterrupt:
        say("stopped")
    finally:
        asking.stop()


def _line(shown: Mapping[str, Any]) -> str:
    at = iso_z(shown["at"].replace(microsecond=0)) if shown["at"] else "–"
    of = f" / {shown['configured']}" if shown["configured"] is not None else ""
    number = "–" if shown["channels"] is None else shown["channels"]
    parts = [
        f"{row[kind] or '–'} {row['channels']}"
        for kind in ("customer", "carrier")
        for row in shown[f"by_{kind}"]
        if row["channels"]
    ]
    late = [one["switch"] for one in shown["sources"] if not one["answers"]]
    silent = [f"(no answer: {', '.join(late)})"] if late else []
    return "  ".join([at, f"{number}{of}", *parts, *silent])


def _shown(document: dict[str, Any], *, quiet: bool = False) -> dict[str, Any]:
    """The document; words about what is missing go to standard error."""
    if not quiet:
        if document["source"] == "none":
            say("no live source: name the switches in params/live.yml; nobody can tell what is in progress")
        if document["source"] == "records":
            say("no live source: counted are calls whose records have no end yet")
        for one in document["sources"]:
            if not one["answers"]:
                since = (
                    f"its last answer is {one['age_s']:.0f} s old" if one["at"] else "it has never answered"
                )
                say(f"{one['switch']} does not answer: {since}")
            elif not one["complete"]:
                say(f"{one['switch']} does not tell all: the number is at least this")
    return document

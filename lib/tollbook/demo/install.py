"""The demo put into a workspace: written as files, and imported in the way of any others."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Final

from tollbook.account import parties
from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.account.numbering import block_intake, blocks, intake, lines
from tollbook.account.people import persons
from tollbook.alerts.refreshed import after_refresh
from tollbook.billing.deckfile import read_deck
from tollbook.billing.decks import Side, deck_book, import_deck
from tollbook.demo import alerts
from tollbook.demo.blocks import SIZE, START, write_numbers
from tollbook.demo.calls import Traffic, generate
from tollbook.demo.decks import write_decks
from tollbook.demo.files import write
from tollbook.demo.master import write_master_data
from tollbook.demo.network import CUSTOMERS
from tollbook.demo.truth import truth, write_truth
from tollbook.errors import TollbookError, UsageError
from tollbook.lake.ingest import Imported, ingest
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake
from tollbook.tables import CALLS
from tollbook.workspace import Workspace

SWITCH: Final = "demo"
FOLDER: Final = "demo"
MOST_CALLS: Final = 20_000_000
"""More are no demo; the generator holds them all in memory."""

Say = Callable[[str], None]


@dataclass
class Installed:
    """How much of each there is now, and how long each stage took."""

    home: Path
    customers: int = 0
    carriers: int = 0
    contacts: int = 0
    decks: int = 0
    rates: int = 0
    blocks: int = 0
    extensions: int = 0
    alerts: int = 0
    days: int = 0
    files: int = 0
    calls: int = 0
    answers: int = 0
    seizures: int = 0
    unrated: int = 0
    rejected: int = 0
    stages_s: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, say: Say) -> Iterator[None]:
        """Times what is done within."""
        began = perf_counter()
        yield
        self.stages_s[name] = round(perf_counter() - began, 2)
        say(f"{name}: {self.stages_s[name]:.1f} s")


def install(
    workspace: Workspace,
    *,
    days: int,
    calls_per_day: int,
    seed: int,
    now: datetime,
    say: Say = lambda _: None,
) -> Installed:
    """Make the demo network in a workspace without calls: `days` days up to `now`.

    Its files lie in the workspace's folder `demo`, with `truth.json`, what the figures must be, beside them.

    Raises:
        UsageError: more than MOST_CALLS calls.
        TollbookError: the workspace holds calls already, or is being written to.
    """
    _refuse(workspace, days * calls_per_day)
    done = Installed(workspace.home, days=days)
    folder = workspace.home / FOLDER
    with done.stage("calls made", say):
        traffic = generate(days, calls_per_day, seed, now)
    with done.stage("files written", say):
        paths = write(traffic, folder)
    with done.stage("customers, carriers and decks imported", say):
        database = Database.of(workspace)
        _import_parties(database, folder, done)
        _import_decks(database, write_decks(folder, days, now), done)
        _import_numbers(database, folder, done)
    with done.stage("calls imported and rated", say):
        lake = Lake(workspace)
        imported = ingest(
            lake, map(str, paths), decks=deck_book(database), switch=SWITCH, zone="UTC", say=say
        )
        done.alerts = alerts.enter(database, now)
        database.close()
    with done.stage("figures refreshed", say):
        refresh(lake)
        after_refresh(workspace)
    return _finished(done, traffic, imported, folder)


def _refuse(workspace: Workspace, calls: int) -> None:
    if calls > MOST_CALLS:
        raise UsageError(f"{calls} calls are too many for a demo: at most {MOST_CALLS}")
    if CALLS.name in Lake(workspace).published.versions:
        raise TollbookError(
            f"{workspace.home} holds calls already: make the demo in a workspace of its own, as in --home demo-data"
        )


def _import_parties(database: Database, folder: Path, done: Installed) -> None:
    customers, carriers, contacts = write_master_data(folder)
    with database.session() as session:
        done.customers = len(parties.import_file(session, Customer, customers))
        done.carriers = len(parties.import_file(session, Carrier, carriers))
        done.contacts = len(persons.import_file(session, "contact", contacts, command_line()))


def _import_decks(database: Database, files: dict[str, Path], done: Installed) -> None:
    customers = {customer.id for customer in CUSTOMERS}
    for owner, file in files.items():
        side: Side = "customer" if owner in customers else "carrier"
        deck = import_deck(database, read_deck(file).rates, side=side, owner=owner, source=file.name)
        done.decks += 1
        done.rates += deck.rates.height


def _import_numbers(database: Database, folder: Path, done: Installed) -> None:
    by, (block_file, extension_file) = command_line(), write_numbers(folder)
    with database.session() as session:
        blocks.set_up(session, by, start=START, size=SIZE)
        given = block_intake.plan(session, block_file.name, lines.read_blocks(block_file))
        block_intake.carry_out(session, by, given)
        taken = intake.plan(session, extension_file.name, lines.read(extension_file))
        intake.carry_out(session, by, taken)
    done.blocks, done.extensions = len(given.added), len(taken.added)


def _finished(done: Installed, traffic: Traffic, imported: Imported, folder: Path) -> Installed:
    figures = truth(traffic)
    write_truth(figures, folder)
    done.files, done.calls, done.seizures = imported.files, imported.stored, imported.seizures
    done.unrated, done.rejected = imported.unrated, imported.rejected
    done.answers = figures["total"]["answers"]
    return done

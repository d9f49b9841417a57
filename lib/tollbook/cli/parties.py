"""Commands for master data: `customer` and `carrier`, which differ only in their fields."""

import click

from tollbook.account import parties
from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.account.fields import FIELDS, Kind
from tollbook.account.models import Carrier, Customer
from tollbook.cli.entered import given, options, something
from tollbook.cli.output import emit, shared, workspace
from tollbook.cli.registers import export_command, import_command
from tollbook.lake.store import Lake
from tollbook.tables import TRAFFIC
from tollbook.workspace import Workspace


def _group(kind: Kind, words: str) -> click.Group:
    commands = [make(kind) for make in (_add, _list, _show, _set)]
    register = parties.register(kind)
    commands += [import_command(register), export_command(register)]
    return click.Group(kind.__tablename__, commands=commands, help=words)


def _add(kind: Kind) -> click.Command:
    @click.command("add", help=f"Enter a {kind.__tablename__}; ID is what call records call it.")
    @click.argument("party_id", metavar="ID")
    @options(FIELDS[kind].values())
    @shared
    def add(party_id: str, **entered: str | None) -> None:
        with Database.of(workspace()).session() as session:
            row = parties.add(session, kind, party_id, given(entered), command_line())
        emit(row)

    return add


def _list(kind: Kind) -> click.Command:
    @click.command(
        "list", help=f"List every {kind.__tablename__}, those included that only calls name (unconfirmed)."
    )
    @shared
    def list_() -> None:
        home = workspace()
        with Database.of(home).reading() as session:
            rows = parties.listing(session, kind)
        called = _ids_in_calls(home, kind)
        emit([*rows, *parties.unconfirmed(called, [row["id"] for row in rows])])

    return list_


def _show(kind: Kind) -> click.Command:
    @click.command("show", help=f"Show one {kind.__tablename__}.")
    @click.argument("party_id", metavar="ID")
    @shared
    def show(party_id: str) -> None:
        with Database.of(workspace()).reading() as session:
            row = parties.show(session, kind, party_id)
        emit(row)

    return show


def _set(kind: Kind) -> click.Command:
    @click.command("set", help=f"Change fields of a {kind.__tablename__}; an empty value clears one.")
    @click.argument("party_id", metavar="ID")
    @options(FIELDS[kind].values())
    @shared
    def set_(party_id: str, **entered: str | None) -> None:
        named = something(entered)
        with Database.of(workspace()).session() as session:
            row = parties.change(session, kind, party_id, named, command_line())
        emit(row)

    return set_


def _ids_in_calls(home: Workspace, kind: Kind) -> list[str | None]:
    ids = Lake(home).scan(TRAFFIC).select(kind.__tablename__).unique().collect()
    return ids[kind.__tablename__].to_list()


customer = _group(Customer, "Customers: whom calls are sold to.")
carrier = _group(Carrier, "Carriers: whom calls are bought from.")

"""Commands for people: `contact` and `user`, which differ in their fields, and what only `user` has."""

from typing import Final

import click

from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.account.people import persons
from tollbook.account.people.fields import FIELDS, Kind
from tollbook.cli import access
from tollbook.cli.entered import given, options, something
from tollbook.cli.output import emit, shared, workspace
from tollbook.cli.registers import export_command, import_command

_WORDS: Final[dict[Kind, str]] = {
    "contact": "Contacts: people of one customer, who see its data and no other.",
    "user": "Users: people of the account. Passwords, sessions and the like are here for contacts too.",
}


def _group(kind: Kind) -> click.Group:
    commands = [make(kind) for make in (_add, _list, _show, _set)]
    register = persons.register(kind)
    commands += [import_command(register), export_command(register)]
    return click.Group(kind, commands=commands, help=_WORDS[kind])


def _add(kind: Kind) -> click.Command:
    @click.command("add", help=f"Enter a {kind}, who can sign in once there is a password (`user password`).")
    @click.argument("login")
    @options(FIELDS[kind].values())
    @shared
    def add(login: str, **entered: str | None) -> None:
        with Database.of(workspace()).session() as session:
            row = persons.add(session, kind, login, given(entered), command_line())
        emit(row)

    return add


def _list(kind: Kind) -> click.Command:
    @click.command("list", help=f"List every {kind}.")
    @shared
    def list_() -> None:
        with Database.of(workspace()).reading() as session:
            rows = persons.listing(session, kind)
        emit(rows)

    return list_


def _show(kind: Kind) -> click.Command:
    @click.command("show", help=f"Show one {kind}.")
    @click.argument("login")
    @shared
    def show(login: str) -> None:
        with Database.of(workspace()).reading() as session:
            row = persons.show(session, kind, login)
        emit(row)

    return show


def _set(kind: Kind) -> click.Command:
    @click.command("set", help=f"Change fields of a {kind}; an empty value clears one.")
    @click.argument("login")
    @options(FIELDS[kind].values())
    @shared
    def set_(login: str, **entered: str | None) -> None:
        named = something(entered)
        with Database.of(workspace()).session() as session:
            row = persons.change(session, kind, login, named, command_line())
        emit(row)

    return set_


contact = _group("contact")
user = _group("user")
for _command in access.COMMANDS:
    user.add_command(_command)

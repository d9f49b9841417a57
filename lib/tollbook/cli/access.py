"""Commands about what a person signs in with: `user password`, `reset-link`, `disable`, `sessions` and more.

LOGIN is a user's or a contact's.
"""

from datetime import datetime, timedelta
from typing import Final

import click

from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.account.people import credentials, oidc, passkeys, persons, resets, sessions, tokens, twofactor
from tollbook.account.rights import TOKEN_SCOPES
from tollbook.cli.output import emit, say, shared, workspace
from tollbook.params import Site, read

_DAYS: Final = 365
_MOST_DAYS: Final = 3650


@click.command()
@click.argument("login")
@click.option("--generate", is_flag=True, help="Make a random one and print it, this once.")
@shared
def password(login: str, generate: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Give a user or a contact a password; their sessions end. It is asked for twice, and not shown."""
    db, at = Database.of(workspace()), now()
    with db.reading() as session:
        name = persons.found(session, login).login
    told = {"login": name, "password_changed_at": at}
    if generate:
        emit({**told, "password": credentials.generate_password(db, name, command_line(), at)})
        return
    typed = click.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
    credentials.set_password(db, name, typed, command_line(), at)
    emit(told)


@click.command("reset-link")
@click.argument("login")
@click.option(
    "--base-url", default="", metavar="U", help="Address of the portal; default that of params/site.yml."
)
@shared
def reset_link(login: str, base_url: str) -> None:
    """Print a link by which a user or a contact sets a new password, once, within the hour."""
    at, base_url = now(), base_url or read("site", Site).address
    with Database.of(workspace()).session() as session:
        name = persons.found(session, login).login
        token = resets.make(session, name, command_line(), at)
    emit({"login": name, "link": resets.path(token, base_url), "expires_at": at + resets.VALID})


@click.command()
@click.argument("login")
@shared
def disable(login: str) -> None:
    """Let a user or a contact in no longer; their sessions end, their tokens rest."""
    with Database.of(workspace()).session() as session:
        row = persons.disable(session, login, command_line())
    emit(row)


@click.command()
@click.argument("login")
@shared
def enable(login: str) -> None:
    """Let a user or a contact in again."""
    with Database.of(workspace()).session() as session:
        row = persons.enable(session, login, command_line())
    emit(row)


@click.command("sessions")
@click.argument("login")
@click.option("--end", is_flag=True, help="End all of them.")
@shared
def sessions_(login: str, end: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """List the open sessions of a user or a contact, or end them."""
    db, site, at = Database.of(workspace()), read("site", Site), now()
    with db.session() if end else db.reading() as session:
        person = persons.found(session, login)
        if end:
            ended = sessions.end_others(session, person.id, None, command_line(), at)
        rows = sessions.own(session, person.id, site, at)
    emit({"login": person.login, "ended": ended} if end else rows)


@click.command("two-factor")
@click.argument("login")
@click.option("--off", is_flag=True, help="Ask for no second factor any more, as when the telephone is lost.")
@shared
def two_factor(login: str, off: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Tell whether a user or a contact has a second factor, or turn it off."""
    db = Database.of(workspace())
    with db.session() if off else db.reading() as session:
        person = persons.found(session, login, locked=off)
        if off and not twofactor.turn_off(session, person, command_line(), now()):
            say(f"{person.login} had no second factor")
        state = {"login": person.login, "two_factor": person.totp_confirmed_at is not None}
    emit(state)


@click.command("tokens")
@click.argument("login")
@click.option("--add", "name", metavar="NAME", help="Make one of this name and print it, this once.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="|".join(TOKEN_SCOPES),
    help="What it is for: to read all that its owner may see, or all with one resource; may be repeated.",
)
@click.option(
    "--days",
    type=click.IntRange(0, _MOST_DAYS),
    default=_DAYS,
    show_default=True,
    help="Days until it expires; 0: not before it is revoked.",
)
@click.option("--revoke", type=int, metavar="ID", help="Let the token of this id do nothing any more.")
@shared
def tokens_(login: str, name: str | None, scopes: tuple[str, ...], days: int, revoke: int | None) -> None:
    """List the API tokens of a user or a contact, make one, or revoke one."""
    db, by, at = Database.of(workspace()), command_line(), now()
    with db.session() if name is not None or revoke else db.reading() as session:
        owner = persons.found(session, login)
        if revoke:
            tokens.revoke(session, owner, revoke, by, at)
        if name is not None:
            token, row = tokens.make(session, owner, name, scopes, _expiry(at, days), by, at)
        rows = tokens.listing(session, owner)
    emit({**row, "token": token} if name is not None else rows)


@click.command("passkeys")
@click.argument("login")
@click.option("--remove", type=int, metavar="ID", help="Let the passkey of this id sign in no more.")
@shared
def passkeys_(login: str, remove: int | None) -> None:
    """List the passkeys of a user or a contact, or remove one."""
    db = Database.of(workspace())
    with db.session() if remove else db.reading() as session:
        person = persons.found(session, login)
        if remove:
            passkeys.remove(session, person, remove, command_line(), now())
        rows = passkeys.listing(session, person)
    emit(rows)


@click.command("provider")
@click.argument("login")
@click.option("--unbind", is_flag=True, help="Forget it: the next sign-in there says anew who it is.")
@shared
def provider(login: str, unbind: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Tell by which provider (OpenID Connect) a user or a contact signs in, and as whom, or forget it."""
    db = Database.of(workspace())
    with db.session() if unbind else db.reading() as session:
        person = persons.found(session, login, locked=unbind)
        if unbind and not oidc.unbind(session, person, command_line(), now()):
            say(f"{person.login} was bound to no provider")
        rows = oidc.bound(session, person)
    emit(rows)


def _expiry(at: datetime, days: int) -> datetime | None:
    return at + timedelta(days=days) if days else None


COMMANDS: Final = (password, reset_link, disable, enable, sessions_, two_factor, tokens_, passkeys_, provider)

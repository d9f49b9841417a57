"""Checks for operators: whether the portal may be shown to others. docs/serving.md has them as a list."""

import ctypes
import os
import pwd
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import select

from tollbook.account.database import Database
from tollbook.account.people.models import Passkey, Person, ProviderIdentity
from tollbook.account.secret import lasting_secret
from tollbook.doctor.check import Check, attempt
from tollbook.errors import TollbookError
from tollbook.params import Site, read
from tollbook.workspace import Workspace

SESSION_BYTES: Final = 60 * 2**20
"""What one page that is open takes."""
_RENEW_DAYS: Final = 14
_PATIENCE_S: Final = 5
_OPEN_TO_OTHERS: Final = 0o007
_CLOCK_IS_WRONG: Final = 5


def serving(place: Workspace) -> Iterator[Check]:
    """What holds for whoever serves; what is asked only of those who serve others comes where there is an address."""
    try:
        site = read("site", Site)
    except TollbookError as error:
        yield Check("site", ok=False, found="cannot be used", mend=str(error))
        return
    others = bool(site.address)
    yield attempt("secret", lambda: _secret(place, others=others))
    yield _folder(place, others=others)
    yield _owner(place)
    yield from _people(place, others=others)
    yield _memory(site)
    yield _clock()
    if not others:
        yield Check("served to", ok=True, found="this machine only", mend="for others: docs/serving.md")
        return
    yield _proxies(site)
    yield from _reached(site.address)
    none = None if site.mail.host else "nobody can be sent a link or a code: set `mail` in params/site.yml"
    yield Check("mail", ok=True, found=site.mail.host or "none", mend=none)


def _secret(place: Workspace, *, others: bool) -> str:
    """Where it is; for this machine alone the first start makes it."""
    given = "TOLLBOOK_SECRET" in os.environ
    if not others and not given and not (place.home / "secret").exists():
        return "made at the first start"
    try:
        lasting_secret(place)
    except PermissionError as error:
        raise TollbookError(f"{error.filename}: whoever serves must own it") from None
    return "in TOLLBOOK_SECRET" if given else "in the workspace"


def _folder(place: Workspace, *, others: bool) -> Check:
    """The workspace is the account's whole business: on this machine nobody else may look into it."""
    open_to_others = bool(place.home.stat().st_mode & _OPEN_TO_OTHERS)
    found = "open to everybody on this machine" if open_to_others else "closed to others"
    mend = f"`chmod o= {place.home}`" if open_to_others else None
    return Check("workspace folder", not (open_to_others and others), found, mend)


def _owner(place: Workspace) -> Check:
    """Whose the files are is whom the portal runs as, or should."""
    owner = place.home.stat().st_uid
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = str(owner)
    mend = None
    if owner == 0:
        mend = "give the workspace and the service a user of their own: docs/serving.md"
    elif owner != os.geteuid():
        mend = f"run commands as {name}: files that another user makes here may stop the portal"
    return Check("runs as", ok=True, found=name, mend=mend)


def _people(place: Workspace, *, others: bool) -> Iterator[Check]:
    """Who can change everything, and how surely it is them."""
    try:
        db = Database.of(place)
    except TollbookError:
        return  # said already
    with db.reading() as session:
        admins = session.scalars(
            select(Person).where(Person.role == "admin", Person.disabled_at.is_(None))
        ).all()
        other_ways = {
            *session.scalars(select(Passkey.person_id)),
            *session.scalars(select(ProviderIdentity.person_id)),
        }
    db.close()
    able = [person for person in admins if person.password_hash or person.id in other_ways]
    unable = [person.login for person in admins if person not in able]
    mend = "`tollbook user add NAME --role admin`, then `tollbook user password NAME`" if not able else None
    if able and unable:
        mend = f"cannot sign in: `tollbook user password {unable[0]}`, or `tollbook user disable`"
    yield Check(
        "admins", bool(able) or not others, ", ".join(sorted(p.login for p in admins)) or "none", mend
    )
    alone = sorted(p.login for p in able if p.password_hash and not p.totp_confirmed_at)
    mend = "each sets it up in the account menu" if alone else None
    yield Check(
        "second factors", ok=True, found=f"missing: {', '.join(alone)}" if alone else "all", mend=mend
    )


def _memory(site: Site) -> Check:
    """Every page that may be open at once finds room."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    needed = site.sessions * SESSION_BYTES
    found = f"{site.sessions} pages need {needed / 2**30:.1f} of {total / 2**30:.1f} GiB"
    mend = f"set `sessions` in params/site.yml to {total // 2 // SESSION_BYTES}, or add memory"
    return Check("memory", ok=True, found=found, mend=mend if needed > total * 3 // 4 else None)


def _clock() -> Check:
    """Whether the system keeps its clock right: codes of second factors and the times of calls hang on it."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "adjtimex"):
        return Check("clock", ok=True, found="not known here")
    wrong = libc.adjtimex(ctypes.create_string_buffer(512)) == _CLOCK_IS_WRONG
    mend = "turn on time synchronisation, as by systemd-timesyncd or chrony" if wrong else None
    return Check("clock", ok=True, found="not synchronised" if wrong else "synchronised", mend=mend)


def _proxies(site: Site) -> Check:
    told = ", ".join(site.proxies)
    mend = (
        None
        if told
        else "behind a proxy name it in `proxies` of params/site.yml; without, it takes --certificate"
    )
    return Check("proxies", ok=True, found=told or "none", mend=mend)


def _reached(address: str) -> Iterator[Check]:
    """The address as a browser finds it: its certificate, then the portal behind it."""
    place = urlsplit(address)
    if place.scheme != "https":
        yield Check("address", ok=False, found=address, mend="others reach the portal by https only")
        return
    yield Check("address", ok=True, found=address)
    line = HTTPSConnection(
        place.hostname or "", place.port, timeout=_PATIENCE_S, context=ssl.create_default_context()
    )
    try:
        line.connect()
        yield _certificate(line.sock)
        line.request("GET", f"{place.path}login")
        yield _answer(line.getresponse().status)
    except ssl.SSLCertVerificationError as error:
        why = error.verify_message or str(error)
        yield Check(
            "certificate", ok=False, found=why, mend="renew it, with its whole chain, for this very name"
        )
    except (OSError, HTTPException) as error:
        found = f"no answer: {getattr(error, 'strerror', None) or error}"
        yield Check("answer", ok=True, found=found, mend=_NO_ANSWER)
    finally:
        line.close()


_NO_ANSWER: Final = "start the portal and its proxy, then look at the name and the firewall"
_ANSWERS: Final = {
    200: None,
    308: "the proxy says that people come by http: let it set X-Forwarded-Proto",
    403: "the portal does not know this name: pass Host on as it came, and restart after a change of params/site.yml",
    404: "the path is lost on the way: pass it on as it came",
    502: "it is not started, or its proxy is not in `proxies` of params/site.yml",
    504: "the proxy gets no answer from the portal in time",
}


def _certificate(line: socket.socket) -> Check:
    assert isinstance(line, ssl.SSLSocket)  # noqa: S101 - of an HTTPSConnection
    told = line.getpeercert() or {}
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)
    days = (ends - datetime.now(UTC)).days
    mend = "renew it" if days < _RENEW_DAYS else None
    return Check("certificate", ok=True, found=f"{days} days left", mend=mend)


def _answer(status: int) -> Check:
    mend = _ANSWERS.get(status, "look into the logs of the portal and its proxy")
    return Check("answer", status == 200 or status >= 500, str(status), mend)  # noqa: PLR2004 - HTTP's own

"""A forgotten password: whoever names themselves gets a link by mail. The page says the same whoever was named.

`ask` is all that an answer waits for, and does the same for every name; `send` comes after the answer, so that how
long it takes tells nobody anything.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.audit import PORTAL, Actor, record
from tollbook.account.database import Database
from tollbook.account.people import addresses, letters, limits, resets
from tollbook.account.people.fields import folded
from tollbook.account.people.models import Person
from tollbook.account.people.persons import of_email
from tollbook.account.post import outbox
from tollbook.account.secret import Secret
from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.params import Site

MOST: Final = 5
"""People with one e-mail address who are all written to."""
_MINUTES: Final = int(resets.VALID.total_seconds()) // 60


@dataclass(frozen=True)
class Asked:
    """What the page says; `wait_s` seconds where it was asked for too often, and `send` is not to be called."""

    words: str
    wait_s: int = 0


def offered(site: Site) -> bool:
    """Whether a link can be sent; else an operator has to be asked, who prints one."""
    return outbox.ready(site, "mail") and bool(site.address)


def ask(db: Database, site: Site, named: str, address: str, at: datetime) -> Asked:
    """Count that a link is asked for, for a login name or an e-mail address, and tell what to say.

    Raises:
        UsageError: no links are sent from here.
    """
    if not offered(site):
        raise UsageError(tr("No mail is sent from here: ask an admin for a link"))
    keys = limits.keys_for("forgotten", addresses.normal(address), folded(named))
    if wait_s := limits.counted(db, keys, at).wait_s:
        return Asked(limits.words_to_ask(wait_s), wait_s)
    return Asked(tr("Whoever has this name and an e-mail address gets a link in a few minutes"))


def send(db: Database, secret: Secret, site: Site, named: str, address: str, at: datetime) -> None:
    """Write to whom `named` means, if anybody; it goes out with the next `deliver`."""
    name, by = folded(named), Actor(None, "", addresses.normal(address), via=PORTAL)
    with db.session() as session:
        meant = _meant(session, name)
        for person in meant:
            link = resets.path(resets.make(session, person.login, by, at), site.address)
            message = letters.reset_link(site, person, link, _MINUTES)
            outbox.put(session, secret, message, "reset_link", at, at + resets.VALID)
        if not meant:
            record(session, by, "reset_link", "portal", "failed", after={"why": "nobody to write to"}, at=at)


def _meant(session: Session, name: str) -> list[Person]:
    """Of the login name, else of the e-mail address; who is disabled is not written to.

    An address that somebody has only written into their own profile gets no link: whoever sits at their open browser
    could have written it.
    """
    person = session.scalar(select(Person).where(Person.login == name))
    people = [person] if person else of_email(session, name)
    return [one for one in people if one.email and not one.email_claimed and one.disabled_at is None][:MOST]

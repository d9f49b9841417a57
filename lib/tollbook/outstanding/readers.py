"""What the reader has to do about themselves: show that their e-mail address and their mobile telephone are theirs."""

from collections.abc import Iterator
from typing import Final

from tollbook.account.database import Database
from tollbook.account.people.models import Person
from tollbook.account.people.verify import What, offered
from tollbook.language import later, tr
from tollbook.outstanding.item import Item
from tollbook.params import Site

VERIFY: Final = "account/verify"
"""The page on which a code is asked for and typed."""
_WORDS: Final[dict[What, tuple[str, str]]] = {
    "email": (
        later("Your e-mail address is not verified"),
        later("Your e-mail address is not verified, and no mail is sent from here: set it up"),
    ),
    "mobile": (
        later("Your mobile telephone is not verified"),
        later("Your mobile telephone is not verified, and no text messages are sent from here: set it up"),
    ),
}
_SETTINGS: Final = "params/site.yml"


def unverified(db: Database, site: Site, person_id: int | None, *, operator: bool) -> Iterator[Item]:
    """What is entered of a person and not verified. Where no code can be sent only an operator can do something."""
    if person_id is None:
        return
    with db.reading() as session:
        person = session.get(Person, person_id)
    for what, (words, unsent) in _WORDS.items():
        if person is None or not getattr(person, what) or getattr(person, f"{what}_verified_at") is not None:
            continue
        if offered(site, what):
            remedy = tr("Have a code sent there, and type it")
            yield Item(f"{what}_unverified", tr(words), remedy, VERIFY, {"what": what})
        elif operator:
            yield Item(f"{what}_unverified", tr(unsent), _SETTINGS, VERIFY, {"what": what})

"""What the pages of the account menu share: one frame, a form, and what became of it."""

from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from tollbook.account.people.models import Person
from tollbook.language import later, tr
from tollbook.portal.forms import Form
from tollbook.portal.menu import sections

_DIGITS: Final = 10

DONE: Final = {
    "saved": later("Saved."),
    "password": later("The password is changed. All other sessions have ended."),
    "ended": later("The session has ended."),
    "revoked": later("The token does nothing any more."),
    "verified": later("Verified."),
    "off": later("There is no second factor any more."),
}
"""What a page says after something was done, by the word that stands in its address."""


def number_of(typed: str) -> int:
    """The id that a form sends; 0, which nothing has, where it is none."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < _DIGITS else 0


class AccountPage(Form):
    """A page of the account menu."""

    path: ClassVar[str]
    form: ClassVar[str]

    def myself(self, session: Session) -> Person:
        """The row of whoever is signed in, whomever they look as."""
        return session.get_one(Person, self.signed.who.id)

    def page(self, *, wrong: str = "", status: int = 200, **more: Any) -> None:  # noqa: ANN401 - for a template
        """Answer with the page; `wrong` says what was not done."""
        mine = sections(self.reader)
        label = next((text for path, text in mine if path == self.path), "")
        done = tr(DONE.get(self.get_query_argument("done", ""), "")) if not wrong else ""
        self.set_status(status)
        told = {"form": self.form, "wrong": wrong, "done": done, "path": self.path}
        self.show(label, template="account.html.j2", **told, **more)

    def go(self, done: str) -> None:
        """Show the page anew, which says what was done."""
        self.redirect(f"{self.base_url}{self.path}?{urlencode({'done': done})}", status=303)

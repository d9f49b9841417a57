"""What may be entered of a user or a contact, and how each value is checked.

The options of the command line and the columns of an import are made from these fields.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from tollbook import language
from tollbook.account.fields import Field, checked_id, one_of, parse_name, values_of
from tollbook.account.people import addresses
from tollbook.account.people.bearer import storable
from tollbook.account.people.models import THEMES
from tollbook.account.rights import OPERATORS
from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.periods import parse_zone

Kind = Literal["user", "contact"]

LONGEST: Final = 200
"""Characters of a login name; longer than any e-mail address that is in use."""
_LOGIN: Final = re.compile(r"[^\W_](?:[\w.+@-]*[^\W_])?")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_NUMBER: Final = re.compile(r"\+?\d{3,15}")
_BETWEEN_DIGITS: Final = re.compile(r"[\s()./-]")


def folded(text: str) -> str:
    """A login name in the one form in which it is kept: `Anna@ACME.example` signs in as `anna@acme.example`."""
    plain = unicodedata.normalize("NFKC", storable(text).strip())
    return unicodedata.normalize("NFKC", plain.casefold())


def checked_login(text: str) -> str:
    """The login name as it is kept.

    Raises:
        UsageError: what is wrong with it.
    """
    login = folded(text)
    if not _LOGIN.fullmatch(login) or login.count("@") > 1 or len(login) > LONGEST:
        words = tr(
            "login {text}: write an e-mail address or a name of letters, digits and . _ + - between them"
        )
        raise UsageError(words.format(text=repr(text[:LONGEST])))
    return login


def checked(kind: Kind, entered: Mapping[str, object]) -> dict[str, Any]:
    """The checked values of what was entered.

    Raises:
        UsageError: a field that there is none of (with the nearest one), or a value that cannot be.
    """
    return values_of(FIELDS[kind], kind, entered)


def _perhaps(parse: Callable[[str], str]) -> Callable[[str], str]:
    """The same parser, for a text that may be empty."""
    return lambda text: parse(text) if text else ""


def checked_email(text: str) -> str:
    """The e-mail address itself.

    Raises:
        ValueError: it is none.
    """
    if not _EMAIL.fullmatch(parse_name(text)):
        raise ValueError(tr("'{text}' is no e-mail address such as anna@acme.example").format(text=text))
    return text


def checked_number(text: str) -> str:
    """The telephone number, without what people write between its digits.

    Raises:
        ValueError: it is none.
    """
    number = _BETWEEN_DIGITS.sub("", text)
    if not (number.isascii() and _NUMBER.fullmatch(number)):
        raise ValueError(tr("'{text}' is no telephone number such as +49 30 1234567").format(text=text))
    return number


def _zone(text: str) -> str:
    return parse_zone(text).key


_BOTH: Final = (
    Field("name", "NAME", "Name that people read; default the login name.", parse_name),
    Field("email", "ADDRESS", "E-mail address; unverified once it changes.", _perhaps(checked_email)),
    Field("department", "TEXT", "Department.", _perhaps(parse_name)),
    Field("phone", "NUMBER", "Telephone, such as +49 30 1234567.", _perhaps(checked_number)),
    Field("mobile", "NUMBER", "Mobile telephone; unverified once it changes.", _perhaps(checked_number)),
    Field(
        "language",
        "|".join(language.LANGUAGES),
        "Language; default the site's.",
        _perhaps(language.known),
        form="choice",
        words=("", *language.LANGUAGES),
    ),
    Field(
        "zone",
        "ZONE",
        "Zone of the clock, such as Europe/Berlin; default the page's.",
        _perhaps(_zone),
        form="zone",
    ),
    Field(
        "theme",
        "|".join(THEMES),
        "Light or dark; default system.",
        one_of(THEMES),
        form="choice",
        words=THEMES,
    ),
    Field(
        "allowed_addresses",
        "NETWORKS",
        "Only from these addresses, such as 192.0.2.0/24,2001:db8::/32; default any.",
        addresses.checked,
    ),
)
_ROLE: Final = Field(
    "role",
    "|".join(OPERATORS),
    "What a user may do; default analyst.",
    one_of(OPERATORS),
    form="choice",
    words=OPERATORS,
)
_CUSTOMER: Final = Field("customer", "ID", "Whose contact it is; stays as it is.", checked_id)

FIELDS: Final[Mapping[Kind, Mapping[str, Field]]] = {
    "user": {field.name: field for field in (_ROLE, *_BOTH)},
    "contact": {field.name: field for field in (_CUSTOMER, *_BOTH)},
}
"""Fields by name, in the order in which they are shown."""
OWN: Final = ("name", "email", "department", "phone", "mobile", "language", "zone", "theme")
"""What a person may change of themselves."""

"""The account menu: what a reader can look at and change of themselves."""

from typing import Final

from tollbook.account.people.sessions import Signed
from tollbook.language import later, tr

SECTIONS: Final = (
    ("account/profile", later("My profile"), "profile"),
    ("account/company", later("Company profile"), "company"),
    ("account/password", later("Password"), "profile"),
    ("account/two-factor", later("Second factor"), "profile"),
    ("account/passkeys", later("Passkeys"), "profile"),
    ("account/sessions", later("Where I am signed in"), "sessions"),
    ("account/tokens", later("API tokens"), "tokens"),
    ("account/view-as", later("View as a contact"), "view_as"),
)
"""Address, label and resource of each page, in the order of the menu."""

_SHOWN_AS_ANOTHER: Final = "company"


def sections(reader: Signed | None) -> list[tuple[str, str]]:
    """Address and label of each page that this reader has; whoever looks as another has none that are their own."""
    return [
        (path, tr(label))
        for path, label, resource in SECTIONS
        if reader
        and reader.scope.may("see", resource)
        and (resource == _SHOWN_AS_ANOTHER or not reader.seen_as)
    ]

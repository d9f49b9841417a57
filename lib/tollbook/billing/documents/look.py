"""How an operator's documents look: what lies in `params/invoice/`, and below it in the folder of one customer."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tollbook.billing.documents.document import Look
from tollbook.errors import UsageError
from tollbook.params import params_folder

FOLDER: Final = "invoice"
TYPST: Final = "invoice.typ"
HTML: Final = "invoice.html"
FONTS: Final = "fonts"
LOGOS: Final = ("logo.svg", "logo.png", "logo.jpg")

_PACKAGE: Final = re.compile(r"""["']@[a-z]""")
_REQUEST: Final = re.compile(
    r"""(?i)<script|<link|\bsrc\s*=\s*["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import"""
)


def look_of(customer: str) -> Look:
    """The look of one customer's documents: each file from its own folder, else from the common one.

    Raises:
        UsageError: a template would load something from elsewhere.
    """
    common = params_folder() / FOLDER
    places = (common / customer, common)
    logo = _first(places, LOGOS)
    return Look(
        typst=_template(places, TYPST, _PACKAGE),
        html=_template(places, HTML, _REQUEST),
        logo=(logo.name, logo.read_bytes()) if logo else None,
        fonts=common / FONTS if (common / FONTS).is_dir() else None,
    )


def _template(places: Sequence[Path], name: str, refused: re.Pattern[str]) -> str | None:
    path = _first(places, (name,))
    if path is None:
        return None
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        if refused.search(line):
            raise UsageError(
                f"params/{FOLDER}/{name}: line {number} loads something from elsewhere: a document needs nothing"
                " but itself, so leave that out"
            )
    return text


def _first(places: Sequence[Path], names: Sequence[str]) -> Path | None:
    def there() -> Iterator[Path]:
        for place in places:
            for name in names:
                if (place / name).is_file():
                    yield place / name

    return next(there(), None)

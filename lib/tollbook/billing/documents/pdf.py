"""The PDF: PDF/A-3, set by Typst in fonts that come with the program, the same bytes for the same document."""

import json
import re
import unicodedata
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from tollbook.billing.documents.columns import with_columns
from tollbook.billing.documents.detail import Words
from tollbook.billing.documents.document import Document, Look
from tollbook.billing.documents.hybrid import XML, marked
from tollbook.errors import TollbookError

_TEMPLATES: Final = Path(__file__).parent / "templates"
_TEMPLATE: Final = "invoice.typ"
_WORDS: Final = "invoice.json"
_STANDARD: Final = "a-3b"
_FONTS: Final = ("fontpkg_noto_sans", "justmytype_intl_rtl", "justmytype_intl_cjk")
"""Packages that are fonts: Latin, Greek and Cyrillic; Arabic and Hebrew; Chinese, Japanese and Korean."""
_FAMILIES: Final = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew")
_EAST: Final = ("Noto Sans SC", "Noto Sans TC", "Noto Sans JP", "Noto Sans KR")
_FIRST: Final = {"JP": "Noto Sans JP", "KR": "Noto Sans KR", "TW": "Noto Sans TC", "HK": "Noto Sans TC"}
"""Whose shapes of shared characters a country reads; elsewhere those of mainland China."""
_ROWS: Final = {"lines": 100, "usage": 100, "calls": 66}
"""Tables that can be set by columns, and how many of their rows a page has room for."""
_MISSING: Final = re.compile(r'the text `?"(.+?)"`? could not be displayed')
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}")
_ATTACHED: Final = f'#pdf.attach("{XML}", relationship: "alternative", mime-type: "application/xml", description: "Factur-X")\n'


def pdf(document: Document, words: Words, xml: bytes | None) -> bytes:
    """The document as PDF, with its electronic invoice in it where it has one.

    Raises:
        TollbookError: a character that no font has, or a template that Typst does not understand.
    """
    at = document.record.issued_at or document.record.period.end
    told = {**words, **{name: with_columns(words[name], rows) for name, rows in _ROWS.items()}}
    return typeset(document.name, _TEMPLATE, told, document.look, at=at, xml=xml)


def typeset(
    name: str, template: str, words: Words, look: Look, *, at: datetime, xml: bytes | None = None
) -> bytes:
    """Words laid out by a template, as PDF with the instant `at` as its date; an error calls it by `name`.

    Raises:
        TollbookError: a character that no font has, or a template that Typst does not understand.
    """
    import typst  # noqa: PLC0415 - heavy, and only documents need it

    own = look.typst if template == _TEMPLATE else None
    text = own or (_TEMPLATES / template).read_text(encoding="utf-8")
    told: dict[str, Any] = {**words, "fonts": _families(words)}
    files = {"tollbook.typ": (_TEMPLATES / "tollbook.typ").read_bytes()}
    if look.logo:
        told["logo"], files[look.logo[0]] = look.logo
    if xml:
        files[XML] = xml
    files["main.typ"] = f'{_ATTACHED if xml else ""}#include "{template}"'.encode()
    files |= {template: text.encode(), _WORDS: json.dumps(told, ensure_ascii=False).encode()}
    compiler = typst.Compiler(input=files, font_paths=_fonts(look.fonts))
    try:
        made = compiler.compile(format="pdf", pdf_standards=[_STANDARD], timestamp=int(at.timestamp()))
    except typst.TypstError as error:
        raise TollbookError(_why(name, error.message)) from None
    if not isinstance(made, bytes):
        raise TollbookError(f"the PDF of {name} came in pieces")
    return marked(made) if xml else made


def _families(words: Words) -> list[str]:
    """Fonts in the order in which they are asked for a character."""
    first = _FIRST.get(words["country"])
    return [*_FAMILIES, *([first] if first else []), *(name for name in _EAST if name != first)]


@lru_cache(maxsize=4)
def _fonts(own: Path | None) -> Any:  # noqa: ANN401 - Typst has no types
    import typst  # noqa: PLC0415

    folders = [place for name in _FONTS for place in _folders_of(name)]
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[*folders, *([str(own)] if own else [])],
    )


def _folders_of(package: str) -> list[str]:
    spec = find_spec(package)
    return list(spec.submodule_search_locations or ()) if spec else []


def _why(name: str, message: str) -> str:
    found = _MISSING.search(message)
    if found is None:
        return f"the PDF of {name} cannot be set: {message}"
    text = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), found[1])
    named = ", ".join(
        f"'{sign}' (U+{ord(sign):04X} {unicodedata.name(sign, 'without a name')})" for sign in text[:3]
    )
    return (
        f"no font has {named}, which the PDF of {name} needs: put a font that has it into"
        " params/invoice/fonts, or write it otherwise"
    )

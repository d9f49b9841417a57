"""The page: HTML that needs nothing else, no script, no request, no font of its own."""

from base64 import b64encode
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path
from typing import Final

from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from tollbook.billing.documents.detail import Words
from tollbook.billing.documents.document import Document
from tollbook.errors import TollbookError

_TEMPLATES: Final = Path(__file__).parent / "templates"
_OURS: Final = "tollbook.html"
_OWN: Final = "invoice.html"


def html(document: Document, words: Words) -> bytes:
    """The document as a page. An own template may extend ours: `{% extends "tollbook.html" %}`.

    Raises:
        TollbookError: a template that Jinja does not understand.
    """
    look = document.look
    logo = (
        f"data:{guess_type(look.logo[0])[0]};base64,{b64encode(look.logo[1]).decode()}" if look.logo else ""
    )
    code = Markup(words["payment"].get("code", ""))  # noqa: S704 - drawn by segno from escaped text
    try:
        return _environment(look.html).get_template(_OWN).render(it=words, logo=logo, code=code).encode()
    except TemplateError as error:
        raise TollbookError(f"the page of {document.name} cannot be laid out: {error}") from None


@lru_cache(maxsize=16)
def _environment(own: str | None) -> ImmutableSandboxedEnvironment:
    """Where a template is found, ours and the own one; it is read once for all the documents that it lays out."""
    ours = (_TEMPLATES / _OURS).read_text(encoding="utf-8")
    return ImmutableSandboxedEnvironment(
        loader=DictLoader({_OURS: ours, _OWN: own or f'{{% extends "{_OURS}" %}}'}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

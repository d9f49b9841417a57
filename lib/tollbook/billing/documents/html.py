"""The page: HTML that needs nothing else, no script, no request, no font of its own."""

from base64 import b64encode
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
    ours = (_TEMPLATES / _OURS).read_text(encoding="utf-8")
    own = look.html or f'{{% extends "{_OURS}" %}}'
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader({_OURS: ours, _OWN: own}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    logo = (
        f"data:{guess_type(look.logo[0])[0]};base64,{b64encode(look.logo[1]).decode()}" if look.logo else ""
    )
    code = Markup(words["payment"].get("code", ""))  # noqa: S704 - drawn by segno from escaped text
    try:
        return environment.get_template(_OWN).render(it=words, logo=logo, code=code).encode()
    except TemplateError as error:
        raise TollbookError(f"the page of {document.name} cannot be laid out: {error}") from None

"""A message: to one person, as text, for mail also with a subject, HTML and attachments."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from html import escape
from typing import Final, Literal, Self

from tollbook.account.fields import parse_name
from tollbook.account.people.fields import checked_email, checked_number
from tollbook.errors import UsageError
from tollbook.language import SOURCE, direction

Channel = Literal["mail", "sms"]

LARGEST: Final = 20_000_000
"""Bytes of all attachments of a message: many servers take no more than 25 MB, and mail grows by a third."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail; `kind` is its type, such as `application/pdf`."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Message:
    """To whom, and what: a mail to an address, or a text message (`sms`) to a number, which is its text alone.

    Raises:
        UsageError: the recipient cannot be one, or something that has to be one line is not.
    """

    to: str
    text: str
    channel: Channel = "mail"
    subject: str = ""
    html: str = ""
    language: str = SOURCE
    attachments: tuple[Attachment, ...] = ()

    def __post_init__(self) -> None:
        try:
            if self.channel == "mail":
                _address(checked_email(self.to))
                parse_name(self.subject)
            else:
                checked_number(self.to)
            for attachment in self.attachments:
                parse_name(attachment.name)
        except ValueError as error:
            raise UsageError(f"a message to {self.to!a}: {error}") from None
        size = sum(len(attachment.content) for attachment in self.attachments)
        if size > LARGEST:
            raise UsageError(f"attachments of {size:,} bytes: at most {LARGEST:,} can be sent")

    def mime(self, sender: str, message_id: str, at: datetime) -> EmailMessage:
        """The mail as it is handed over; `sender` is `Name <address>`."""
        made = EmailMessage(policy=policy.SMTP)
        name, address = parseaddr(sender)
        made["From"] = _address(address, name)
        made["To"] = _address(self.to)
        made["Subject"] = self.subject
        made["Date"] = format_datetime(at)
        made["Message-ID"] = message_id
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(self.text)
        if self.html:
            made.add_alternative(self.html, subtype="html")
        for attachment in self.attachments:
            main, _, sub = attachment.kind.partition("/")
            made.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.name)
        made["Content-Language"] = self.language  # last: each of the above drops what is told of the content
        return made

    def dumps(self) -> str:
        """All of it as one text, from which `loads` makes it again."""
        files = [(one.name, one.kind, b64encode(one.content).decode()) for one in self.attachments]
        return json.dumps({**self.__dict__, "attachments": files})

    @classmethod
    def loads(cls, text: str) -> Self:
        """The message of such a text."""
        told = json.loads(text)
        files = tuple(
            Attachment(name, kind, b64decode(content)) for name, kind, content in told["attachments"]
        )
        return cls(**{**told, "attachments": files})


def html_of(paragraphs: Iterable[str], language: str, link: str = "") -> str:
    """A plain page of paragraphs, in the direction of its language; a paragraph that is the link leads there."""
    parts = []
    for paragraph in paragraphs:
        text = escape(paragraph).replace("\n", "<br>")
        parts.append(
            f'<p><a href="{text}" dir="ltr">{text}</a></p>' if paragraph == link else f"<p>{text}</p>"
        )
    head = f'<!doctype html><html lang="{language}" dir="{direction(language)}"><meta charset="utf-8">'
    return f'{head}<body style="font-family: sans-serif">{"".join(parts)}</body></html>'


def _address(text: str, name: str = "") -> Address:
    """An address as headers have it: the domain in ASCII, the name encoded if need be.

    Raises:
        ValueError: the domain is none.
    """
    user, _, domain = text.rpartition("@")
    return Address(name, user, domain.encode("idna").decode())

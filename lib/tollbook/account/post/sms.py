"""Text messages handed over to a gateway by HTTPS, in the form that params/site.yml says."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

from tollbook.account.post.outcome import NotSentError, Promise
from tollbook.account.secret import secret_of
from tollbook.errors import TollbookError
from tollbook.servers import Sms
from tollbook.web import pool

VARIABLE: Final = "TOLLBOOK_SMS_SECRET"
_HOLE: Final = re.compile(r"\{(to|text|id|secret)\}")
_DONE: Final = range(200, 300)
_AGAIN: Final = frozenset({408, 425, 429})
_SERVERS_FAULT: Final = 500
_LONGEST_ANSWER: Final = 300


def hand_over(sms: Sms, to: str, text: str, message_id: str, promise: Promise) -> str:
    """Give one text message to the gateway; returns what it said. `promise` is called before it is sent.

    Raises:
        NotSentError: it was not taken, or nobody knows.
    """
    from urllib3 import exceptions  # noqa: PLC0415 - few commands send anything

    values = {"to": to, "text": text, "id": message_id, "secret": _secret(sms)}
    headers = {name: _filled(value, values, _line) for name, value in sms.headers.items()}
    body = _filled(sms.body, values, _escape(headers)).encode() if sms.body else None
    promise()
    try:
        answer = pool().request(
            sms.method, _filled(sms.url, values, _quoted), headers=headers, body=body, redirect=False
        )
    except (exceptions.NewConnectionError, exceptions.ConnectTimeoutError, exceptions.SSLError) as error:
        raise NotSentError("later", _reason(error), everybody=True) from None
    except exceptions.HTTPError as error:
        raise NotSentError("unsure", _reason(error)) from None
    return _answered(answer.status, answer.data)


def _secret(sms: Sms) -> str:
    """What the gateway knows us by; empty where it is asked for nowhere."""
    if "{secret}" not in "".join([sms.url, sms.body, *sms.headers.values()]):
        return ""
    try:
        if word := secret_of(VARIABLE, sms.secret_file):
            return word
    except TollbookError as error:
        raise NotSentError("later", f"sms: {error}", everybody=True) from None
    words = f"sms: there is no secret of the gateway: set {VARIABLE} or secret_file"
    raise NotSentError("later", words, everybody=True)


def _answered(status: int, content: bytes) -> str:
    said = " ".join(content[:_LONGEST_ANSWER].decode(errors="replace").split())
    words = f"{status} {said}".strip()
    if status in _DONE:
        return words
    raise NotSentError("later" if status in _AGAIN or status >= _SERVERS_FAULT else "refused", words)


def _filled(template: str, values: Mapping[str, str], escape: Callable[[str], str]) -> str:
    """The template with each hole filled, once, so that what stands in it is no hole."""
    return _HOLE.sub(lambda found: escape(values[found[1]]), template)


def _escape(headers: Mapping[str, str]) -> Callable[[str], str]:
    """How a value stands in a body of this kind; JSON where no header says what it is."""
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "json")
    if "json" in kind:
        return lambda text: json.dumps(text)[1:-1]
    return _quoted if "x-www-form-urlencoded" in kind else str


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _line(text: str) -> str:
    """A value in a header, where nothing may begin another one."""
    return "".join(character for character in text if character.isprintable())


def _reason(error: Exception) -> str:
    return str(error).partition(": ")[2] or type(error).__name__

"""Mail handed over by SMTP. The server's certificate is checked against those that the machine trusts."""

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from typing import Final

from tollbook.account.post.outcome import NotSentError, Promise
from tollbook.account.secret import secret_of
from tollbook.errors import TollbookError
from tollbook.servers import Mail

TIMEOUT_S: Final = 30
"""Longest wait for each answer of the server."""
VARIABLE: Final = "TOLLBOOK_SMTP_PASSWORD"
_TAKEN: Final = 250
_TRANSIENT: Final = range(400, 500)
Answer = tuple[int, bytes]


def password(mail: Mail) -> str:
    """The password: TOLLBOOK_SMTP_PASSWORD, else the first line of the file that the parameters name.

    Raises:
        TollbookError: there is none, or the file cannot be used.
    """
    if word := secret_of(VARIABLE, mail.password_file):
        return word
    raise TollbookError(f"mail: there is no password of '{mail.user}': set {VARIABLE} or password_file")


def hand_over(mail: Mail, message: EmailMessage, promise: Promise) -> str:
    """Give one mail to the server; returns what it said. `promise` is called before the mail itself is sent.

    Raises:
        NotSentError: it was not taken, or nobody knows.
    """
    server = _reached(lambda: _connected(mail))
    try:
        _addressed(server, message)
        promise()
        return _given(server, message)
    finally:
        server.close()


def _connected(mail: Mail) -> smtplib.SMTP:
    """A server that is encrypted and knows who we are."""
    word = password(mail) if mail.user else ""
    context = ssl.create_default_context()
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_S)
    try:
        if mail.security == "starttls":
            server.starttls(context=context)
        if mail.user:
            server.login(mail.user, word)
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server


def _reached(connect: Callable[[], smtplib.SMTP]) -> smtplib.SMTP:
    """The server; whatever goes wrong on the way there is no fault of a message, and may be mended."""
    try:
        return connect()
    except smtplib.SMTPResponseException as error:
        raise NotSentError("later", _words(error.smtp_code, error.smtp_error), everybody=True) from None
    except (smtplib.SMTPException, OSError, TollbookError) as error:
        raise NotSentError("later", str(error) or type(error).__name__, everybody=True) from None


def _addressed(server: smtplib.SMTP, message: EmailMessage) -> None:
    """From whom and to whom; nothing of the mail itself has been sent yet."""
    sender, to = (message[name].addresses[0].addr_spec for name in ("From", "To"))
    options = []
    if not (sender + to).isascii():
        if not server.has_extn("smtputf8"):
            raise NotSentError("refused", f"the server takes no address such as {to}")
        options = ["SMTPUTF8", "BODY=8BITMIME"]
    try:
        _answered(server.mail(sender, options))
        _answered(server.rcpt(to))
    except (smtplib.SMTPException, OSError) as error:
        raise NotSentError("later", str(error) or type(error).__name__, everybody=True) from None


def _given(server: smtplib.SMTP, message: EmailMessage) -> str:
    addresses = f"{message['From']}{message['To']}"
    content = message.as_bytes(policy=SMTP if addresses.isascii() else SMTPUTF8)
    try:
        answer = server.data(content)
    except smtplib.SMTPDataError as error:  # it would not even have it sent
        answer = error.smtp_code, _bytes(error.smtp_error)
    except (smtplib.SMTPException, OSError) as error:
        raise NotSentError("unsure", str(error) or type(error).__name__) from None
    _answered(answer)
    return _words(*answer)


def _answered(answer: Answer) -> None:
    code, words = answer
    if code // 10 * 10 != _TAKEN:
        raise NotSentError("later" if code in _TRANSIENT else "refused", _words(code, words))


def _words(code: int, words: bytes | str) -> str:
    return f"{code} {_bytes(words).decode(errors='replace')}"


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from tollbook.account.post.message import Attachment, Message, html_of
from tollbook.errors import UsageError

AT = datetime(2026, 10, 5, 9, tzinfo=UTC)
SENDER = "Zoë Calls <calls@carrier.example>"


def sent(message: Message):
    """The mail as it is read by whoever gets it."""
    return message_from_bytes(
        message.mime(SENDER, "<1@carrier.example>", AT).as_bytes(), policy=policy.default
    )


def test_a_mail_says_from_whom_to_whom_when_and_in_which_language() -> None:
    mail = sent(Message("anna@acme.example", "مرحبا", subject="Grüße", language="ar"))
    named = ("From", "To", "Subject", "Date", "Message-ID", "Content-Language")
    assert [str(mail[name]) for name in named] == [
        *("Zoë Calls <calls@carrier.example>", "anna@acme.example", "Grüße"),
        *("Mon, 05 Oct 2026 09:00:00 +0000", "<1@carrier.example>", "ar"),
    ]
    assert mail.get_content().strip() == "مرحبا"


def test_text_html_and_attachments_all_arrive() -> None:
    page = html_of(["a < b", "https://x.example/?a=1&b=2"], "ar", "https://x.example/?a=1&b=2")
    file = Attachment("Rechnung Ä.pdf", "application/pdf", b"%PDF\0\xff")
    mail = sent(Message("a@b.example", "text", subject="s", html=page, attachments=(file,)))
    assert mail.get_body(("plain",)).get_content().strip() == "text"
    shown = mail.get_body(("html",)).get_content()
    assert 'lang="ar" dir="rtl"' in shown
    assert "<p>a &lt; b</p>" in shown
    assert '<a href="https://x.example/?a=1&amp;b=2" dir="ltr">' in shown
    (arrived,) = mail.iter_attachments()
    assert (arrived.get_filename(), arrived.get_content_type()) == ("Rechnung Ä.pdf", "application/pdf")
    assert arrived.get_content() == b"%PDF\0\xff"


def test_a_domain_is_sent_in_ascii() -> None:
    assert sent(Message("anna@bücher.example", "t", subject="s"))["To"] == "anna@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "more",
    [
        {"to": "a@b.example\r\nBcc: all@b.example"},
        {"to": "a@b.example\nBcc: all@b.example"},
        {"to": "nobody"},
        {"to": "a@b..example"},
        {"subject": "Hello\r\nBcc: all@b.example"},
        {"subject": ""},
        {"attachments": (Attachment("a\r\nX: y", "text/plain", b""),)},
        {"channel": "sms", "to": "12; DROP"},
    ],
)
def test_what_would_begin_another_header_is_refused(more: dict) -> None:
    with pytest.raises(UsageError, match="a message to"):
        Message(**{"to": "a@b.example", "text": "t", "subject": "s", **more})


def test_attachments_are_at_most_what_servers_take() -> None:
    with pytest.raises(UsageError, match="attachments of 20,000,001 bytes"):
        Message("a@b.example", "t", subject="s", attachments=(Attachment("a", "a/b", bytes(20_000_001)),))


def test_a_message_is_the_same_after_it_was_kept() -> None:
    file = Attachment("a.bin", "application/octet-stream", bytes(range(256)))
    message = Message("a@b.example", "t\n", subject="s", html="<p>", language="de", attachments=(file,))
    assert Message.loads(message.dumps()) == message

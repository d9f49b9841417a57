import ssl
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme

from account.conftest import context_of
from account.post.conftest import AT
from account.post.servers import PASSWORD, USER, Mailbox, free_port, smtp
from tollbook.account.post.message import Message
from tollbook.account.post.outcome import NotSentError
from tollbook.account.post.smtp import hand_over
from tollbook.servers import Mail

Promised = list[bool]


def mail(to: str = "anna@acme.example") -> EmailMessage:
    return Message(to, "Grüße", subject="Hello").mime(
        "Calls <calls@carrier.example>", "<1@carrier.example>", AT
    )


@pytest.fixture
def promised() -> Promised:
    return []


@pytest.fixture
def promise(promised: Promised) -> Callable[[], None]:
    return lambda: promised.append(True)


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLLBOOK_SMTP_PASSWORD", PASSWORD)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_encrypts_and_wants_a_password_takes_it(
    box: Mailbox, encrypted: ssl.SSLContext, promise: Callable[[], None], security: str
) -> None:
    with smtp(box, encrypted, security) as told:
        assert hand_over(told, mail(), promise) == "250 taken"
    assert box.mail[0].get_content().strip() == "Grüße"


def test_a_server_on_this_machine_may_do_without(box: Mailbox, promise: Callable[[], None]) -> None:
    with smtp(box, None, "none") as told:
        assert hand_over(told, mail(), promise) == "250 taken"


def test_a_certificate_that_the_machine_does_not_trust_gets_neither_password_nor_mail(
    box: Mailbox, promise: Callable[[], None], promised: Promised
) -> None:
    with smtp(box, context_of(trustme.CA(), "localhost")) as told, pytest.raises(NotSentError) as error:
        hand_over(told, mail(), promise)
    assert (error.value.state, error.value.everybody) == ("later", True)
    assert "CERTIFICATE_VERIFY_FAILED" in str(error.value)
    assert (box.mail, promised) == ([], [])


def test_a_server_that_does_not_encrypt_gets_nothing(box: Mailbox, promise: Callable[[], None]) -> None:
    with smtp(box, None, "none") as told:
        asked = told.model_copy(update={"security": "starttls", "user": USER})
        with pytest.raises(NotSentError, match="STARTTLS"):
            hand_over(asked, mail(), promise)
    assert box.mail == []


def test_a_wrong_password_is_told_without_it(
    box: Mailbox, encrypted: ssl.SSLContext, promise: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOLLBOOK_SMTP_PASSWORD", "mistyped")
    with smtp(box, encrypted) as told, pytest.raises(NotSentError, match=r"535 5\.7\.8 wrong") as error:
        hand_over(told, mail(), promise)
    assert (error.value.state, error.value.everybody) == ("later", True)
    assert "mistyped" not in str(error.value)


def test_the_password_can_be_in_a_file_that_others_cannot_read(
    box: Mailbox,
    encrypted: ssl.SSLContext,
    promise: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.delenv("TOLLBOOK_SMTP_PASSWORD")
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    with smtp(box, encrypted) as told:
        named = told.model_copy(update={"password_file": str(file)})
        file.chmod(0o644)
        with pytest.raises(NotSentError, match="can be read by others"):
            hand_over(named, mail(), promise)
        file.chmod(0o600)
        assert hand_over(named, mail(), promise) == "250 taken"
        with pytest.raises(NotSentError, match="set TOLLBOOK_SMTP_PASSWORD or password_file"):
            hand_over(told, mail(), promise)


def test_a_recipient_who_is_refused_is_no_fault_of_the_others(
    box: Mailbox, promise: Callable[[], None], promised: Promised
) -> None:
    box.refuses = {"anna@acme.example": "550 5.1.1 no such user"}
    with smtp(box, None, "none") as told, pytest.raises(NotSentError) as error:
        hand_over(told, mail(), promise)
    assert (error.value.state, error.value.everybody) == ("refused", False)
    assert promised == []


def test_nobody_there_is_later_for_everybody(promise: Callable[[], None]) -> None:
    nobody = Mail(host="localhost", port=free_port(), security="none", sender="a@b.example")
    with pytest.raises(NotSentError, match="Connection refused") as error:
        hand_over(nobody, mail(), promise)
    assert (error.value.state, error.value.everybody) == ("later", True)


def test_an_address_with_letters_of_any_language_is_sent_as_it_is(
    box: Mailbox, promise: Callable[[], None]
) -> None:
    with smtp(box, None, "none") as told:
        assert hand_over(told, mail("zoë@acme.example"), promise) == "250 taken"
    assert box.envelopes[0].rcpt_tos == ["zoë@acme.example"]

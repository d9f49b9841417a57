"""`tollbook mail`, as people type it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from account.post.servers import Mailbox, smtp

Run = Callable[..., Any]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes params/site.yml."""
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    return lambda **told: (tmp_path / "site.yml").write_text(yaml.safe_dump({"name": "Calls", **told}))


def test_a_test_goes_out_at_once_and_tells_what_the_server_said(
    tollbook: Run, site: Callable[..., None]
) -> None:
    box = Mailbox()
    with smtp(box, None, "none") as mail:
        site(mail=mail.model_dump())
        done = tollbook("mail", "test", "anna@acme.example", "--json")
    assert (done.code, done.json["state"], done.json["answer"]) == (0, "sent", "250 taken")
    assert box.mail[0]["Subject"] == "Test of Calls"
    (row,) = tollbook("mail", "list", "--json").json
    assert (row["recipient"], row["purpose"], row["state"]) == ("anna@acme.example", "test", "sent")


def test_what_is_not_taken_ends_with_1_and_can_be_sent_again(
    tollbook: Run, site: Callable[..., None]
) -> None:
    box = Mailbox(answers="451 4.3.0 not now")
    with smtp(box, None, "none") as mail:
        site(mail=mail.model_dump())
        done = tollbook("mail", "test", "anna@acme.example")
        assert (done.code, done.out) == (1, "")
        assert "message 1 to anna@acme.example is waiting: 451 4.3.0 not now" in done.err
        box.answers = ""
        assert tollbook("mail", "send", "--json").json == {}
        assert tollbook("mail", "send", "1", "--json").json == {"sent": 1}


@pytest.mark.parametrize(("to", "key"), [("anna@acme.example", "mail.host"), ("+4930123456", "sms.url")])
def test_nothing_is_sent_that_is_not_set_up(
    tollbook: Run, site: Callable[..., None], to: str, key: str
) -> None:
    site()
    done = tollbook("mail", "test", to)
    assert done.code == 2
    assert f"params/site.yml: {key} is empty, so that nothing is sent" in done.err
    assert tollbook("mail", "list", "--json").json == []


def test_a_missing_password_is_told_and_no_password_is_printed(
    tollbook: Run, site: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TOLLBOOK_SMTP_PASSWORD", raising=False)
    site(mail={"host": "localhost", "sender": "a@b.example", "user": "calls"})
    assert "set TOLLBOOK_SMTP_PASSWORD or password_file" in tollbook("mail", "test", "a@b.example").err
    site(
        mail={
            "host": "localhost",
            "sender": "a@b.example",
            "user": "calls",
            "password_file": str(tmp_path / "no"),
        }
    )
    assert (
        "no cannot be read (TOLLBOOK_SMTP_PASSWORD is not set)" in tollbook("mail", "test", "a@b.example").err
    )


def test_a_wrong_state_or_number_is_named(tollbook: Run) -> None:
    assert "state 'snt', did you mean 'sent'" in tollbook("mail", "list", "--state", "snt").err
    assert "there is no message 7" in tollbook("mail", "send", "7").err

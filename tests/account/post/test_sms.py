import json
import ssl
from pathlib import Path
from typing import Any

import pytest

from account.post.servers import Site, as_json, free_port, http
from tollbook.account.post.outcome import NotSentError
from tollbook.account.post.sms import hand_over
from tollbook.servers import Sms

TO, TEXT, SECRET = "+4930123456", 'a "code"\n& more {to}', "what only the gateway knows"


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLLBOOK_SMS_SECRET", SECRET)


def send(sms: Sms) -> str:
    return hand_over(sms, TO, TEXT, "7", lambda: None)


def test_what_is_sent_stands_where_the_gateway_wants_it(encrypted: ssl.SSLContext) -> None:
    site = Site(lambda _asked: as_json({"queued": 1}))
    body = '{"to": "{to}", "text": "{text}", "reference": "{id}"}'
    headers = {"Authorization": "Bearer {secret}", "Content-Type": "application/json"}
    with http(site, encrypted) as address:
        assert send(Sms(url=f"{address}/send", headers=headers, body=body)) == '200 {"queued": 1}'
        send(Sms(url=f"{address}/?to={{to}}&text={{text}}&key={{secret}}", method="GET"))
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        send(Sms(url=address, headers=form, body="to={to}&text={text}"))
    by_json, by_address, by_form = site.asked
    assert json.loads(by_json.body) == {"to": TO, "text": TEXT, "reference": "7"}
    assert by_json.headers["Authorization"] == f"Bearer {SECRET}"
    assert by_address.path.startswith(
        "/?to=%2B4930123456&text=a%20%22code%22%0A%26%20more%20%7Bto%7D&key=what%20"
    )
    assert by_form.body == "to=%2B4930123456&text=a%20%22code%22%0A%26%20more%20%7Bto%7D"


@pytest.mark.parametrize(
    ("status", "state"),
    [(400, "refused"), (401, "refused"), (302, "refused"), (429, "later"), (500, "later"), (503, "later")],
)
def test_an_answer_tells_whether_to_try_again(encrypted: ssl.SSLContext, status: int, state: str) -> None:
    site = Site(lambda _asked: (status, {"Location": "/elsewhere"}, "no"))
    with http(site, encrypted) as address, pytest.raises(NotSentError, match=f"{status} no") as error:
        send(Sms(url=address, body="{to}{text}"))
    assert (error.value.state, len(site.asked)) == (state, 1)


def test_a_gateway_that_hangs_up_leaves_it_unsure(encrypted: ssl.SSLContext) -> None:
    with http(Site(lambda _asked: (0, {}, "")), encrypted) as address, pytest.raises(NotSentError) as error:
        send(Sms(url=address, body="{to}{text}"))
    assert (error.value.state, error.value.everybody) == ("unsure", False)


def test_nobody_there_is_later_for_everybody(encrypted: ssl.SSLContext) -> None:
    with pytest.raises(NotSentError) as error:
        send(Sms(url=f"https://localhost:{free_port()}", body="{to}{text}"))
    assert (error.value.state, error.value.everybody) == ("later", True)


def test_a_certificate_that_the_machine_does_not_trust_gets_no_secret(
    authority: Any, encrypted: ssl.SSLContext
) -> None:
    site = Site(lambda _asked: as_json({}))
    with http(site, encrypted) as address, pytest.raises(NotSentError, match=r"(?i)certificate") as error:
        send(Sms(url=address.replace("localhost", "127.0.0.1"), body="{to}{text}"))
    assert (error.value.state, site.asked) == ("later", [])


def test_the_secret_is_of_the_environment_or_a_file_and_its_lack_is_told(
    encrypted: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TOLLBOOK_SMS_SECRET")
    file, site = tmp_path / "secret", Site(lambda _asked: as_json({}))
    with http(site, encrypted) as address:
        told = Sms(url=address, body="{to}{text}", headers={"X-Api-Key": "{secret}"}, secret_file=str(file))
        with pytest.raises(
            NotSentError, match=r"cannot be read .TOLLBOOK_SMS_SECRET is not set.: No such file"
        ):
            send(told)
        file.write_text(SECRET)
        file.chmod(0o600)
        send(told)
        with pytest.raises(NotSentError, match="set TOLLBOOK_SMS_SECRET or secret_file"):
            send(told.model_copy(update={"secret_file": ""}))
    assert [asked.headers["X-Api-Key"] for asked in site.asked] == [SECRET]

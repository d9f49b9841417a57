"""`tollbook webhook`, as people type it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from account.hooks.receivers import receiving
from secrets_kept import SECRETS

Run = Callable[..., Any]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes params/site.yml."""
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    return lambda **told: (tmp_path / "site.yml").write_text(yaml.safe_dump(told))


def test_from_adding_one_to_turning_it_off(tollbook: Run, site: Callable[..., None]) -> None:
    site(webhooks={"loopback": True})
    tollbook("customer", "add", "acme", "--currency", "EUR")
    with receiving(500, 200) as receiver:
        made = tollbook("webhook", "add", receiver.url, "--event", "payment.completed", "--json").json
        SECRETS.add("the secret of a webhook", made["secret"])
        assert made["secret"].startswith("whsec_")
        (listed,) = tollbook("webhook", "list", "--json").json
        assert listed == {name: value for name, value in made.items() if name != "secret"}
        tollbook("payment", "add", "--customer", "acme", "--amount", "1", "--method", "cash")
        assert tollbook("webhook", "deliver", "--json").json == {"waiting": 1}
        assert tollbook("webhook", "deliver", "--json").json == {}
        (event,) = tollbook("webhook", "events", "--state", "waiting", "--json").json
        assert (event["type"], event["answer"]) == ("payment.completed", "500 Internal Server Error")
        assert tollbook("webhook", "resend", event["id"], "--json").json == {"delivered": 1}
    assert len(receiver.came) == 2
    assert tollbook("webhook", "off", 1, "--json").json["off_at"] is not None
    actions = [
        event["action"] for event in tollbook("audit", "--json").json if "webhook" in event["resource"]
    ]
    assert actions == ["add", "resend", "off"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "http://127.0.0.1/"), "events are sent by https only"),
        (("add", "https://x.example/", "--event", "invoice.isued"), "did you mean 'invoice.issued'"),
        (("off", 9), "there is no webhook 9"),
        (("resend", 9), "there is no event 9"),
        (("events", "--state", "lost"), "state 'lost'"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    tollbook: Run, site: Callable[..., None], words: Any, said: str
) -> None:
    site()
    done = tollbook("webhook", *words)
    assert (done.code, said in done.err) == (2, True), done.err

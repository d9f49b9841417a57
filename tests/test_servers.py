"""The servers that params/site.yml names."""

import pytest

from tollbook.errors import UsageError
from tollbook.servers import Mail, Oidc, Sms


@pytest.mark.parametrize(
    ("kind", "told", "words"),
    [
        (Mail, {"hots": "x"}, "unknown key 'hots', did you mean 'host'"),
        (Mail, {"host": "x"}, "sender '': write an address"),
        (Mail, {"host": "x", "sender": "a@b", "user": "c", "security": "none"}, "the password to anybody"),
        (Sms, {"url": "http://x", "body": "{to}{text}"}, "a gateway is reached by https://"),
        (Sms, {"url": "https://x", "body": "{to}"}, "no {text}"),
        (Sms, {"headers": {"Authorization": "Bearer 1234"}}, "header 'Authorization': write {secret}"),
        (Sms, {"headers": {"A b": "x"}}, "write a name and a value in one line"),
        (Oidc, {"issuer": "http://id.example", "client_id": "x"}, "a provider is reached by https://"),
        (Oidc, {"issuer": "https://id.example"}, "client_id is empty"),
        (Oidc, {"client_secret": "x"}, "unknown key 'client_secret'"),
    ],
)
def test_what_would_send_nothing_or_a_secret_to_anybody_is_refused(kind, told, words):
    with pytest.raises(UsageError) as error:
        kind.of(told, "params/site.yml: x")
    assert words in str(error.value)


def test_nothing_is_set_up_by_itself():
    assert (Mail().host, Sms().url, Oidc().issuer) == ("", "", "")

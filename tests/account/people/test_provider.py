from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from account.post.servers import Asked, Site, as_json, http
from account.providers import SECRET, Running
from account.providers import provider as running_provider
from tollbook.account.people import provider
from tollbook.account.people.provider import Provider, ProviderError
from tollbook.servers import Oidc

AT = datetime(2026, 10, 5, 9, tzinfo=UTC)
TOLD = {
    "issuer": "https://id.example",
    "authorization_endpoint": "https://id.example/a",
    "token_endpoint": "https://id.example/t",
    "jwks_uri": "https://id.example/k",
}


@pytest.fixture(scope="module")
def there() -> Iterator[Running]:
    with running_provider() as running:
        yield running


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"issuer": "https://another.example"}, "calls itself 'https://another.example'"),
        ({"token_endpoint": "http://id.example/t"}, "no safe token_endpoint"),
        ({"jwks_uri": ""}, "no safe jwks_uri"),
        ({"userinfo_endpoint": "ftp://id.example"}, "no safe userinfo_endpoint"),
    ],
)
def test_a_provider_that_is_another_or_is_not_encrypted_is_none(wrong: dict[str, str], words: str) -> None:
    with pytest.raises(ProviderError, match=words):
        Provider.of({**TOLD, **wrong}, "https://id.example")


def test_what_it_says_is_remembered_for_ten_minutes(there: Running) -> None:
    provider._discovered.cache_clear()
    found = provider.discovered(there.oidc.issuer, AT)
    assert found.token_endpoint == f"{there.oidc.issuer}/token"
    there.tell(down=True)
    assert provider.discovered(there.oidc.issuer, AT) is found
    with pytest.raises(ProviderError, match="answers 503"):
        provider.discovered(there.oidc.issuer, AT.replace(hour=10))
    there.tell()


def test_the_secret_is_of_the_environment_or_a_file_and_never_in_a_message(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site = Site(lambda _asked: as_json({"error": "invalid_client"}, 401))
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    monkeypatch.delenv("TOLLBOOK_OIDC_CLIENT_SECRET", raising=False)
    with http(site) as address:
        told = dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), f"{address}/x")
        found = Provider.of({**told, "issuer": address}, address)
        for oidc in (
            Oidc(issuer=address, client_id="p", secret_file=str(file)),
            Oidc(issuer=address, client_id="p"),
        ):
            with pytest.raises(ProviderError, match=r"answers 401 invalid_client") as error:
                provider.tokens(found, oidc, "code", "verifier", "back")
            assert SECRET not in str(error.value)
    with_secret, without = site.asked
    assert with_secret.headers["Authorization"].startswith("Basic ")
    assert "client_id" not in with_secret.body
    assert "Authorization" not in without.headers
    assert "client_id=p" in without.body


def test_a_secret_that_others_can_read_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOLLBOOK_OIDC_CLIENT_SECRET", raising=False)
    file = tmp_path / "secret"
    file.write_text(SECRET)
    file.chmod(0o644)
    found = Provider.of(TOLD, "https://id.example")
    oidc = Oidc(issuer="https://id.example", client_id="p", secret_file=str(file))
    with pytest.raises(ProviderError, match="can be read by others"):
        provider.tokens(found, oidc, "code", "verifier", "back")


def test_a_provider_that_wants_the_secret_in_the_body_gets_it_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLLBOOK_OIDC_CLIENT_SECRET", SECRET)
    site = Site(lambda _asked: as_json({"id_token": "x"}))
    with http(site) as address:
        told = dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), f"{address}/x")
        methods = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        found = Provider.of({**told, **methods, "issuer": address}, address)
        provider.tokens(found, Oidc(issuer=address, client_id="p"), "code", "verifier", "back")
    assert "client_secret=what-the-provider" in site.asked[0].body


def test_userinfo_of_somebody_else_and_redirects_are_refused() -> None:
    def answer(asked: Asked) -> tuple[int, dict[str, str], str]:
        if asked.path == "/moved":
            return 302, {"Location": "/u"}, ""
        return as_json({"sub": "another"})

    with http(Site(answer)) as address:
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        told = {"issuer": address, **dict.fromkeys(names, f"{address}/x")}
        other = Provider.of({**told, "userinfo_endpoint": f"{address}/u"}, address)
        with pytest.raises(ProviderError, match="somebody else's"):
            provider.userinfo(other, "token", "17")
        moved = Provider.of({**told, "userinfo_endpoint": f"{address}/moved"}, address)
        with pytest.raises(ProviderError, match=r"cannot be asked|answers 302"):
            provider.userinfo(moved, "token", "17")
        assert provider.userinfo(Provider.of(told, address), "token", "17") == {}

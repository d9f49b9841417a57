"""Another provider of sign-ins (OpenID Connect): its addresses, its tokens, and whether what it says is genuine."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Self
from urllib.parse import quote_plus, urlencode

from tollbook.account.secret import secret_of
from tollbook.errors import TollbookError
from tollbook.servers import Oidc
from tollbook.web import pool, safe

ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)
"""Signatures by a key that the provider alone has: never `none`, nor a secret that both know."""
LEEWAY_S: Final = 60
"""Seconds by which clocks may differ."""
_REMEMBERED_S: Final = 600
VARIABLE: Final = "TOLLBOOK_OIDC_CLIENT_SECRET"
_DONE: Final = 200
_LONGEST_SUBJECT: Final = 255


class ProviderError(TollbookError):
    """The provider cannot be asked, or what it says does not count. The message is for the audit and for admins."""


@dataclass(frozen=True)
class Provider:
    """Where a provider is asked what, as it says itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    names_itself: bool
    """Whether it says in each answer who it is (RFC 9207)."""
    secret_in_body: bool
    """Whether it takes the client's secret in the request's body alone."""

    @classmethod
    def of(cls, told: Mapping[str, Any], issuer: str) -> Self:
        """What the provider's metadata tell.

        Raises:
            ProviderError: they are another provider's, or an address is missing or not encrypted.
        """
        if told.get("issuer") != issuer:
            raise ProviderError(f"oidc: {issuer} calls itself {told.get('issuer')!r}")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
        where = {name: str(told.get(name, "")) for name in names}
        for name, address in where.items():
            if not safe(address) and (address or name != "userinfo_endpoint"):
                raise ProviderError(f"oidc: {issuer} has no safe {name}: {address!r}")
        methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        in_body = "client_secret_basic" not in methods and "client_secret_post" in methods
        named = told.get("authorization_response_iss_parameter_supported") is True
        return cls(issuer, **where, names_itself=named, secret_in_body=in_body)


def discovered(issuer: str, at: datetime) -> Provider:
    """The provider of this address; what it said is remembered for ten minutes.

    Raises:
        ProviderError: it cannot be reached, or what it says does not count.
    """
    return _discovered(issuer, int(at.timestamp()) // _REMEMBERED_S)


@lru_cache(maxsize=8)
def _discovered(issuer: str, _slot: int) -> Provider:
    return Provider.of(_asked("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration"), issuer)


def tokens(provider: Provider, oidc: Oidc, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
    """What the provider gives for a code: `id_token`, `access_token`.

    Raises:
        ProviderError: it gives none.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    word, headers = _secret(oidc), {}
    if word and not provider.secret_in_body:
        both = f"{quote_plus(oidc.client_id)}:{quote_plus(word)}"
        headers["Authorization"] = f"Basic {b64encode(both.encode()).decode()}"
    else:
        form |= {"client_id": oidc.client_id, **({"client_secret": word} if word else {})}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return _asked("POST", provider.token_endpoint, headers, urlencode(form))


def _secret(oidc: Oidc) -> str:
    """What the provider knows us by beside our name; empty: it asks for none."""
    try:
        return secret_of(VARIABLE, oidc.secret_file)
    except TollbookError as error:
        raise ProviderError(f"oidc: {error}") from None


def claims(provider: Provider, oidc: Oidc, id_token: object, nonce: str, at: datetime) -> dict[str, Any]:
    """What an id_token says, once its signature, issuer, audience, times and nonce are seen to be right.

    Raises:
        ProviderError: one of them is not.
    """
    from joserfc import jwt  # noqa: PLC0415 - few commands see an id_token
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415

    keys = _asked("GET", provider.jwks_uri)
    exact = jwt.JWTClaimsRegistry(
        now=int(at.timestamp()),
        leeway=LEEWAY_S,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": oidc.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        told = jwt.decode(str(id_token), KeySet.import_key_set(keys), ALGORITHMS).claims  # type: ignore[arg-type]
        exact.validate(told)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ProviderError(f"oidc: the id_token does not count: {error}") from None
    if told.get("azp", oidc.client_id) != oidc.client_id or (
        isinstance(told["aud"], list) and len(told["aud"]) > 1 and "azp" not in told
    ):
        raise ProviderError("oidc: the id_token does not count: it was made for another client")
    if len(told["sub"]) > _LONGEST_SUBJECT:
        raise ProviderError("oidc: the id_token does not count: its subject is too long")
    return dict(told)


def userinfo(provider: Provider, access_token: object, subject: str) -> dict[str, Any]:
    """What else the provider tells of a subject; nothing where it has no address for it.

    Raises:
        ProviderError: it tells of somebody else, or not at all.
    """
    if not provider.userinfo_endpoint or not isinstance(access_token, str) or not access_token.isprintable():
        return {}
    told = _asked("GET", provider.userinfo_endpoint, {"Authorization": f"Bearer {access_token}"})
    if told.get("sub") != subject:
        raise ProviderError("oidc: the userinfo is somebody else's")
    return told


def _asked(
    method: str, address: str, headers: Mapping[str, str] | None = None, body: str | None = None
) -> dict[str, Any]:
    """The JSON object that is answered; an error of the provider in its own word."""
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 - few commands ask another server

    try:
        answer = pool().request(
            method,
            address,
            headers={"Accept": "application/json", **(headers or {})},
            body=body,
            redirect=False,
        )
    except HTTPError as error:
        raise ProviderError(f"oidc: {address} cannot be asked: {type(error).__name__}") from None
    try:
        told = json.loads(answer.data)
    except ValueError:
        told = None
    if answer.status != _DONE or not isinstance(told, dict):
        word = told.get("error") if isinstance(told, dict) else None
        raise ProviderError(f"oidc: {address} answers {answer.status}{f' {word}'[:100] if word else ''}")
    return told

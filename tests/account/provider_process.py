"""A provider of sign-ins (OpenID Connect) by Authlib, run as a process of its own: discovery, code, PKCE, signed tokens.

Who is signed in at it, and how it is to break its word, are told it at `/tell`: a JSON object of `person` (claims),
`claims` (in place of the id_token's), `signed_by` (`another` key, `nobody`, or the client's `secret`), `issuer`,
`userinfo` (claims), `down`.
"""

import sys
from dataclasses import dataclass
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, OpenIDCode
from flask import Flask, Response, abort, jsonify, request
from joserfc.jwk import OctKey, RSAKey

PORT, CLIENT, SECRET = int(sys.argv[1]), sys.argv[2], sys.argv[3]
HERE = f"http://localhost:{PORT}"
KEY, ANOTHER = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))
TOLD: dict[str, Any] = {}
CODES: dict[str, "Code"] = {}
TOKENS: dict[str, dict[str, Any]] = {}


@dataclass
class Code(AuthorizationCodeMixin):
    """What a code stands for, as Authlib asks for it."""

    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    get_acr = get_amr = get_auth_time


class Client(ClientMixin):
    """The portal: confidential, and sent back to wherever it says on this machine."""

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/oidc/back")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Grant(AuthorizationCodeGrant):
    def save_authorization_code(self, code: str, request: Any) -> None:
        data = request.payload.data
        challenge = data.get("code_challenge"), data.get("code_challenge_method")
        CODES[code] = Code(data["redirect_uri"], data["scope"], data.get("nonce"), *challenge)

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return CODES.get(code)

    def delete_authorization_code(self, code: Code) -> None:
        for name in [name for name, kept in CODES.items() if kept is code]:
            del CODES[name]

    def authenticate_user(self, code: Code) -> dict[str, Any]:
        return TOLD["person"]


class Tokens(OpenIDCode):
    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return any(code.nonce == nonce for code in CODES.values())

    def resolve_client_private_key(self, client: Client) -> RSAKey | OctKey:
        signed_by = TOLD.get("signed_by")
        return (
            OctKey.import_key(SECRET) if signed_by == "secret" else ANOTHER if signed_by == "another" else KEY
        )

    def get_client_algorithm(self, client: Client) -> str:
        return {"nobody": "none", "secret": "HS256"}.get(TOLD.get("signed_by", ""), "RS256")

    def get_encode_header(self, client: Client) -> dict[str, Any]:
        return {"alg": self.get_client_algorithm(client), "kid": "one"}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": HERE, "aud": [CLIENT]}

    def generate_user_info(self, user: dict[str, Any], scope: str) -> dict[str, Any]:
        return {**user, **TOLD.get("claims", {})}  # comes last: what is told to be wrong is


app = Flask(__name__)
server = AuthorizationServer(
    app,
    query_client=lambda name: Client() if name == CLIENT else None,
    save_token=lambda token, request: TOKENS.update({token["access_token"]: TOLD["person"]}),
)
server.register_grant(Grant, [Tokens(require_nonce=True), CodeChallenge(required=True)])


@app.post("/tell")
def tell() -> str:
    TOLD.clear()
    TOLD.update(request.get_json())
    return ""


@app.before_request
def down() -> None:
    if TOLD.get("down") and request.path != "/tell":
        abort(503)


@app.get("/.well-known/openid-configuration")
def metadata() -> Response:
    return jsonify(
        issuer=TOLD.get("issuer", HERE),
        authorization_endpoint=f"{HERE}/authorize",
        token_endpoint=f"{HERE}/token",
        userinfo_endpoint=f"{HERE}/userinfo",
        jwks_uri=f"{HERE}/keys",
        response_types_supported=["code"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["RS256"],
        code_challenge_methods_supported=["S256"],
        token_endpoint_auth_methods_supported=["client_secret_basic"],
    )


@app.get("/keys")
def keys() -> Response:
    return jsonify(keys=[KEY.as_dict(private=False)])


@app.get("/authorize")
def authorize() -> Any:
    """Whoever comes is signed in here already."""
    grant = server.get_consent_grant(end_user=TOLD["person"])
    return server.create_authorization_response(grant_user=TOLD["person"], grant=grant)


@app.post("/token")
def token() -> Any:
    return server.create_token_response()


@app.get("/userinfo")
def userinfo() -> Any:
    person = TOKENS.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
    return jsonify({**person, **TOLD.get("userinfo", {})}) if person else abort(401)


if __name__ == "__main__":
    app.run("127.0.0.1", PORT, threaded=True)

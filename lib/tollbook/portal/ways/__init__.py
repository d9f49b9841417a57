"""Other ways in than a password, and what is sent to people: links, codes, passkeys, another provider."""

from typing import Final

from tollbook.portal.ways.forgotten import Forgotten
from tollbook.portal.ways.passkeys import Options, Passkeys, PasskeySignIn
from tollbook.portal.ways.provider import OidcBack, OidcStart
from tollbook.portal.ways.verify import Verify

ROUTES: Final = (
    ("/forgotten", Forgotten),
    ("/oidc/start", OidcStart),
    ("/oidc/back", OidcBack),
    ("/login/passkey/options", Options),
    ("/login/passkey", PasskeySignIn),
    (f"/{Passkeys.path}", Passkeys),
    (f"/{Verify.path}", Verify),
)

"""How a receiver knows that an event is ours and new: the header fields of Standard Webhooks.

The signature is HMAC-SHA256 over the event's id, the Unix time of this attempt and the body as sent, with dots between.
"""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

PREFIX: Final = "whsec_"
_BYTES: Final = 32


def new_secret() -> str:
    """A secret for a receiver: 32 random bytes in Base64, behind what tells that it is one."""
    return PREFIX + b64encode(secrets.token_bytes(_BYTES)).decode()


def headers(secret: str, event: str, at_s: int, body: bytes) -> Mapping[str, str]:
    """The header fields that go with an event."""
    signed = b".".join((event.encode(), str(at_s).encode(), body))
    made = hmac.new(b64decode(secret.removeprefix(PREFIX)), signed, sha256).digest()
    return {
        "webhook-id": event,
        "webhook-timestamp": str(at_s),
        "webhook-signature": f"v1,{b64encode(made).decode()}",
    }

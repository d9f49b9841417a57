"""Asking other servers by HTTP: certificates checked, times limited, nothing asked twice or followed elsewhere."""

import re
import ssl
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from urllib3 import PoolManager

CONNECT_S: Final = 10
ANSWER_S: Final = 20
_SAFE: Final = re.compile(r"https://|http://(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/]|$)")


@lru_cache(maxsize=1)
def pool() -> "PoolManager":
    """Connections to other servers, trusted as the machine trusts them (SSL_CERT_FILE names others)."""
    import urllib3  # noqa: PLC0415 - few commands ask another server

    return urllib3.PoolManager(
        ssl_context=ssl.create_default_context(),
        timeout=urllib3.Timeout(connect=CONNECT_S, read=ANSWER_S),
        retries=False,
    )


def safe(address: str) -> bool:
    """Whether what is sent there is encrypted, or stays on this machine."""
    return _SAFE.match(address) is not None

"""Lines to receivers, on which an answer has so long in all, however slowly it comes.

The other limits of time are of each piece: connecting, sending the event, and each wait for more of the answer.
"""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Final

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse

WHOLE_S: Final = 15.0
"""How long the head of an answer may take; nothing else of it is read."""


def in_time(line: socket.socket, read: Callable[[], HTTPResponse]) -> HTTPResponse:
    """What is read from a line, which is closed when its time is over.

    Raises:
        TimeoutError: it was not all there by then.
    """
    late = threading.Event()

    def end() -> None:
        late.set()
        with suppress(OSError):  # it has ended by itself
            socket.socket.shutdown(line, socket.SHUT_RDWR)

    timer = threading.Timer(WHOLE_S, end)
    timer.start()
    try:
        answer = read()
    except Exception:
        if late.is_set():
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()
    if late.is_set():
        raise TimeoutError
    return answer


class _Plain(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        return in_time(self.sock, super().getresponse)


class _Encrypted(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        return in_time(self.sock, super().getresponse)


class _PlainLines(HTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedLines(HTTPSConnectionPool):
    ConnectionCls = _Encrypted


@lru_cache(maxsize=1)
def lines() -> PoolManager:
    """Lines to receivers, trusted as the machine trusts them (SSL_CERT_FILE names others)."""
    made = PoolManager(ssl_context=ssl.create_default_context(), retries=False)
    made.pool_classes_by_scheme = {"http": _PlainLines, "https": _EncryptedLines}
    return made

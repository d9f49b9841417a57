"""Asking over a socket: HTTP, datagrams and lines over TCP, each with a limit of time and of length.

What goes wrong is said in one line that holds no credentials: only the name of the switch and what kind of fault it was.
"""

import base64
import json
import os
import re
import socket
import ssl
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

from tollbook.live.snapshot import SwitchError
from tollbook.switches import Source
from tollbook.web import pool

LONGEST: Final = 64 * 1024 * 1024
"""Bytes of an answer."""
_PIECE: Final = 65_536
_DATAGRAM: Final = 1 << 20
_OK: Final = 200


def refused(source: Source, why: str) -> SwitchError:
    """The error that says why this switch gave no answer."""
    return SwitchError(f"{source.name}: {why}")


def http(source: Source, secret: str, body: Mapping[str, Any] | None = None, path: str = "") -> Any:  # noqa: ANN401
    """The JSON that a server answers to GET, or to POST where there is a body.

    With a user the secret is a password (Basic), without one a token (Bearer).

    Raises:
        SwitchError: no answer in time, another status than 200, or no JSON.
    """
    from urllib3 import Timeout, exceptions  # noqa: PLC0415 - few commands ask a switch

    headers = {"Accept": "application/json", **_who(source, secret)}
    if body is not None:
        headers["Content-Type"] = "application/json"
    try:
        answer = pool().request(
            "GET" if body is None else "POST",
            source.address.rstrip("/") + path if path else source.address,
            body=None if body is None else json.dumps(body).encode(),
            headers=headers,
            timeout=Timeout(total=source.timeout_s),
            redirect=False,
            preload_content=False,
        )
        content = answer.read(LONGEST + 1, decode_content=True)
        answer.release_conn()
    except (exceptions.HTTPError, OSError) as error:
        raise refused(source, f"no answer by HTTP ({type(error).__name__})") from None
    except UnicodeError:
        raise refused(source, "the address cannot be used") from None
    if answer.status != _OK:
        raise refused(source, f"HTTP {answer.status}")
    return parsed(source, content)


def parsed(source: Source, content: bytes) -> Any:  # noqa: ANN401 - whatever it is
    """The JSON in an answer.

    Raises:
        SwitchError: there is none in it, or it is too long.
    """
    if len(content) > LONGEST:
        raise refused(source, f"the answer is longer than {LONGEST // 1024 // 1024} MiB")
    try:
        return json.loads(content.decode(errors="replace"))
    except (ValueError, RecursionError):
        raise refused(source, "the answer is no JSON, or is cut off") from None


def _who(source: Source, secret: str) -> dict[str, str]:
    if source.user:
        pair = base64.b64encode(f"{source.user}:{secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    return {"Authorization": f"Bearer {secret}"} if secret else {}


def datagram(source: Source, message: bytes) -> bytes:
    """What comes back for one datagram, to `udp://host:port` or to the socket `unix:/path`.

    Raises:
        SwitchError: nothing comes back in time.
    """
    try:
        with _datagram_socket(source) as line:
            line.settimeout(source.timeout_s)
            line.send(message)
            return line.recv(_DATAGRAM)
    except OSError as error:
        raise refused(source, f"no answer by datagram ({_kind(error)})") from None


@contextmanager
def _datagram_socket(source: Source) -> Iterator[socket.socket]:
    """Connected, so that nobody else's datagram is taken for the answer."""
    if source.address.startswith("udp://"):
        host, port = _place(source)
        family = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0][0]
        with socket.socket(family, socket.SOCK_DGRAM) as line:
            line.connect((host, port))
            yield line
        return
    ours = Path(tempfile.mkdtemp(prefix="tollbook-live-")) / "answer"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.bind(str(ours))
            ours.chmod(0o666)  # the switch runs as another user; nobody else can enter the folder
            ours.parent.chmod(0o711)
            line.connect(re.sub(r"^unix:(//(?=/))?", "", source.address))
            yield line
    finally:
        with suppress(OSError):
            ours.unlink(missing_ok=True)
            ours.parent.rmdir()


def _place(source: Source) -> tuple[str, int]:
    try:
        where = urlsplit(source.address)
        host, port = where.hostname, where.port
    except ValueError:
        host = port = None
    if not host or not port:
        raise refused(source, "the address has no host or no port")
    return host, port


def _kind(error: OSError) -> str:
    return (os.strerror(error.errno) if error.errno else "") or type(error).__name__


class Line:
    """A connection by TCP on which lines and blocks are read, until the time is over."""

    def __init__(self, source: Source, line: socket.socket) -> None:
        self._source, self._line, self._had = source, line, bytearray()
        self._until, self._read = monotonic() + source.timeout_s, 0

    def send(self, text: str) -> None:
        """Write."""
        self._line.sendall(text.encode())

    def until(self, end: bytes) -> bytes:
        """What comes before `end`, which is taken away."""
        at = self._had.find(end)
        while at < 0:
            seen = max(0, len(self._had) - len(end))
            self._more()
            at = self._had.find(end, seen)
        found = bytes(self._had[:at])
        del self._had[: at + len(end)]
        return found

    def exactly(self, length: int) -> bytes:
        """So many bytes."""
        if length > LONGEST:
            raise refused(self._source, "the answer is too long")
        while len(self._had) < length:
            self._more()
        found = bytes(self._had[:length])
        del self._had[:length]
        return found

    def _more(self) -> None:
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError
        self._line.settimeout(left)
        piece = self._line.recv(_PIECE)
        if not piece:
            raise refused(self._source, "it hung up before the end of its answer")
        self._read += len(piece)
        if self._read > LONGEST:
            raise refused(self._source, "the answer is too long")
        self._had += piece


@contextmanager
def connected(source: Source) -> Iterator[Line]:
    """A connection to `tcp://host:port`, or to `tls://host:port`, whose certificate is checked.

    Raises:
        SwitchError: there is none, it ends, or the time is over.
    """
    host, port = _place(source)
    try:
        with socket.create_connection((host, port), timeout=source.timeout_s) as plain:
            if not source.address.startswith("tls://"):
                yield Line(source, plain)
                return
            with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as line:
                yield Line(source, line)
    except OSError as error:
        raise refused(source, f"no answer by TCP ({_kind(error)})") from None

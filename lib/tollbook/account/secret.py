"""The workspace's secret: 32 random bytes from which every key is derived, made once and kept out of the database.

`TOLLBOOK_SECRET` gives it to several machines; else it is the file `secret` in the workspace. Who has it can
read the second factors and sign cookies; who loses it has everybody sign in and set up the second factor anew.
"""

import os
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from filelock import FileLock

from tollbook.errors import TollbookError
from tollbook.workspace import Workspace

BYTES: Final = 32
_VARIABLE: Final = "TOLLBOOK_SECRET"
_OPEN_TO_OTHERS: Final = 0o077


@dataclass(frozen=True)
class Secret:
    """Keys by purpose: one that is found out tells nothing of the others."""

    master: bytes = field(repr=False)

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose, such as `cookie`; the same ones each time."""
        info = f"tollbook {purpose}".encode()
        return HKDF(algorithm=SHA256(), length=BYTES, salt=None, info=info).derive(self.master)

    def seal(self, text: str, purpose: str) -> str:
        """The text, encrypted, as a text that can be neither read nor changed without the secret."""
        return self._fernet(purpose).encrypt(text.encode()).decode()

    def unseal(self, sealed: str, purpose: str) -> str | None:
        """The text that was sealed for this purpose; null where it was not."""
        try:
            return self._fernet(purpose).decrypt(sealed.encode(errors="replace")).decode()
        except InvalidToken:
            return None

    def _fernet(self, purpose: str) -> Fernet:
        return Fernet(urlsafe_b64encode(self.key(purpose)))


def workspace_secret(workspace: Workspace) -> Secret:
    """The secret of a workspace; made by the first who asks, however many ask at once.

    Raises:
        TollbookError: it is too short, damaged, or others on this machine can read it.
    """
    if given := os.environ.get(_VARIABLE):
        if len(given) < BYTES:
            raise TollbookError(
                f"{_VARIABLE} has {len(given)} characters: give it at least {BYTES} random ones"
            )
        return Secret(given.encode())
    path = _file(workspace)
    if not path.exists():
        _make(path)
    return Secret(_read(path))


def lasting_secret(workspace: Workspace) -> Secret:
    """The secret that there is: where others sign in, a lost one is not made anew unnoticed.

    Raises:
        TollbookError: there is none, or as `workspace_secret`.
    """
    path = _file(workspace)
    if not os.environ.get(_VARIABLE) and not path.exists():
        raise TollbookError(
            f"{path} is missing: restore it from a backup; where there never was one, "
            "`tollbook serve` for this machine alone makes it"
        )
    return workspace_secret(workspace)


def secret_of(variable: str, path: str) -> str:
    """The secret by which another server knows us: of the environment, else the first line of a file; empty: neither.

    Raises:
        TollbookError: the file cannot be read, is empty, or others on this machine can read it.
    """
    if given := os.environ.get(variable):
        return given
    if not path:
        return ""
    try:
        open_to_others = Path(path).stat().st_mode & _OPEN_TO_OTHERS
        first = Path(path).read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TollbookError(f"{path} cannot be read ({variable} is not set): {_why(error)}") from None
    if open_to_others:
        raise TollbookError(f"{path} can be read by others on this machine: `chmod 600 {path}`")
    if not first:
        raise TollbookError(f"{path} is empty: its first line should be the secret")
    return first


def _file(workspace: Workspace) -> Path:
    return workspace.home / "secret"


def _why(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or "it is not UTF-8 text"


def _make(path: Path) -> None:
    """Write it aside and give it its name when it is whole; whoever comes second finds it there."""
    aside = path.with_suffix(".tmp")
    with FileLock(f"{path}.lock"):
        if path.exists():
            return
        aside.unlink(missing_ok=True)
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(BYTES))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)


def _read(path: Path) -> bytes:
    if path.stat().st_mode & _OPEN_TO_OTHERS:
        raise TollbookError(f"{path} can be read by others on this machine: `chmod 600 {path}`")
    content = path.read_bytes()
    if len(content) != BYTES:
        raise TollbookError(f"{path} has {len(content)} bytes, not {BYTES}: restore it from a backup")
    return content

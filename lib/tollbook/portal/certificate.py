"""A certificate of the portal's own: read, checked against its address, and read again when it was renewed."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509

from tollbook.errors import TollbookError

_OPEN_TO_ALL: Final = 0o007
"""A group may share a key, as Debian's `ssl-cert` does."""


@dataclass(frozen=True)
class Certificate:
    """Two files in PEM: the certificate with those that vouch for it, and its key."""

    chain: Path
    key: Path

    @property
    def stamp(self) -> tuple[int, ...]:
        """Another one once either file was replaced."""
        return tuple(path.stat().st_mtime_ns for path in (self.chain, self.key))

    def context(self) -> ssl.SSLContext:
        """TLS 1.2 or newer with it.

        Raises:
            TollbookError: the files cannot be read, do not belong together, or everybody can read the key.
        """
        try:
            open_to_all = self.key.stat().st_mode & _OPEN_TO_ALL
            made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            made.minimum_version = ssl.TLSVersion.TLSv1_2
            made.load_cert_chain(self.chain, self.key, password=_none)
        except ssl.SSLError as error:
            why = "they do not belong together" if "MISMATCH" in str(error) else "write both in PEM"
            raise TollbookError(f"{self.chain} and {self.key} cannot be used: {why}") from None
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise TollbookError(f"{self.chain} and {self.key} cannot be used: {why}") from None
        if open_to_all:
            raise TollbookError(f"{self.key} can be read by everybody on this machine: `chmod o= {self.key}`")
        return made

    def refuse_unfit(self, name: str) -> None:
        """Nothing, if it can be used and is one for this name, today.

        Raises:
            TollbookError: it cannot, or is not.
        """
        self.context()
        own = x509.load_pem_x509_certificates(self.chain.read_bytes())[0]
        names = names_of(own)
        if not any(_covers(pattern, name) for pattern in names):
            raise TollbookError(
                f"{self.chain} is a certificate for {', '.join(names) or 'nobody'}, not for {name}"
            )
        if own.not_valid_after_utc <= datetime.now(UTC):
            raise TollbookError(f"{self.chain} ended on {own.not_valid_after_utc.date()}: renew it")


def names_of(own: x509.Certificate) -> list[str]:
    """The host names that a certificate is for."""
    try:
        listed = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return listed.get_values_for_type(x509.DNSName)


def _covers(pattern: str, name: str) -> bool:
    head, _, rest = pattern.lower().partition(".")
    return pattern.lower() == name or (head == "*" and name.partition(".")[2] == rest)


def _none() -> str:
    """OpenSSL would ask at the terminal."""
    raise ValueError("the key has a password: keep one without, which nobody else can read")

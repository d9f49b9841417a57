"""How the portal is reached: by this machine alone, or by others at one https address, through proxies or directly."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from tollbook.account.people.addresses import normal, parsed
from tollbook.errors import TollbookError, UsageError
from tollbook.params import Site
from tollbook.portal.certificate import Certificate

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
SITE: Final = "params/site.yml"


@dataclass(frozen=True)
class Reach:
    """Where the portal listens, and who may come in there."""

    host: str
    port: int
    base_url: str = "/"
    address: str = ""
    """What others type, https://; empty: only this machine reaches the portal."""
    proxies: tuple[str, ...] = ()
    """The only ones who may connect, if there are any; what they tell of a request is believed."""
    certificate: Certificate | None = None
    """What the portal itself shows to browsers; none: it speaks http."""

    @classmethod
    def of(
        cls,
        site: Site,
        *,
        host: str,
        port: int,
        base_url: str | None = None,
        certificate: Path | None = None,
        key: Path | None = None,
    ) -> Self:
        """As the site and a command line say; the path is that of the site's address unless told.

        Raises:
            UsageError: they contradict each other.
            TollbookError: others would reach the portal unencrypted, or by no name.
        """
        base = base_of(site, base_url)
        if (certificate is None) != (key is None):
            raise UsageError("--certificate and --key belong together: give both, or neither")
        if host in LOOPBACK and not site.proxies and certificate is None:
            return cls(host, port, base)
        if not _by_name(site.address):
            raise TollbookError(
                f"will not serve others on {host} without an address that they type: write one with a name into "
                f"{SITE}, such as `address: https://calls.example{base}`"
            )
        own = Certificate(certificate, key) if certificate and key else None
        if not site.proxies and own is None:
            raise TollbookError(
                f"will not serve others on {host} unencrypted: name the proxies that connect (`proxies` in {SITE}), "
                "or give --certificate and --key"
            )
        return cls(host, port, base, site.address, tuple(map(normal, site.proxies)), own)

    @property
    def hostnames(self) -> list[str]:
        """The names by which a request may call the portal; loopback addresses may always."""
        return ["localhost", *([_name(self.address)] if self.address else [])]

    @property
    def origin(self) -> str:
        """The address without its path."""
        return "{0.scheme}://{0.netloc}".format(urlsplit(self.address)) if self.address else ""

    @property
    def shown(self) -> str:
        """Where a person finds the portal, and where it listens if that is elsewhere."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        if not self.address:
            return f"http://{host}:{self.port}{self.base_url}"
        return f"{self.address} (listening on {host}:{self.port})"

    def refuse_unfit(self) -> None:
        """Nothing, if the certificate can be used and is one for the address.

        Raises:
            TollbookError: it cannot, or is not.
        """
        if self.certificate:
            self.certificate.refuse_unfit(_name(self.address))


def base_of(site: Site, told: str | None = None) -> str:
    """The path under which the pages lie, with a slash at both ends.

    Raises:
        UsageError: it is no plain path, or another one than the address has.
    """
    own = normal_base(urlsplit(site.address).path, f"{SITE}: address") if site.address else None
    if told is None:
        return own or "/"
    base = normal_base(told)
    if own and base != own:
        raise UsageError(
            f"--base-url {base} contradicts `address: {site.address}` in {SITE}: leave it out, or change one of them"
        )
    return base


def normal_base(base_url: str, where: str = "--base-url") -> str:
    """The base address with a slash at both ends.

    Raises:
        UsageError: it is no plain path.
    """
    inner = base_url.strip("/")
    if not all(part.replace("-", "").replace("_", "").isalnum() for part in inner.split("/") if inner):
        raise UsageError(f"{where} '{base_url}': write a path such as /tollbook/")
    return f"/{inner}/" if inner else "/"


def _by_name(address: str) -> bool:
    """Whether it is https with a name: a certificate, a passkey and the check of a request's Host need one."""
    return address.startswith("https://") and bool(_name(address)) and parsed(_name(address)) is None


def _name(address: str) -> str:
    return urlsplit(address).hostname or ""

"""IP addresses: read as they come, and whether a list of networks allows one."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from tollbook.errors import UsageError
from tollbook.language import tr


def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """The address, an IPv4 one where IPv6 only wraps it (`::ffff:192.0.2.1`); null where the text is none."""
    try:
        address = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address


def normal(text: str) -> str:
    """One way of writing an address; any other text as it stands, cut to 100 characters."""
    return str(parsed(text) or text[:100])


def allowed(networks: Iterable[str], address: str) -> bool:
    """Whether an address lies in one of the networks; every one does where there are none."""
    listed = list(networks)
    known = parsed(address)
    return not listed or (known is not None and any(known in ip_network(network) for network in listed))


def checked(text: str) -> tuple[str, ...]:
    """Networks as people write them, `192.0.2.0/24, 2001:db8::/32`, an address alone being a network of one.

    Raises:
        UsageError: one of them is none, with the network that was perhaps meant.
    """
    parts = text.replace(",", " ").split()
    return tuple(dict.fromkeys(_network(part) for part in parts))


def _network(text: str) -> str:
    try:
        meant = ip_network(text, strict=False)
    except ValueError:
        words = tr("'{text}' is no address or network: write 192.0.2.7 or 192.0.2.0/24")
        raise UsageError(words.format(text=text)) from None
    bare = text.partition("/")[0]
    if "/" in text and parsed(bare) != meant.network_address:
        words = tr("'{text}' has bits beyond its mask, did you mean '{meant}'?")
        raise UsageError(words.format(text=text, meant=meant))
    return str(meant)

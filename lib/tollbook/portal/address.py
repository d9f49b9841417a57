"""The portal's own address: what links in mail begin with, where another provider sends people back, what passkeys are for."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from tornado.web import RequestHandler

from tollbook.account.people.passkeys import Party
from tollbook.params import Site, read


def address_of(handler: RequestHandler) -> str:
    """With a slash at its end: as params/site.yml says, else as this request came, whose host is this machine's."""
    if told := read("site", Site).address:
        return told
    asked = handler.request
    return f"{asked.protocol}://{asked.host}{handler.settings['base_url']}"


def party(handler: RequestHandler) -> Party | None:
    """Where passkeys are for; null where the address is a number: browsers want the name of a host."""
    address = urlsplit(address_of(handler))
    host = address.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return Party(host, f"{address.scheme}://{address.netloc}", read("site", Site).name)
    return None

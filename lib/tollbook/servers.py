"""The servers that `params/site.yml` names: who takes mail and text messages, and who says who people are.

What they know us by stands in none of these: it is in the environment, or in a file that is named.
"""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from tollbook import web
from tollbook.errors import UsageError
from tollbook.strict import Params

_ADDRESS: Final = re.compile(r"(?:[^<>\r\n]*<)?[^@\s<>,;\"]+@[^@\s<>,;\"]+>?")
"""An e-mail address, alone or behind a name in the form `Name <address>`."""
_HEADER: Final = re.compile(r"[A-Za-z0-9-]+")
_SECRET_HEADERS: Final = frozenset({"authorization", "api-key", "apikey", "x-api-key", "x-auth-token"})
"""Headers by which a gateway knows who asks."""


def _reachable(address: str) -> str:
    if address and not (web.safe(address) and address.endswith("/")):
        raise UsageError(f"address '{address}': write it with https:// and a / at its end")
    return address


Address = Annotated[str, AfterValidator(_reachable)]
"""Where this portal is, as people type it."""


def _of_one(proxy: str) -> str:
    try:
        ip_address(proxy)
    except ValueError:
        words = f"proxies '{proxy}': write the IP address of each, such as 127.0.0.1"
        raise UsageError(words) from None
    return proxy


Proxy = Annotated[str, AfterValidator(_of_one)]
"""A proxy that may connect: its own IP address, no network and no name."""


LINK_HOLES: Final = re.compile(r"\{(customer|amount|currency|invoice|reference)\}")
"""What a link by which a customer pays may be told."""
_HOST: Final = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?=[/?]|$)")


def _payable(link: str) -> str:
    if not link:
        return link
    if not _HOST.match(link) or not (link.isascii() and link.isprintable()) or " " in link or "#" in link:
        raise UsageError(f"link '{link}': write https://host/ and what follows, in ASCII without spaces")
    if set(LINK_HOLES.sub("", link)) & set("{}"):
        holes = "{customer}, {amount}, {currency}, {invoice}, {reference}"
        raise UsageError(f"link '{link}': in braces it may have {holes}")
    return link


PayLink = Annotated[str, AfterValidator(_payable)]
"""A page of a payment provider, which is reached by https; what stands in braces is filled in."""


class Webhooks(Params):
    """How events are told to other systems."""

    loopback: bool = False
    """Whether a webhook may be http to this machine itself; all others are https."""


class Mail(Params):
    """The SMTP server that takes mail; the password is TOLLBOOK_SMTP_PASSWORD or in a file."""

    host: str = ""
    """Name of the SMTP server; empty: no mail is sent."""
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    """Its port: 587 for starttls, 465 for tls, 25 between servers."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`starttls` and `tls` encrypt and check the server's certificate; `none` is for a server on this machine."""
    sender: str = ""
    """Whom mail is from, such as `Calls <calls@carrier.example>`."""
    user: str = ""
    """Name to sign in with; empty: the server asks for none."""
    password_file: str = ""
    """File whose first line is the password, where TOLLBOOK_SMTP_PASSWORD is not set."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.host and not _ADDRESS.fullmatch(self.sender):
            raise UsageError(f"sender '{self.sender}': write an address, `Calls <calls@carrier.example>`")
        if self.user and self.security == "none":
            raise UsageError("security none would send the password to anybody: use starttls or tls")
        return self


class Sms(Params):
    """The gateway that takes text messages by HTTPS. `{to}`, `{text}`, `{id}`, `{secret}` stand for what is sent."""

    url: str = ""
    """Where a message is sent to; empty: no text messages are sent."""
    method: Literal["POST", "PUT", "GET"] = "POST"
    """HTTP method."""
    headers: Mapping[str, str] = Field(default_factory=dict)
    """Headers, such as `Authorization: Bearer {secret}`; the secret is TOLLBOOK_SMS_SECRET."""
    body: str = ""
    """What is sent, as the gateway wants it, such as `{"to": "{to}", "text": "{text}"}`; empty: nothing."""
    secret_file: str = ""
    """File whose first line is the secret, where TOLLBOOK_SMS_SECRET is not set."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.url and not self.url.startswith("https://"):
            raise UsageError(f"url '{self.url}': a gateway is reached by https://")
        if self.url and not all(hole in self.url + self.body for hole in ("{to}", "{text}")):
            raise UsageError("url and body hold no {to} or no {text}: say where the gateway wants them")
        for name, value in self.headers.items():
            if not _HEADER.fullmatch(name) or not value.isprintable() or not value.isascii():
                raise UsageError(f"header '{name}': write a name and a value in one line of ASCII")
            if name.lower() in _SECRET_HEADERS and "{secret}" not in value:
                raise UsageError(
                    f"header '{name}': write {{secret}} where it stands; what it is belongs elsewhere"
                )
        return self


class Oidc(Params):
    """The provider by which people may sign in (OpenID Connect); its secret is TOLLBOOK_OIDC_CLIENT_SECRET."""

    issuer: str = ""
    """Address of the provider, as it names itself; empty: nobody signs in so."""
    client_id: str = ""
    """What the provider knows this portal by."""
    label: str = ""
    """What the button says, such as `Carrier Ltd`; empty: the provider's host."""
    login_claim: Literal["email", "preferred_username"] = "email"
    """What tells who somebody is at their first sign-in: a verified e-mail address, or the login name."""
    secret_file: str = ""
    """File whose first line is the client's secret, where TOLLBOOK_OIDC_CLIENT_SECRET is not set."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.issuer and not web.safe(self.issuer):
            raise UsageError(f"issuer '{self.issuer}': a provider is reached by https://")
        if self.issuer and not self.client_id:
            raise UsageError("client_id is empty: write what the provider knows this portal by")
        return self


class Payments(Params):
    """How customers pay online, and how providers tell of it: `params/payments.yml`."""

    card_link: PayLink = ""
    """Stripe's hosted page, https; `{customer}`, `{amount}`, `{currency}`, `{invoice}`, `{reference}` are filled in."""
    paypal_link: PayLink = ""
    """PayPal's page, with the same."""
    stripe_secret_file: str = ""
    """File whose first line is the secret of Stripe's notifications, where TOLLBOOK_STRIPE_SECRET is not set."""
    paypal_webhook_id: str = ""
    """What PayPal calls the webhook that tells us; empty: nothing of PayPal's is taken."""
    paypal_certificate_file: str = ""
    """File with the certificate that PayPal signs with, and those that vouch for it, as PEM."""
    paypal_roots_file: str = ""
    """File with the roots that are trusted for it, as PEM; empty: those that browsers trust."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.paypal_webhook_id and not self.paypal_certificate_file:
            raise UsageError(
                "paypal_certificate_file is empty: PayPal's certificate is looked for nowhere else"
            )
        return self

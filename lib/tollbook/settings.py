"""What holds for the account, and for no page of its own: files of `params/` that `tollbook.params` reads."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from tollbook.errors import UsageError
from tollbook.servers import Address, Mail, Oidc, PayLink, Proxy, Sms, Webhooks
from tollbook.strict import Params
from tollbook.values import Language, Zone


class Site(Params):
    """What holds for every page: `params/site.yml`."""

    name: str = "Tollbook"
    """Who runs these pages; shown at their top."""
    zone: Zone = "UTC"
    """IANA zone of the account: the clock of pages that have none of their own, and first where zones are offered."""
    language: Language = ""
    """Language of the pages until a reader chooses another: en, es, fr, de, pt or ar; empty: the browser's."""
    sessions: Annotated[int, Field(ge=1, le=10_000)] = 40
    """Pages that may be open at once, all readers together; each takes some 60 MB of memory."""
    idle_minutes: Annotated[int, Field(ge=5, le=10_080)] = 60
    """Minutes after which a sign-in ends in which nothing was asked for."""
    session_hours: Annotated[int, Field(ge=1, le=720)] = 12
    """Hours after which a sign-in ends in any case."""
    api_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 600
    """Requests that an API token may make in a minute, and an address without one that counts."""
    extensions_each: Annotated[int, Field(ge=0, le=10_000_000)] = 10_000
    """Extensions that a customer without a block of numbers may have before its contacts can take no more."""
    address: Address = ""
    """Address of the portal as people type it, such as https://calls.example/; links in mail begin with it."""
    proxies: tuple[Proxy, ...] = ()
    """IP addresses of the proxies that connect to the portal: then nobody else may, and what they tell is believed."""
    mail: Mail = Mail()
    """How mail is sent."""
    sms: Sms = Sms()
    """How text messages are sent."""
    oidc: Oidc = Oidc()
    """How people sign in by another provider."""
    webhooks: Webhooks = Webhooks()
    """How events are told to other systems."""


class Company(Params):
    """The account itself, as its customers see it: `params/company.yml`."""

    name: str = ""
    """Name of the company; empty: the site's."""
    address: str = ""
    """Postal address, as lines."""
    contact: str = ""
    """Whom customers turn to: a name, a telephone number, an e-mail address."""
    tax_id: str = ""
    """VAT number or the like."""
    payment_details: str = ""
    """Where customers pay, as lines: bank, IBAN, BIC."""
    country: Annotated[str, Field(pattern="^([A-Z]{2})?$")] = ""
    """Country of the address for e-invoices, ISO 3166-1: DE."""
    postcode: str = ""
    """Postcode of the address once more, for e-invoices."""
    city: str = ""
    """City of the address once more, for e-invoices."""
    phone: str = ""
    """Telephone number on invoices."""
    email: str = ""
    """E-mail address on invoices."""
    endpoint: Annotated[str, Field(pattern="^([0-9A-Z]{2,4}:.+)?$")] = ""
    """Electronic address for e-invoices, `scheme:value` with a scheme of the EAS list: 9930:DE123456789."""
    registration: str = ""
    """Number in the register of companies."""
    iban: str = ""
    """Account to which invoices are paid."""
    bic: str = ""
    """BIC of its bank."""


class Invoice(Params):
    """Invoices: `params/invoice.yml`."""

    settle_hours: Annotated[int, Field(ge=0)] = 24
    """Hours after a period's end before its invoice is issued; until then it is a draft."""
    timeout_s: Annotated[int, Field(gt=0)] = 120
    """Longest time that one cell of the notebook may take."""
    annex_calls: Annotated[int, Field(ge=0, le=100_000)] = 500
    """Calls that the PDF and the page list at most; all of them are in calls.csv."""
    mail: bool = False
    """Whether invoices and notes are sent, once, to the addresses of their customer (`invoice_mail`)."""


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

"""`/api/v1/notifications/stripe` and `/paypal`: where providers tell of payments. No token opens them; a signature does.

What is signed is answered 200 once it is kept, whatever it is, so that it is not sent again. Where it cannot be kept now
the answer is 503, and the provider tries again.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tollbook.account.database import shared
from tollbook.account.models import now
from tollbook.account.people.limits import network
from tollbook.account.secret import secret_of
from tollbook.api.desk import Answer
from tollbook.api.operations import JSON, ROOT
from tollbook.api.problems import MEDIA, ProblemError, document
from tollbook.api.rates import Rates
from tollbook.billing.notices import paypal, stripe
from tollbook.billing.notices.booking import receive
from tollbook.billing.notices.told import Told, UnsignedError
from tollbook.billing.notices.transmissions import once
from tollbook.errors import TollbookError
from tollbook.params import Site, read
from tollbook.settings import Payments
from tollbook.workspace import open_workspace

PATH: Final = f"{ROOT}/notifications"
_log: Final = logging.getLogger("tollbook.payments")
_rates: Final = Rates()
_UNSIGNED: Final = "The signature is not the provider's."


@dataclass(frozen=True)
class Came:
    """A notification as it came."""

    body: bytes
    headers: Mapping[str, str]
    address: str


def answer(provider: str, came: Came) -> Answer:
    """What a provider is answered; it may wait, and runs in a thread."""
    try:
        told = _VERIFY[provider](came, read("payments", Payments), now())
        if told is not None:
            receive(shared(open_workspace()), told)
        return Answer(200, b'{"received": true}', JSON)
    except ProblemError as error:
        return Answer(error.status, error.body, MEDIA, error.headers)
    except UnsignedError:
        return _refused(came)
    except TollbookError as error:
        _log.error("%s: %s", provider, error)
        return Answer(503, document(503), MEDIA, {"Retry-After": "60"})


def _refused(came: Came) -> Answer:
    """To whoever signs wrongly; not endlessly often."""
    try:
        _rates.count("address", network(came.address), read("site", Site).api_per_minute).refuse()
    except ProblemError as error:
        return Answer(error.status, error.body, MEDIA, error.headers)
    return Answer(400, document(400, _UNSIGNED), MEDIA)


def _stripe(came: Came, terms: Payments, _at: datetime) -> Told | None:
    secret = secret_of(stripe.VARIABLE, terms.stripe_secret_file)
    if not secret:
        raise ProblemError(404)
    return stripe.verified(came.body, came.headers.get("Stripe-Signature", ""), secret)


def _paypal(came: Came, terms: Payments, at: datetime) -> Told | None:
    if not terms.paypal_webhook_id:
        raise ProblemError(404)
    told = paypal.verified(came.body, came.headers, terms, at)
    signed = paypal.signed_text(came.body, came.headers, terms)
    once(shared(open_workspace()), signed, came.body, at)
    return told


_VERIFY: Final[Mapping[str, Callable[[Came, Payments, datetime], Told | None]]] = {
    "stripe": _stripe,
    "paypal": _paypal,
}
"""How each provider's are verified, where it is set up: else there is nothing at its address."""

"""Notifications of PayPal, verified offline by its published scheme: RSA over id, time, webhook and checksum.

PayPal's current library (paypal-server-sdk) verifies none, and the one before it (paypalrestsdk, no longer kept) fetches
whatever certificate a notification names and checks it with functions that pyOpenSSL no longer has. Here the certificate
is one that the account has put into a file: it must be PayPal's by its name and vouched for by a root that is trusted.
"""

import json
import re
from base64 import b64decode
from binascii import crc32
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import certifi
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate, DNSName, load_pem_x509_certificates
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from tollbook.billing.notices.told import Effect, Told, UnsignedError, texts
from tollbook.errors import TollbookError, UsageError
from tollbook.money import parse_amount
from tollbook.periods import parse_instant
from tollbook.settings import Payments

HOSTS: Final = ("messageverificationcerts.paypal.com", "messageverificationcerts.sandbox.paypal.com")
"""Whom PayPal's certificates are for."""
_KINDS: Final[Mapping[str, Effect]] = {
    "COMPLETED": "completed",
    "PENDING": "pending",
    "DENIED": "failed",
    "DECLINED": "failed",
    "REFUNDED": "refunded",
    "REVERSED": "lost",
}
_PAYMENT: Final = re.compile(r"PAYMENT\.(CAPTURE|SALE)\.([A-Z]+)")
KINDS: Final = (
    *(f"PAYMENT.{what}.{state}" for what in ("CAPTURE", "SALE") for state in _KINDS if state != "DECLINED"),
    "PAYMENT.CAPTURE.DECLINED",
    "CUSTOMER.DISPUTE.CREATED",
)
"""What the webhook at PayPal has to be told of."""
OLDEST: Final = timedelta(days=4)
"""How long a transmission counts: PayPal tells again for three days."""
AHEAD: Final = timedelta(minutes=5)
"""How far PayPal's clock may be before ours."""


def verified(body: bytes, headers: Mapping[str, str], terms: Payments, at: datetime) -> Told | None:
    """What a notification tells; null where it is not about a payment that we would book.

    Raises:
        UnsignedError: its signature is not PayPal's, not for this webhook, or not of these days.
        TollbookError: the certificate is not there, has expired, or is not PayPal's.
    """
    key = _key(Path(terms.paypal_certificate_file), terms.paypal_roots_file, at)
    if headers.get("Paypal-Auth-Algo") != "SHA256withRSA":
        raise UnsignedError("paypal: it is not signed in the known way")
    signature, signed = headers.get("Paypal-Transmission-Sig", ""), signed_text(body, headers, terms)
    try:
        key.verify(b64decode(signature), signed.encode(), PKCS1v15(), SHA256())
        sent_at = parse_instant(headers.get("Paypal-Transmission-Time", ""))
    except (ValueError, InvalidSignature, UsageError):
        raise UnsignedError("paypal: the signature is another one") from None
    if not at - OLDEST <= sent_at <= at + AHEAD:
        raise UnsignedError(f"paypal: it was sent at {sent_at:%Y-%m-%dT%H:%M:%SZ}")
    event: dict[str, Any] = json.loads(body)
    return _told(event, body.decode())


def signed_text(body: bytes, headers: Mapping[str, str], terms: Payments) -> str:
    """What PayPal signs of a notification. Other bodies have the same checksum: see `transmissions`."""
    number, sent_at = (headers.get(f"Paypal-Transmission-{name}", "") for name in ("Id", "Time"))
    return f"{number}|{sent_at}|{terms.paypal_webhook_id}|{crc32(body)}"


def _key(file: Path, roots: str, at: datetime) -> RSAPublicKey:
    """The key of the certificate in the file, once it is known to be PayPal's and in force."""
    certificates = _certificates(file)
    builder = PolicyBuilder().store(Store(_certificates(Path(roots or certifi.where())))).time(at)
    why = ""
    for leaf in certificates:
        others = [each for each in certificates if each != leaf]
        for host in HOSTS:
            try:
                builder.build_server_verifier(DNSName(host)).verify(leaf, others)
            except VerificationError as error:
                why = why or str(error)  # that of the first, which is the one that signs
                continue
            key = leaf.public_key()
            if isinstance(key, RSAPublicKey):
                return key
    raise TollbookError(f"{file} is no certificate of PayPal's that counts: {why or 'of another kind'}")


def _certificates(file: Path) -> list[Certificate]:
    try:
        return load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        raise TollbookError(f"{file}: there is no certificate to read: {error}") from None


def _told(event: Mapping[str, Any], text: str) -> Told | None:
    about: Mapping[str, Any] = event.get("resource") or {}
    kind, at = event["event_type"], parse_instant(event["create_time"])
    references: tuple[str, ...] = ()
    refund = ""
    if kind == "CUSTOMER.DISPUTE.CREATED":
        about_it = (about.get("disputed_transactions") or [{}])[0].get("seller_transaction_id", "")
        worth = about.get("dispute_amount") or {}
        effect: Effect = "disputed"
        payment = about_it or about.get("dispute_id", "")
    elif (found := _PAYMENT.fullmatch(kind)) and found[2] in _KINDS:
        effect, worth = _KINDS[found[2]], about["amount"]
        payment = about["id"]
        if effect in {"refunded", "lost"}:
            payment, refund = _original(about), about["id"]
        references = texts(
            *(about.get(name) for name in ("custom_id", "custom", "invoice_id", "invoice_number"))
        )
    else:
        return None
    value, currency = (
        str(worth.get(name) or worth.get(older) or "")
        for name, older in (("value", "total"), ("currency_code", "currency"))
    )
    amount = abs(parse_amount(value)) if value else None
    return Told("paypal", event["id"], kind, effect, payment, references, amount, currency, at, text, refund)


def _original(refund: Mapping[str, Any]) -> str:
    """What the payment is called that a refund takes back."""
    if isinstance(refund.get("sale_id"), str):
        return str(refund["sale_id"])
    up = [link["href"] for link in refund.get("links", ()) if link.get("rel") == "up"]
    return str(up[0]).rstrip("/").rpartition("/")[2] if up else str(refund["id"])

"""Notifications as PayPal sends them, signed as it signs: with a key of the tests' own authority."""

import json
from base64 import b64encode
from binascii import crc32
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tollbook.params import Payments

WEBHOOK = "4JH86294D6297924G"


@dataclass(frozen=True)
class Paypal:
    """A signer, and the parameters by which it is known."""

    key: RSAPrivateKey
    terms: Payments

    def headers(self, body: str, webhook: str = WEBHOOK, **other: str) -> dict[str, str]:
        number, at = "69cd13f0-d67a-11e5-baa3-778b53f4ae55", "2026-10-05T09:00:01Z"
        signed = f"{number}|{at}|{webhook}|{crc32(body.encode())}".encode()
        made = b64encode(self.key.sign(signed, PKCS1v15(), SHA256())).decode()
        return {
            "Paypal-Transmission-Id": number,
            "Paypal-Transmission-Time": at,
            "Paypal-Transmission-Sig": made,
            "Paypal-Auth-Algo": "SHA256withRSA",
            "Paypal-Cert-Url": "https://evil.example/certificate",
            **{f"Paypal-{name.replace('_', '-').title()}": value for name, value in other.items()},
        }


def paypal(
    folder: Path, name: str = "messageverificationcerts.paypal.com", root: trustme.CA | None = None
) -> Paypal:
    """A signer whose certificate is for a name; it is vouched for by `root` if that is told, over another one."""
    authority = trustme.CA(key_type=trustme.KeyType.RSA)
    between = authority.create_child_ca(key_type=trustme.KeyType.RSA)
    leaf = between.issue_cert(name, key_type=trustme.KeyType.RSA)
    chain, roots = folder / "paypal.pem", folder / "roots.pem"
    chain.write_bytes(b"".join(each.bytes() for each in leaf.cert_chain_pems))
    roots.write_bytes((root or authority).cert_pem.bytes())
    key = load_pem_private_key(leaf.private_key_pem.bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    told = {
        "paypal_webhook_id": WEBHOOK,
        "paypal_certificate_file": str(chain),
        "paypal_roots_file": str(roots),
    }
    return Paypal(key, Payments.of(told, "params/payments.yml"))


def event(kind: str, name: str = "WH-1", **about: Any) -> str:
    """A notification's body."""
    told = {"id": name, "event_version": "1.0", "create_time": "2026-10-05T09:00:00.000Z"}
    return json.dumps({**told, "resource_type": "capture", "event_type": kind, "resource": about})


def capture(name: str = "WH-1", state: str = "COMPLETED", value: str = "120.50", **more: Any) -> str:
    """One of a capture, 120.50 EUR of acme unless told otherwise."""
    usual = {
        "id": "8MC585209K746392H",
        "amount": {"currency_code": "EUR", "value": value},
        "custom_id": "acme",
    }
    return event(f"PAYMENT.CAPTURE.{state}", name, **{**usual, **more})


def refund(name: str = "WH-2", value: str = "120.50", state: str = "REFUNDED") -> str:
    """One of a refund of that capture."""
    up = "https://api.paypal.com/v2/payments/captures/8MC585209K746392H"
    links = [{"rel": "self", "href": "https://api.paypal.com/x"}, {"rel": "up", "href": up}]
    return capture(name, state, value, id="0JF852973C016714D", links=links)

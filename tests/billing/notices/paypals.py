"""Notifications as PayPal sends them, signed as it signs: with a key of the tests' own authority."""

import json
from base64 import b64encode
from binascii import crc32
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tollbook.settings import Payments

WEBHOOK = "4JH86294D6297924G"


@dataclass(frozen=True)
class Paypal:
    """A signer, and the parameters by which it is known."""

    key: RSAPrivateKey
    terms: Payments

    def headers(
        self, body: str, webhook: str = WEBHOOK, sent_at: datetime | None = None, **other: str
    ) -> dict[str, str]:
        """Those of a transmission that is sent now unless told otherwise."""
        number, at = (
            "69cd13f0-d67a-11e5-baa3-778b53f4ae55",
            f"{sent_at or datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        )
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


def _certificate(
    name: str, by: tuple[str, RSAPrivateKey] | None, *, alternative: str = ""
) -> tuple[x509.Certificate, RSAPrivateKey]:
    """A certificate as public authorities make them: of an authority, or of a server where a name is told."""
    key, now = rsa.generate_private_key(65537, 2048), datetime.now(UTC)
    issuer, signer = by or (name, key)
    built = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=300))
        .add_extension(x509.BasicConstraints(ca=not alternative, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(_usage(ca=not alternative), critical=True)
    )
    if alternative:
        built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(alternative)]), critical=False)
        usage = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        built = built.add_extension(x509.ExtendedKeyUsage(usage), critical=False)
    return built.sign(signer, SHA256()), key


def _usage(*, ca: bool) -> x509.KeyUsage:
    names = ("content_commitment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only")
    told = {"digital_signature": True, "key_encipherment": not ca, "key_cert_sign": ca, "crl_sign": ca}
    return x509.KeyUsage(**told, **dict.fromkeys(names, False))


def paypal(
    folder: Path, name: str = "messageverificationcerts.paypal.com", *, trusted: bool = True
) -> Paypal:
    """A signer whose certificate is for a name, and vouched for by one that a root vouches for."""
    root, root_key = _certificate("Root", None)
    between, between_key = _certificate("Between", ("Root", root_key))
    leaf, key = _certificate("PayPal", ("Between", between_key), alternative=name)
    others, _ = _certificate("Root", None)
    chain, roots = folder / "paypal.pem", folder / "roots.pem"
    chain.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in (leaf, between)))
    roots.write_bytes((root if trusted else others).public_bytes(Encoding.PEM))
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


def forged(body: str, like: str) -> str:
    """The body with blanks and tabs after it that give it the checksum of another one: CRC-32 is linear in its bits."""
    plain = bytearray(body.encode() + b" " * 96)
    start, by_bit = crc32(plain), dict[int, tuple[int, int]]()
    for place in range(len(plain) - 96, len(plain)):
        plain[place] = ord("\t")
        change, places = crc32(plain) ^ start, 1 << place
        plain[place] = ord(" ")
        while change and change.bit_length() in by_bit:
            other = by_bit[change.bit_length()]
            change, places = change ^ other[0], places ^ other[1]
        if change:
            by_bit[change.bit_length()] = change, places
    change, places = start ^ crc32(like.encode()), 0
    while change:
        other = by_bit[change.bit_length()]
        change, places = change ^ other[0], places ^ other[1]
    return "".join("\t" if places >> place & 1 else chr(byte) for place, byte in enumerate(plain))


def refund(name: str = "WH-2", value: str = "120.50", state: str = "REFUNDED") -> str:
    """One of a refund of that capture."""
    up = "https://api.paypal.com/v2/payments/captures/8MC585209K746392H"
    links = [{"rel": "self", "href": "https://api.paypal.com/x"}, {"rel": "up", "href": up}]
    return capture(name, state, value, id="0JF852973C016714D", links=links)

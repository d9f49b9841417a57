"""What whoever has it may use: random texts that are shown once, and of which only the hash is kept."""

import secrets
from hashlib import sha256
from typing import Final

BITS: Final = 256
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's 32 letters and digits, none of which is read as another."""


def token(prefix: str = "") -> str:
    """A new token of 256 random bits, safe in an address."""
    return prefix + secrets.token_urlsafe(BITS // 8)


def digest(text: str) -> str:
    """What is kept of a token: with 256 random bits one SHA-256 is enough, and costs nothing to look up."""
    return sha256(storable(text).encode()).hexdigest()


def storable(text: str) -> str:
    """The text with a question mark for what no database keeps: NUL, and halves of characters."""
    return text.encode(errors="replace").decode().replace("\0", "?")


def readable(groups: int, letters: int) -> str:
    """A new random text that people can copy by hand, 5 bits a letter: `k3m9q-0v7xt`."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(letters)) for _ in range(groups))


def typed(text: str) -> str:
    """A readable text as it was made, however somebody typed it: capitals, spaces, O for 0, I and L for 1."""
    bare = "".join(character for character in text.lower() if character.isalnum())
    return bare.translate(str.maketrans("oil", "011"))

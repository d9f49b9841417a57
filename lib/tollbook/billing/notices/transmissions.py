"""What was signed speaks for one body only: the first that came with it.

PayPal signs a checksum of 32 bits, and anybody can make another body that has it.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from tollbook.account.database import Database
from tollbook.account.online import Transmission
from tollbook.billing.notices.told import UnsignedError
from tollbook.errors import TollbookError

KEPT: Final = timedelta(days=5)
"""Longer than a transmission counts."""
_TRIES: Final = 5


def once(db: Database, signed: str, body: bytes, at: datetime) -> None:
    """Nothing, if no other body has come with what was signed; this one is noted.

    Raises:
        UnsignedError: another one has.
        TollbookError: it could not be noted now.
    """
    name, mine = sha256(signed.encode()).hexdigest(), sha256(body).hexdigest()
    for _ in range(_TRIES):
        try:
            with db.session() as session:
                session.execute(delete(Transmission).where(Transmission.at < at - KEPT))
                known = session.get(Transmission, name)
                if known is None:
                    session.add(Transmission(signed=name, body=mine, at=at))
                elif known.body != mine:
                    raise UnsignedError("paypal: another body has come with this signature")
                return
        except IntegrityError:
            continue  # another server is told the same at the same moment
    raise TollbookError("a transmission could not be kept: let it be sent again")

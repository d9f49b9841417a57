"""Pages that are open end with the sign-in that they were opened in, and when what it may see has changed."""

import asyncio
from collections.abc import Iterable
from typing import Final

from tollbook.account.database import shared
from tollbook.account.models import now
from tollbook.account.people import sessions
from tollbook.errors import TollbookError
from tollbook.params import Site, read
from tollbook.portal.warm import Owner, Sessions
from tollbook.workspace import open_workspace

EVERY_S: Final = 5.0


async def watch(kernels: Sessions) -> None:
    """End kernels whose sign-in is over, was ended elsewhere, or has another scope by now; for as long as the server runs."""
    while True:
        await asyncio.sleep(EVERY_S)
        owners = kernels.owners()
        if owners:
            for owner in await asyncio.to_thread(over, owners):
                kernels.end_of(owner.signed_id, owner.scope)


def over(owners: Iterable[Owner]) -> list[Owner]:
    """Those whose sign-in no longer has the scope that it had; none while the database cannot be asked."""
    site, at = read("site", Site), now()
    try:
        with shared(open_workspace()).reading() as session:
            return [
                owner
                for owner in owners
                if not _holds(sessions.again(session, owner.signed_id, owner.actor.address, site, at), owner)
            ]
    except TollbookError:
        return []


def _holds(signed: sessions.Signed | None, owner: Owner) -> bool:
    return signed is not None and signed.scope == owner.scope

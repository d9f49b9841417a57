"""While the portal runs, what is in the outbox goes out."""

import asyncio
import logging
from typing import Final

from tollbook.account.database import shared
from tollbook.account.models import now
from tollbook.account.post import deliver, outbox
from tollbook.account.secret import workspace_secret
from tollbook.params import Site, read
from tollbook.workspace import open_workspace

EVERY_S: Final = 2.0
_log: Final = logging.getLogger("tollbook.post")


async def postman() -> None:
    """Hand over what is due, every two seconds, for as long as the server runs; a round that fails is begun anew."""
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            await asyncio.to_thread(one_round)
        except Exception as error:  # noqa: BLE001 - mail waits, the portal does not stop for it
            _log.error("messages could not be handed over: %s", error)


def one_round() -> dict[str, int]:
    """Hand over what is due; returns how many came to which state. Nothing is looked at where nothing can be sent.

    Raises:
        TollbookError: the database cannot be reached, or params/site.yml is wrong.
    """
    site = read("site", Site)
    if not (outbox.ready(site, "mail") or outbox.ready(site, "sms")):
        return {}
    workspace = open_workspace()
    return deliver.deliver(shared(workspace), workspace_secret(workspace), site, now)

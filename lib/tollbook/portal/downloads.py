"""`/calls.csv`: the calls that a page of calls asks for, all of them, sent as they are read."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from tornado.iostream import StreamClosedError

from tollbook.account.scope import Scope
from tollbook.calls.asked import query
from tollbook.calls.table import chosen_columns, columns_of, csv_pieces
from tollbook.errors import UsageError, did_you_mean
from tollbook.params import Calls
from tollbook.periods import parse_zone
from tollbook.portal.access import asks
from tollbook.portal.handlers import Plain
from tollbook.show.reading import Reading
from tollbook.show.span import Span, span
from tollbook.values import separated
from tollbook.workspace import open_workspace

AT_ONCE: Final = 2
"""Downloads that are read at the same time; others wait."""
SENT: Final = 1 << 18
"""Characters or bytes sent before anything else of the server has its turn."""

_OF_PAGE: Final = ("place", "call")
_turns: Final = asyncio.Semaphore(AT_ONCE)


class Download(Plain):
    """A file that is sent as it is read."""

    async def send(self, pieces: Iterator[str | bytes]) -> None:
        """Piece by piece, each read aside from everything else of the server."""
        try:
            while piece := await asyncio.to_thread(next, pieces, ""):
                for at in range(0, len(piece), SENT):
                    self.write(piece[at : at + SENT])
                    await self.flush()
        except StreamClosedError:  # the reader has enough
            return


class CallsFile(Download):
    """The calls as CSV: same conditions, columns, order and zone as the page whose address has the same query."""

    @asks("export", "calls")
    async def get(self) -> None:
        """Check everything, then send piece by piece."""
        told = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        pieces, name = await asyncio.to_thread(file_of, told, self.signed.scope)
        await self.note_export(f"calls: {name}")
        self.set_header("Content-Type", "text/csv; charset=UTF-8")
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.set_header("Cache-Control", "no-store")
        self.set_header(
            "Content-Encoding", "identity"
        )  # packing a year of calls would hold up everybody else
        async with _turns:
            await self.send(pieces)


def file_of(told: Mapping[str, str], scope: Scope) -> tuple[Iterator[str], str]:
    """The file in pieces, and its name, for whoever has this scope.

    Raises:
        UsageError: a name that means nothing here, or a value of the wrong kind.
    """
    lake = Reading(open_workspace(), scope)
    chosen = checked(told, lake.lacks)
    shown = span(chosen.start, chosen.end, chosen.zone, lake.latest)
    asked = query(chosen, shown.start, shown.end if chosen.end else None, lake.asked_by)
    columns = chosen_columns(separated(chosen.columns), columns_of(lake.asked_by))
    zone = parse_zone(chosen.zone)
    return csv_pieces(lake, asked, columns, zone, customers=scope.customers), _name(shown)


def checked(told: Mapping[str, str], lacks: Collection[str] = ()) -> Calls:
    """The parameters; `lacks` are names that there are not for the reader.

    A name that is misspelt is refused: without its condition the file would hold too much.

    Raises:
        UsageError: a name that means nothing here, or a value of the wrong kind.
    """
    known = [name for name in Calls.names() if name not in {*_OF_PAGE, *lacks}]
    for name in told:
        if name not in known:
            raise UsageError(f"/calls.csv: unknown '{name}'{did_you_mean(name, known)}")
    return Calls.of_texts(told, "/calls.csv", lacks=lacks)


def _name(shown: Span) -> str:
    """`calls-20261005T0000-20261006T0000-UTC.csv`, on the clock of its zone."""
    ends = (f"{instant.astimezone(shown.zone):%Y%m%dT%H%M}" for instant in (shown.start, shown.end))
    return f"calls-{'-'.join(ends)}-{shown.zone.key.replace('/', '-')}.csv"

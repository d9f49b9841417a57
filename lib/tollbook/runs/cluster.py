"""Invoices made by the workers of a Dask cluster. The ledger is a database that all of them reach: PostgreSQL.

A worker that is lost costs nothing: its batch is made again by another one, which finds what had been issued.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from tollbook import __version__
from tollbook.account.database import Database, shared
from tollbook.errors import TollbookError
from tollbook.runs.invoices import Bill, attempt, failed, in_bulk
from tollbook.workspace import Workspace, open_workspace

CONNECT_S: Final = 10
MOST: Final = 50
"""Invoices of a batch: so many are made again at most where a worker is lost."""
_BATCHES: Final = 4
"""Batches of each thread, so that all of them end at about the same time."""

Row = dict[str, Any] | None
Make = Callable[[Bill], Row]


def run_on(address: str, bills: Sequence[Bill], make: Make = attempt) -> Iterator[Row]:
    """What became of each, in order, made by the workers at the address; one that fails does not hold up the rest.

    Raises:
        TollbookError: the ledger is a SQLite file, nobody answers at the address, or there are no workers.
    """
    if not bills:
        return
    place = bills[0].workspace
    ledger = ledger_of(place)
    client = _client(address)
    try:
        threads = sum(client.nthreads().values())
        if not threads:
            raise TollbookError(
                f"the cluster at {address} has no workers: `dask worker {address}` starts one"
            )
        size = max(1, min(MOST, len(bills) // (threads * _BATCHES)))
        bulk = in_bulk(bills)
        batches = [bulk[at : at + size] for at in range(0, len(bulk), size)]
        told = {"ledger": ledger, "program": __version__, "make": make}
        futures = [client.submit(made, batch, **told, pure=False) for batch in batches]
        for batch, future in zip(batches, futures, strict=True):
            yield from _rows(batch, future)
    finally:
        client.close()


def ledger_of(workspace: Workspace) -> str:
    """Where the ledger is, without its password.

    Raises:
        TollbookError: it is a file of this machine.
    """
    url = Database(workspace.database_url).url
    if url.get_backend_name() == "sqlite":
        raise TollbookError(
            "a cluster needs a ledger that all its machines reach, and this workspace has a SQLite file: "
            "let TOLLBOOK_DATABASE_URL name a PostgreSQL database, here and where the workers run"
        )
    return url.render_as_string(hide_password=True)


def made(batch: Sequence[Bill], *, ledger: str, program: str, make: Make) -> list[Row]:
    """On a worker: a batch, one after the other.

    Raises:
        TollbookError: the worker has another ledger or program, or cannot reach the workspace.
    """
    place = open_workspace(batch[0].workspace.home)
    if __version__ != program:
        raise TollbookError(
            f"a worker runs tollbook {__version__}, not {program}: install the same everywhere"
        )
    if (own := ledger_of(place)) != ledger:
        raise TollbookError(
            f"a worker has the ledger {own}, not {ledger}: set TOLLBOOK_DATABASE_URL where it runs"
        )
    shared(place)
    return [make(bill) for bill in batch]


def _client(address: str) -> Any:  # noqa: ANN401 - Dask has no types
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
    except ImportError:
        raise TollbookError(
            "a cluster needs Dask: install it with `pip install 'tollbook[cluster]'`"
        ) from None
    try:
        return Client(address, timeout=CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise TollbookError(f"no Dask scheduler answers at {address}: {error}") from None


def _rows(batch: Sequence[Bill], future: Any) -> list[Row]:  # noqa: ANN401
    """What became of a batch; workers that were lost again and again, or could not begin, are told in each row."""
    try:
        rows: list[Row] = future.result()
    except Exception as error:  # noqa: BLE001 - whatever ended it, the other batches are made
        why = str(error) if isinstance(error, TollbookError) else f"the cluster failed: {error}"
        return [failed(bill, why) for bill in batch]
    return rows

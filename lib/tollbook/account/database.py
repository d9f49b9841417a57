"""The database of an installation: SQLite in the workspace, or PostgreSQL by URL; opened, migrated, in transactions."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Final, Self
from urllib.parse import quote

from filelock import FileLock
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    NullPool,
    Pool,
    QueuePool,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, IntegrityError, ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from tollbook.account.hooks import announce
from tollbook.account.migrate import migrate, refuse_other
from tollbook.errors import TollbookError
from tollbook.workspace import Workspace

BUSY_S: Final = 30
"""How long a writer waits for another one on SQLite."""
CONNECT_S: Final = 10
"""How long a server may take to answer."""

_DRIVERS: Final = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_READ_ONLY: Final[dict[str, dict[str, Any]]] = {
    "sqlite": {"reading": True},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}


class Database:
    """Where the rows are. `session()` to change them, `reading()` to read them; each is one transaction."""

    stays_open: ClassVar[bool] = False
    """Whether connections to a file stay for the next transaction: in a process that does one job and ends.

    Opening one takes longer than most transactions do. Others open it each time, so that the file may be replaced.
    """

    def __init__(self, url: str) -> None:
        self.url = _known(url)
        self.only_read = _not_ours(self._file) if self._file else False
        """Whether it is a file of another user's, who lets this one read it: as analysts in JupyterLab do."""
        pool = QueuePool if self.stays_open else NullPool
        self.engine = _sqlite(self.url, self.only_read, pool) if self._file else _postgresql(self.url)
        reader = self.engine.execution_options(**_READ_ONLY[self.url.get_backend_name()])
        self._writing = sessionmaker(self.engine, expire_on_commit=False)
        announce.listen(self._writing)
        self._reading = sessionmaker(reader, expire_on_commit=False)
        self._watch: Any = None  # SQLite counts the changes of others for each connection that stays

    @classmethod
    def of(cls, workspace: Workspace) -> Self:
        """The workspace's database, at the version that this program knows.

        Raises:
            TollbookError: it cannot be reached, is damaged, or a newer program made it.
        """
        database = cls(workspace.database_url)
        database.migrate()
        return database

    @property
    def _file(self) -> Path | None:
        return Path(self.url.database or "") if self.url.get_backend_name() == "sqlite" else None

    def migrate(self) -> None:
        """Bring an empty or an older database to today's version; waits while another process does so."""
        if self.only_read:
            with self._explained(), self.engine.execution_options(reading=True).begin() as connection:
                refuse_other(connection)
            return
        with self._explained(), self._alone(), self.engine.begin() as connection:
            migrate(connection)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction: committed at the end, rolled back by an exception. On SQLite one writer at a time.

        Raises:
            TollbookError: the database cannot be reached or written.
        """
        with self._explained(), self._writing.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees one state throughout, waits for no writer and refuses changes.

        Raises:
            TollbookError: the database cannot be reached, or something was to be changed.
        """
        with self._explained(), self._reading.begin() as session:
            yield session

    def committed(self) -> str:
        """A text that is another one once anybody has committed a change; it tells nothing else.

        Raises:
            TollbookError: the database cannot be reached.
        """
        with self._explained():
            if self._file is None:
                with self.engine.connect() as connection:
                    return str(connection.scalar(text("SELECT pg_current_snapshot()::text")))
            if self._watch is None:
                self._watch = self.engine.raw_connection()
            (version,) = self._watch.cursor().execute("PRAGMA data_version").fetchone()
            return f"{self._file.stat().st_ino} {version}"

    def close(self) -> None:
        """Let go of the connections that wait for the next transaction."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        self.engine.dispose()

    def _alone(self) -> AbstractContextManager[object]:
        """One process at a time makes a SQLite file: turning on its write-ahead log waits for nobody."""
        if not self._file:
            return nullcontext()
        if not self._file.parent.is_dir():
            raise TollbookError(f"database {self._file}: there is no folder {self._file.parent}")
        return FileLock(f"{self._file}.lock")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """What the database itself reports, in one line; mistakes in a statement or a row are the caller's."""
        try:
            yield
        except (IntegrityError, ProgrammingError, DataError):
            raise
        except DatabaseError as error:
            reason = (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]
            shown = self.url.render_as_string(hide_password=True)
            hint = ": it is another user's, whose portal has to run" if self.only_read else ""
            raise TollbookError(f"database {self._file or shown}: {reason}{hint}") from error


def shared(workspace: Workspace) -> Database:
    """The workspace's database, opened and migrated once for as long as this process runs.

    Raises:
        TollbookError: as `Database.of`.
    """
    return _opened(workspace, workspace.database_url)


@lru_cache(maxsize=8)
def _opened(workspace: Workspace, url: str) -> Database:  # noqa: ARG001 - in the key
    return Database.of(workspace)


def _known(url: str) -> URL:
    """The URL with the driver that is used here.

    Raises:
        TollbookError: it is none, or names another kind of database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise TollbookError(_FORMS.format("the database URL cannot be read")) from None
    kind = parsed.drivername.partition("+")[0]
    if kind not in _DRIVERS:
        raise TollbookError(_FORMS.format(f"database '{parsed.drivername}' is not supported"))
    if kind == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise TollbookError(_FORMS.format("the database URL names no file"))
    return parsed.set(drivername=_DRIVERS[kind])


_FORMS: Final = "{}: write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME in TOLLBOOK_DATABASE_URL"


def _not_ours(file: Path) -> bool:
    return file.exists() and not os.access(
        file, os.W_OK, effective_ids=os.access in os.supports_effective_ids
    )


def _sqlite(url: URL, only_read: bool, pool: type[Pool]) -> Engine:  # noqa: FBT001 - of the file itself
    """An engine whose transactions begin where they are told to: the driver itself begins none."""
    if only_read:
        url = url.set(database=f"file:{quote(url.database or '')}", query={"mode": "ro", "uri": "true"})
    engine = create_engine(url, poolclass=pool, connect_args={"timeout": BUSY_S, "isolation_level": None})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    for pragma in ("foreign_keys = ON", "journal_mode = WAL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """A writer takes its turn at once, so that it never finds out at the end that it read an old state."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _postgresql(url: URL) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_S})
    except ImportError:
        raise TollbookError(
            "PostgreSQL needs its driver: install it with `pip install 'tollbook[postgresql]'`"
        ) from None

"""Bringing a database to the version that this program knows, once, however many processes start at once."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from tollbook.errors import TollbookError

HEAD: Final = "0016"
"""The newest version in `migrations/`; known here so that a database which has it costs no import of Alembic."""
_LOCK: Final = 7_655_020_041
"""Any number, the same in every process: the PostgreSQL advisory lock under which one of them migrates."""


def migrate(connection: Connection) -> None:
    """Bring the database of this open transaction to HEAD; a second process waits here for the first.

    On SQLite the transaction itself is the lock, as it begins with BEGIN IMMEDIATE.

    Raises:
        TollbookError: a newer program made the database.
    """
    if _version(connection) == HEAD:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    version = _version(connection)
    if version != HEAD:
        _upgrade(connection, version)


def refuse_other(connection: Connection) -> None:
    """Nothing, if the database of this transaction has the version HEAD: whoever may only read it cannot change that.

    Raises:
        TollbookError: it has another one.
    """
    version = _version(connection)
    if version != HEAD:
        raise TollbookError(
            f"the database has version {version}, this program knows {HEAD}: let its owner start this one once"
        )


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def _upgrade(connection: Connection, version: str | None) -> None:
    from alembic import command  # noqa: PLC0415 - slow to import, seldom needed
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise TollbookError(
            f"the database was made by a newer Tollbook (version {version}, this one knows {HEAD}): update Tollbook"
        )
    command.upgrade(config, "head")

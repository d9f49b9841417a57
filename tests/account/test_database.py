import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from tollbook.account import database as databases
from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.errors import TollbookError
from tollbook.workspace import Workspace


def names(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Customer.id).order_by(Customer.id)))


def test_a_workspace_has_its_own_file_migrated(workspace: Workspace) -> None:
    assert names(Database.of(workspace)) == []
    assert (workspace.home / "tollbook.db").is_file()


def test_sqlite_writes_ahead_and_keeps_foreign_keys(workspace: Workspace) -> None:
    with Database.of(workspace).reading() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        assert session.scalar(text("PRAGMA busy_timeout")) == databases.BUSY_S * 1000


def test_a_session_commits_at_its_end(database: Database) -> None:
    with database.session() as session:
        session.add(Customer(id="acme", name="ACME"))
    assert names(database) == ["acme"]


def test_a_commit_by_anybody_is_noticed_and_a_look_or_a_way_back_is_none(database: Database) -> None:
    before = database.committed()
    names(database)
    with suppress(KeyError), database.session() as session:
        session.add(Customer(id="acme", name="ACME"))
        raise KeyError
    unchanged = database.committed()
    with database.session() as session:
        session.add(Customer(id="acme", name="ACME"))
    after = database.committed()
    database.close()
    assert after != unchanged
    if (
        database.engine.dialect.name == "sqlite"
    ):  # PostgreSQL's own work is noticed too, and costs another look
        assert before == unchanged


def test_an_exception_takes_everything_back(database: Database) -> None:
    def half_done() -> None:
        with database.session() as session:
            session.add(Customer(id="acme", name="ACME"))
            session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        half_done()
    assert names(database) == []


def test_a_broken_rule_is_the_callers_to_explain(database: Database) -> None:
    with pytest.raises(IntegrityError), database.session() as session:
        session.execute(text("INSERT INTO carrier (id) VALUES ('kilo')"))


def test_rows_can_be_read_after_their_session(database: Database) -> None:
    with database.session() as session:
        session.add(acme := Customer(id="acme", name="ACME"))
    assert (acme.name, acme.zone) == ("ACME", "UTC")


def test_reading_refuses_changes(database: Database) -> None:
    with pytest.raises(TollbookError, match=r"(?i)read-?only"), database.reading() as session:
        session.add(Customer(id="acme", name="ACME"))
    with database.session() as session:
        session.add(Customer(id="bolt", name="Bolt"))
    assert names(database) == ["bolt"]


def test_reading_sees_one_state_and_waits_for_no_writer(database: Database) -> None:
    with database.reading() as reader:
        assert reader.scalars(select(Customer.id)).all() == []
        with database.session() as writer:
            writer.add(Customer(id="acme", name="ACME"))
        assert reader.scalars(select(Customer.id)).all() == []
    assert names(database) == ["acme"]


def test_a_connection_that_stays_open_sees_what_others_commit_and_holds_no_lock(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Database.of(workspace)
    monkeypatch.setattr(Database, "stays_open", True)
    mine = Database(workspace.database_url)
    assert names(mine) == []
    with other.session() as session:
        session.add(Customer(id="acme", name="ACME"))
    with suppress(KeyError), mine.session() as session:
        session.add(Customer(id="lost", name="Lost"))
        raise KeyError
    assert names(mine) == ["acme"]
    with mine.session() as session:
        session.add(Customer(id="beta", name="Beta"))
    with other.session() as session:
        session.add(Customer(id="gamma", name="Gamma"))
    assert names(other) == names(mine) == ["acme", "beta", "gamma"]
    with (
        pytest.raises(TollbookError, match="attempt to write a readonly database"),
        mine.reading() as session,
    ):
        session.add(Customer(id="delta", name="Delta"))
    mine.close()


def test_a_second_writer_is_told_when_the_first_takes_too_long(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    Database.of(workspace)
    monkeypatch.setattr(databases, "BUSY_S", 0)
    first, second = Database(workspace.database_url), Database(workspace.database_url)

    def write_both() -> None:
        with first.session() as slow, second.session() as late:
            slow.execute(insert(Carrier).values(id="kilo", name="Kilo"))
            late.execute(insert(Carrier).values(id="lima", name="Lima"))

    with pytest.raises(TollbookError, match=r"tollbook\.db: database is locked"):
        write_both()


@pytest.mark.parametrize("form", ["postgresql://h/n", "postgres://h/n", "postgresql+psycopg2://h/n"])
def test_postgresql_is_spoken_to_through_psycopg_3(form: str) -> None:
    assert Database(form).url.drivername == "postgresql+psycopg"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://h/n", "database 'mysql' is not supported: write sqlite:///FILE or postgresql://"),
        ("tollbook.db", "the database URL cannot be read: write sqlite:///FILE or postgresql://"),
        ("sqlite://", "the database URL names no file: write sqlite:///FILE"),
    ],
)
def test_a_url_that_cannot_be_used_tells_what_to_write(url: str, reason: str) -> None:
    with pytest.raises(TollbookError, match=reason):
        Database(url)


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    database = Database(f"postgresql://me:secret@/calls?host={tmp_path}")
    with pytest.raises(TollbookError, match=r"^database postgresql.*/calls.*: ") as failed:
        database.migrate()
    assert "secret" not in str(failed.value)
    assert "\n" not in str(failed.value)


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(TollbookError, match=r"pip install 'tollbook\[postgresql\]'"):
        Database("postgresql://h/n")


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(workspace: Workspace) -> None:
    file = workspace.home / "tollbook.db"
    file.write_text("not a database, but the notes of someone\n" * 50)
    before = file.read_bytes()
    with pytest.raises(TollbookError, match="file is not a database"):
        Database.of(workspace)
    assert file.read_bytes() == before


def test_a_folder_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(TollbookError, match=r"there is no folder .*/none$"):
        Database(f"sqlite:///{tmp_path}/none/tollbook.db").migrate()
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", ["a%20b", "what?", "sp ace ü #1", "50%"])
def test_the_database_lies_in_its_workspace_whatever_that_is_called(tmp_path: Path, name: str) -> None:
    place = Workspace(tmp_path / name)
    place.create()
    Database.of(place).close()
    assert (place.home / "tollbook.db").is_file()


ANOTHER = """
import os, sys
from pathlib import Path
from sqlalchemy import select
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.errors import TollbookError
from tollbook.workspace import Workspace

def look(home):
    try:
        database = Database.of(Workspace(Path(home)))
        with database.reading() as session:
            print(*session.scalars(select(Customer.id)))
        with database.session() as session:
            session.merge(Customer(id="mine", name="Mine"))
        print("could change it")
    except TollbookError as error:
        print(error)

look(sys.argv[1])  # loads what another user may not be able to load
sys.stdout.flush()
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
look(sys.argv[2])
"""


@pytest.fixture
def seen_by_another(workspace: Workspace) -> Iterator[tuple[Workspace, Callable[[], list[str]]]]:
    """A workspace that others may read, and what a program of another user, in no group of the owner's, says of it."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    folder = Path(tempfile.mkdtemp(prefix="tollbook"))  # others cannot enter those of pytest
    made = Workspace(folder / "home")
    made.create()
    for opened in (folder, made.home):
        opened.chmod(0o755)

    def look() -> list[str]:
        words = [sys.executable, "-c", ANOTHER, str(workspace.home), str(made.home)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert not done.stderr
        return done.stdout.splitlines()[2:]

    yield made, look
    shutil.rmtree(folder)


def test_another_user_reads_and_does_not_change_while_the_owner_has_it_open(
    seen_by_another: tuple[Workspace, Callable[[], list[str]]],
) -> None:
    workspace, look = seen_by_another
    owner = Database.of(workspace)
    owner.committed()
    with owner.session() as session:
        session.add(Customer(id="acme", name="ACME"))
    seen, refused = look()
    assert seen == "acme"
    assert "attempt to write a readonly database" in refused
    owner.close()
    (refused,) = look()
    assert refused.endswith("it is another user's, whose portal has to run")


def test_another_user_changes_no_version(
    seen_by_another: tuple[Workspace, Callable[[], list[str]]],
) -> None:
    workspace, look = seen_by_another
    owner = Database.of(workspace)
    owner.committed()
    with owner.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    (refused,) = look()
    assert refused.startswith("the database has version 0001")
    owner.close()

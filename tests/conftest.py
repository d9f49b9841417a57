"""What all tests share."""

import os
import pwd
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pytest
from hypothesis import settings
from sqlalchemy import Connection

from secrets_kept import _no_secret_is_told  # noqa: F401 - for all tests
from tollbook.account import migrate
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.billing.decks import RATES, deck_book, import_deck
from tollbook.billing.rating import rate_calls
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake
from tollbook.tables import CALLS, SEIZURES, Table, conform
from tollbook.workspace import Workspace

settings.register_profile("tollbook", deadline=None)  # how fast the machine is says nothing about the program
settings.register_profile("fuzz", deadline=None, max_examples=2000)
settings.load_profile("fuzz" if "TOLLBOOK_FUZZ" in os.environ else "tollbook")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
Row = Mapping[str, Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests go first, so that of several processes none begins one when the others have ended."""
    slow = {
        item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")
    }
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A fresh, empty workspace."""
    made = Workspace(tmp_path / "home")
    made.create()
    return made


@pytest.fixture(scope="session")
def samples() -> Path:
    """Records of real switches with independent truth; not part of a clone."""
    folder = SHARED / "samples"
    if not folder.is_dir():
        pytest.skip("the records of real switches are not beside this clone")
    return folder


def known_call(number: int) -> dict[str, Any]:
    """Call `number` of 1010, one every 80 s of 2026-10-05: 1000 of alpha (400 answered), 10 of beta (9 answered).

    Even numbers go by north, odd ones by south. An answered call talks 60 s and costs its customer 0.0123.
    Of the answered calls those of numbers divisible by 4 press three digits, the others none.
    """
    alpha = number < 1000
    answered = number % 5 < 2 if alpha else number > 1000
    at = datetime(2026, 10, 5, tzinfo=UTC) + timedelta(seconds=80 * number)
    return {
        "day": at.date(),
        "switch": "s1",
        "call_id": f"c{number}",
        "customer": "alpha" if alpha else "beta",
        "carrier": "south" if number % 2 else "north",
        "started_at": at,
        "answered_at": at + timedelta(seconds=5) if answered else None,
        "ended_at": at + timedelta(seconds=65 if answered else 20),
        "talk_ms": 60_000 if answered else 0,
        "sip_code": 200 if answered else 486,
        "outcome": "answered" if answered else "busy",
        "dtmf_digits": (0 if number % 4 else 3) if answered else None,
        "records": 1,
        "destination": "Latvia",
        "billed_s": 60 if answered else 0,
        "charge": Decimal("0.0123") if answered else Decimal(0),
        "currency": "EUR",
    }


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace of 1010 known calls (409 answered) and as many seizures, rolled up; to be read, not written."""
    made = Workspace(tmp_path_factory.mktemp("network") / "home")
    made.create()
    Database.of(made).close()
    lake = Lake(made)
    calls = pl.LazyFrame([known_call(number) for number in range(1010)], schema_overrides=CALLS.schema)
    costs = calls.with_columns(cost=pl.col("charge") / 2, seizure=pl.lit(1))
    with lake.writing() as step:
        step.append(CALLS, calls)
        step.append(SEIZURES, costs)
        step.mark(changed=[date(2026, 10, 5)])
    refresh(lake, datetime(2026, 10, 6, 1, tzinfo=UTC))
    return made


@pytest.fixture
def charged(workspace: Workspace) -> Workspace:
    """Customer acme (EUR, 15 % tax) in October 2026: three calls at 0.056, two at 0.010, one unanswered.

    Customer quiet has no calls.
    """

    db = Database.of(workspace)
    with db.session() as session:
        acme = Customer(id="acme", name="ACME Ltd", tax_rate=Decimal(15), address="1 High Street\nLondon")
        session.add_all([acme, Customer(id="quiet", name="Quiet", currency="EUR")])
    minute = {"connect_fee": Decimal(0), "initial_increment_s": 60, "increment_s": 60, "blocked": False}
    rates = [
        {"prefix": "44", "destination": "UK", "rate_per_min": Decimal("0.010"), **minute},
        {"prefix": "447", "destination": "UK mobile", "rate_per_min": Decimal("0.028"), **minute},
    ]
    frame = pl.DataFrame(rates, schema=RATES)
    import_deck(db, frame, side="customer", owner="acme", source="uk.csv", currency="EUR")
    monday, tuesday = datetime(2026, 10, 5, 9, tzinfo=UTC), datetime(2026, 10, 6, 10, tzinfo=UTC)
    made = [(monday, "447700900123", 61)] * 3 + [(tuesday, "442071838750", 60)] * 2
    rows = [
        {"day": at.date(), "switch": "test", "call_id": str(i), "customer": "acme", "called": called,
         "started_at": at, "answered_at": at if talk_s else None, "ended_at": at + timedelta(seconds=talk_s),
         "talk_ms": talk_s * 1000, "outcome": "answered" if talk_s else "busy", "records": 1}
        for i, (at, called, talk_s) in enumerate([*made, (tuesday, "442071838750", 0)])
    ]  # fmt: skip
    calls = rate_calls(conform(pl.LazyFrame(rows), CALLS), deck_book(db).customers)
    with Lake(workspace).writing() as step:
        step.append(CALLS, calls)
        step.mark(changed={monday.date(), tuesday.date()})
    refresh(Lake(workspace))
    return workspace


@pytest.fixture
def repriced(charged: Workspace) -> Callable[..., None]:
    """Gives acme of `charged` a new deck, minutes billed whole: what a minute to UK and to UK mobile costs from then on."""

    def priced(uk: str, mobile: str, *more: tuple[str, str, str]) -> None:
        minute = {"connect_fee": Decimal(0), "initial_increment_s": 60, "increment_s": 60, "blocked": False}
        told = [("44", "UK", uk), ("447", "UK mobile", mobile), *more]
        rates = [
            {"prefix": prefix, "destination": name, "rate_per_min": Decimal(rate), **minute}
            for prefix, name, rate in told
        ]
        db = Database.of(charged)
        import_deck(db, pl.DataFrame(rates, schema=RATES), side="customer", owner="acme", source="new.csv")
        db.close()

    return priced


def _stored(rows: Iterable[Row], table: Table) -> pl.LazyFrame:
    """Rows of a table from what a test says of them: `at` as ISO text in UTC, `talk_s` where answered, any column."""
    full = []
    for number, row in enumerate(rows):
        started = datetime.fromisoformat(row["at"]).replace(tzinfo=UTC)
        talk = timedelta(seconds=row.get("talk_s") or 0)
        answered = row.get("talk_s") is not None
        given = {
            "day": started.date(),
            "switch": "s1",
            "call_id": f"c{number}",
            "started_at": started,
            "answered_at": started if answered else None,
            "ended_at": started + talk,
            "talk_ms": talk // timedelta(milliseconds=1),
            "outcome": "answered" if answered else "failed",
            "records": 1,
        }
        full.append(given | {k: v for k, v in row.items() if k not in {"at", "talk_s"}})
    known = {k: v for k, v in table.schema.items() if not full or any(k in row for row in full)}
    return conform(pl.LazyFrame(full, schema=known), table)


@pytest.fixture
def keep(workspace: Workspace) -> Callable[..., Lake]:
    """Add calls and seizures, told by `at`, `talk_s` and any of their columns, and roll them up unless told not to."""

    def stored(calls: Iterable[Row] = (), seizures: Iterable[Row] = (), *, rolled: bool = True) -> Lake:
        lake = Lake(workspace)
        with lake.writing() as step:
            days: set[date] = set()
            for table, rows in ((CALLS, list(calls)), (SEIZURES, list(seizures))):
                step.append(table, _stored(rows, table))
                days |= {datetime.fromisoformat(row["at"]).date() for row in rows}
            step.mark(changed=sorted(days))
        if rolled:
            refresh(lake, at=datetime(2026, 11, 1, tzinfo=UTC))
        return lake

    return stored


INSTALL = "no PostgreSQL on this machine: apt-get install postgresql"
USER = "postgres"
_databases = count(1)


def _programs() -> Path:
    """The newest PostgreSQL that Debian installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else pytest.skip(INSTALL)


def _account() -> pwd.struct_passwd | None:
    """Whom the server runs as: it refuses root."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam(USER)
    pytest.skip(INSTALL)


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A server of this test run's own, reached by a socket in its folder; the URL is its first database."""
    programs, account = _programs(), _account()
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)

    def run(program: str, *words: str) -> None:
        before = ["runuser", "-u", USER, "--"] if account else []
        command = [*before, str(programs / program), "-D", str(folder / "data"), *words]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    run("initdb", "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://{USER}@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        subprocess.Popen(
            ["rm", "-rf", str(folder)], start_new_session=True
        )  # a database a test: nobody waits for it


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tollbook.db'}"
    return _made(request.getfixturevalue("postgresql_url"), "template1")


@pytest.fixture(scope="session")
def _migrated(postgresql_url: str) -> str:
    """The name of a database of today's version, of which others are copies."""
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE migrated")
    made = Database(postgresql_url.replace("/postgres?", "/migrated?"))
    made.migrate()
    made.close()
    return "migrated"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of today's version without rows, of each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'tollbook.db'}"
        made = Database(url)
        made.migrate()
        made.close()
        return url
    return _made(request.getfixturevalue("postgresql_url"), request.getfixturevalue("_migrated"))


def _made(server: str, template: str) -> str:
    """A database of its own at a server of PostgreSQL; its URL."""
    name = f"test_{next(_databases)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    """A migrated database without rows, of each kind."""
    made = Database(migrated_url)
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def each_database(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's workspace keeps its rows in a database of each kind."""
    monkeypatch.setenv("TOLLBOOK_DATABASE_URL", migrated_url)


@cache
def _statements() -> list[str]:
    """What makes an empty SQLite database one of today's version."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tollbook.db"
        made = Database(f"sqlite:///{file}")
        made.migrate()
        made.close()
        with closing(sqlite3.connect(file)) as connection:
            return [line for line in connection.iterdump() if line not in {"BEGIN TRANSACTION;", "COMMIT;"}]


@pytest.fixture(autouse=True)
def _migrated_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new SQLite database is what its migrations make, without going through each of them every time."""
    through_all, statements = migrate._upgrade, _statements()

    def upgrade(connection: Connection, version: str | None) -> None:
        if version is not None or connection.dialect.name != "sqlite":
            through_all(connection, version)
        else:
            for statement in statements:
                connection.exec_driver_sql(statement)

    monkeypatch.setattr(migrate, "_upgrade", upgrade)


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may reach a workspace or a database that the environment happens to name."""
    monkeypatch.delenv("TOLLBOOK_HOME", raising=False)
    monkeypatch.delenv("TOLLBOOK_DATABASE_URL", raising=False)
    monkeypatch.delenv("TOLLBOOK_SECRET", raising=False)

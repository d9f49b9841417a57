"""Whose pages a process shows: told once, and nothing of anybody else's is sent to the browser."""

import json
import re
from array import array
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import select

from aside import run
from show import walk
from tollbook import metrics
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.account.people.models import AuditEvent
from tollbook.account.scope import Scope
from tollbook.billing.decks import RATES, import_deck
from tollbook.errors import TollbookError, UsageError
from tollbook.metrics import compute
from tollbook.portal.downloads import file_of
from tollbook.runs.kernel import kernel_with
from tollbook.show import board, calls, invoice, reader, summary
from tollbook.show.reading import Reading
from tollbook.workspace import Workspace, open_workspace

ADMIN = Scope("admin")
ALIASES, NAMES, NO = (Scope("contact", "acme", carriers) for carriers in ("aliases", "names", "no"))
ANNA = Actor(7, "anna@acme.example", "192.0.2.1")
SPAN = {"start": "2026-10-05", "end": "2026-10-06"}

CALLS = 12
CHARGE, COST = Decimal("0.0731"), Decimal("0.00271828")
OTHERS = ("zebrat", "Zebra Telecom", "49301234", "49309876")
CARRIERS = ("northstar", "North Star Ltd", "southwind", "South Wind Inc")
OF_THEIR_DECKS = ("Carrierland",)
LABELS = re.compile(r"\b(costs?|profit|margin)\b|cost_|_cost|seizure_billed", re.IGNORECASE)


@pytest.fixture
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was told nothing yet."""
    monkeypatch.setattr(reader._process, "scope", None)
    monkeypatch.setattr(reader._process, "actor", None)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, _alone: None) -> None:
    """A process of the portal, which is to be told whose it is."""
    monkeypatch.setenv("TOLLBOOK_SCOPE", "told")


@pytest.fixture
def home(workspace: Workspace, keep: Any, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Twelve calls of acme and of zebrat in one hour, by two carriers; each second one was tried on both."""
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    db = Database.of(workspace)
    with db.session() as session:
        session.add(Customer(id="acme", name="Acme", currency="EUR", channels=1))
        session.add(Customer(id="zebrat", name="Zebra Telecom", currency="EUR", channels=1))
        session.add(Carrier(id="northstar", name="North Star Ltd", channels=1))
        session.add(Carrier(id="southwind", name="South Wind Inc", channels=1))
    for owner, side, place, currency in (
        ("acme", "customer", "Latvia", "EUR"),
        ("zebrat", "customer", "Latvia", "EUR"),
        ("northstar", "carrier", "Carrierland", "EUR"),
        ("southwind", "carrier", "Carrierland", "EUR"),
    ):
        rate = CHARGE if side == "customer" else COST
        row = {"prefix": "4", "destination": place, "rate_per_min": rate, "connect_fee": Decimal(0),
               "initial_increment_s": 60, "increment_s": 60, "blocked": False}  # fmt: skip
        import_deck(
            db, pl.DataFrame([row], schema=RATES), side=side, owner=owner, source="d.csv", currency=currency
        )
    offered, tried = [], []
    for number in range(CALLS):
        for customer, caller, called in (
            ("acme", "37120000", "44207946"),
            ("zebrat", "49301234", "49309876"),
        ):
            at, one = f"2026-10-05T10:{number:02}", {"customer": customer, "call_id": f"{customer}-{number}"}
            last = ("northstar", "southwind")[number // 2 % 2]
            both = {**one, "at": at, "caller": f"{caller}{number:03}", "called": f"{called}{number:03}",
                    "pdd_ms": 900, "sip_code": 200, "dtmf_digits": 1}  # fmt: skip
            rated = {"prefix": "4", "billed_s": 60}
            answered = {**both, **rated, "talk_s": 60, "carrier": last}
            offered.append({**answered, "destination": "Latvia", "charge": CHARGE, "currency": "EUR"})
            if number % 2:
                tried.append({**both, **rated, "carrier": "northstar", "seizure": 1, "sip_code": 503, "billed_s": 0,
                              "destination": "Carrierland", "cost": Decimal(0), "currency": "EUR"})  # fmt: skip
            costs = {"destination": "Carrierland", "cost": COST, "currency": "EUR"}
            tried.append({**answered, **costs, "seizure": 1 + number % 2})
    keep(offered, [{k: v for k, v in row.items() if k != "dtmf_digits"} for row in tried])
    return workspace


def _figures() -> set[str]:
    """Costs of one to all calls of both customers, and what is left of their charges, with five digits."""
    amounts = {n * COST for n in range(1, 2 * CALLS + 1)}
    amounts |= {n * CHARGE - m * COST for n in range(1, CALLS + 1) for m in range(1, 2 * CALLS + 1)}
    return {f"{amount:.8f}" for amount in amounts}


FIGURES = _figures()


def found(page: str, scope: Scope, **parameters: Any) -> dict[str, set[str]]:
    """What of others, of carriers, of costs stands in anything that the page sends."""
    reader.begin(scope.text(), ANNA.text())
    leaks: dict[str, set[str]] = {
        "others": set(),
        "carriers": set(),
        "labels": set(),
        "figures": set(),
        "decks": set(),
    }
    for leaf in walk.leaves(walk.everything(page, {**SPAN, **parameters})):
        if isinstance(leaf, float):
            leaks["figures"] |= {f"{leaf:.8f}"} & FIGURES
            continue
        leaks["others"] |= {word for word in OTHERS if word in leaf}
        leaks["carriers"] |= {word for word in CARRIERS if word in leaf}
        leaks["decks"] |= {word for word in OF_THEIR_DECKS if word in leaf}
        leaks["labels"] |= {leaf[:200]} if LABELS.search(leaf) else set()
        numbers = re.findall(r"\d+\.\d+", leaf)
        leaks["figures"] |= {f"{Decimal(number):.8f}" for number in numbers} & FIGURES
    return leaks


@pytest.mark.usefixtures("home", "told")
@pytest.mark.parametrize("page", ["dashboard", "summary", "calls", "invoices"])
@pytest.mark.parametrize("scope", [ALIASES, NO], ids=["aliases", "no"])
def test_nothing_of_others_of_carriers_or_of_costs_is_sent_to_a_contact(page: str, scope: Scope) -> None:
    assert found(page, scope) == {
        "others": set(),
        "carriers": set(),
        "labels": set(),
        "figures": set(),
        "decks": set(),
    }


@pytest.mark.usefixtures("home", "told")
@pytest.mark.parametrize("page", ["dashboard", "calls"])
def test_where_the_account_allows_it_a_contact_is_sent_carriers_names_and_nothing_else(page: str) -> None:
    leaks = found(page, NAMES)
    assert leaks.pop("carriers") >= {"northstar", "southwind"}
    assert leaks == {"others": set(), "labels": set(), "figures": set(), "decks": set()}


@pytest.mark.usefixtures("home", "told")
@pytest.mark.parametrize("page", ["dashboard", "summary", "calls"])
def test_the_same_search_finds_all_of_it_on_an_operators_page(page: str) -> None:
    leaks = found(page, ADMIN)
    assert all(leaks[name] for name in ("others", "labels", "figures"))
    assert bool(leaks["decks"]) == (page != "summary")
    assert bool(leaks["carriers"]) == (page != "summary")


@pytest.mark.usefixtures("home", "told")
@pytest.mark.parametrize("page", walk.PAGES)
def test_without_a_reader_a_session_of_the_portal_opens_nothing(page: str) -> None:
    with pytest.raises(TollbookError, match="does not know its reader"):
        walk.run(page)


@pytest.mark.usefixtures("_alone")
def test_a_variable_that_says_anything_else_opens_nothing_either(
    home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOLLBOOK_SCOPE", ADMIN.text())
    with pytest.raises(TollbookError, match="can only be 'told'"):
        Reading(home)


@pytest.mark.usefixtures("_alone")
def test_outside_of_the_portal_whoever_has_the_files_has_all(home: Workspace) -> None:
    assert reader.scope() == ADMIN
    assert Reading(home).lacks == frozenset()


@pytest.mark.usefixtures("told")
def test_a_session_is_told_its_reader_once_and_for_good() -> None:
    reader.begin(ALIASES.text(), ANNA.text())
    reader.begin(ALIASES.text(), ANNA.text())
    for other in ((ADMIN.text(), ANNA.text()), (ALIASES.text(), ""), (NO.text(), ANNA.text())):
        with pytest.raises(TollbookError, match="has its reader already"):
            reader.begin(*other)
    assert reader.scope() == ALIASES


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    "texts", [("",), ("{}",), ('{"role": "contact"}',), (ADMIN.text(), "{}"), (ADMIN.text(), "7")]
)
def test_a_text_that_is_no_scope_or_no_actor_opens_nothing(texts: tuple[str, ...]) -> None:
    with pytest.raises(TollbookError, match="opens nothing"):
        reader.begin(*texts)
    with pytest.raises(TollbookError, match="does not know its reader"):
        reader.scope()


@pytest.fixture
def contact(home: Workspace, told: None) -> Workspace:
    """A session of a contact of acme, who is shown aliases."""
    reader.begin(ALIASES.text(), ANNA.text())
    return home


def listing(**given: str) -> calls.Listing:
    """The page of calls, as its notebook reads it."""
    asked = calls.conditions(*(given.get(name, "") for name in (
        "number", "customer", "carrier", "outcome", "sip_code", "shortest", "longest", "where")))  # fmt: skip
    shown = [
        given.get(name, usual)
        for name, usual in (("columns", ""), ("order", "newest"), ("place", ""), ("call", ""))
    ]
    return calls.read(SPAN["start"], SPAN["end"], "UTC", asked, *shown, "")


@pytest.mark.usefixtures("contact")
def test_a_contact_sees_its_own() -> None:
    table = listing().table()
    assert (table.count, len(table.rows)) == ("12 calls", CALLS)
    assert "Customer" not in [column["label"] for column in table.offered]
    (row,) = summary.read(view="daily").grid().frame.rows(named=True)
    assert (row["customer"], row["attempts"], row["charge"]) == ("acme", CALLS, CALLS * CHARGE)
    page = board.read(**SPAN)
    assert page.lake.offered["customer"] == ["acme"]
    assert all(re.fullmatch(r"Route [A-Z2-7]{4}", alias) for alias in page.lake.offered["carrier"])


def test_a_carriers_alias_is_its_name_wherever_one_is_asked_for(contact: Workspace) -> None:
    first, second = Reading(contact).offered["carrier"]
    # Calls 0, 1, 4, 5, 8 and 9 were answered by the one, the others by the other.
    assert [listing(carrier=f'"{alias}"').table().count for alias in (first, second)] == [
        "6 calls",
        "6 calls",
    ]
    asked = json.dumps({"field": "carrier", "op": "is", "value": first})
    assert listing(where=asked).table().count == "6 calls"
    page = board.read(**SPAN, carrier=f'"{first}"')
    assert [line["label"] for line in page.graph(metrics.ATTEMPTS).legend] == ["Total", first]


@pytest.mark.usefixtures("contact")
@pytest.mark.parametrize("name", ["northstar", "nowhere"])
def test_a_carriers_own_name_is_as_unknown_as_any_other(name: str) -> None:
    assert listing(carrier=name).table().count == "0 calls"
    assert (
        listing(where=json.dumps({"field": "carrier", "op": "is", "value": name})).table().count == "0 calls"
    )
    assert board.read(**SPAN, carrier=name).graph(metrics.ASR).state == "empty"


@pytest.mark.usefixtures("contact")
@pytest.mark.parametrize("customer", ["zebrat", "nobody", "acme"])
def test_a_contact_has_no_parameter_customer(customer: str) -> None:
    assert listing(customer=customer).table().count == "12 calls"
    assert summary.read(view="daily", customer=customer).grid().frame["customer"].to_list() == ["acme"]
    page = board.read(**SPAN, customer=customer, by="total")
    assert page.figures.lineup.attempts == CALLS
    assert page.choices.value.customer == ""
    controls = page.controls()
    assert "customer" not in {field["name"] for field in controls.fields}
    controls.set_state({"values": {**controls.values, "customer": customer}})
    assert (controls.fault, page.figures.lineup.attempts) == ("", CALLS)


def refusal(ask: Callable[[str], object], name: str, other: str) -> tuple[str, str]:
    """What is said of a name that there is not for this reader, and of one that nobody has, without the name."""
    said = []
    for one in (name, other):
        with pytest.raises(UsageError) as refused:
            ask(one)
        said.append(re.split("; known|, did you", str(refused.value).replace(one, "..."))[0])
    return said[0], said[1]


ASKED: dict[str, Callable[[str], object]] = {
    "graph": lambda name: board.read(**SPAN, graphs=name),
    "line": lambda name: board.read(**SPAN, by=name),
    "column": lambda name: listing(columns=name).table(),
    "condition": lambda name: listing(where=json.dumps({"field": name, "op": "is", "value": "x"})),
    "metric": lambda name: compute(Reading(open_workspace()), [name]),
    "group": lambda name: compute(Reading(open_workspace()), ["asr"], (name,)),
    "file": lambda name: file_of({name: "zebrat"}, ALIASES),
    "columns of a file": lambda name: file_of({"columns": name}, ALIASES),
}


@pytest.mark.usefixtures("contact")
@pytest.mark.parametrize(
    ("ask", "name"),
    [
        ("graph", "cost"),
        ("graph", "margin"),
        ("line", "customer"),
        ("column", "customer"),
        ("column", "cost"),
        ("condition", "customer"),
        ("condition", "cost"),
        ("metric", "cost"),
        ("metric", "margin"),
        ("metric", "margin_ratio"),
        ("file", "customer"),
        ("columns of a file", "customer"),
    ],
)
def test_what_a_contact_has_not_is_as_unknown_as_what_nobody_has(ask: str, name: str) -> None:
    hidden, unknown = refusal(ASKED[ask], name, "qqqq")
    assert hidden == unknown


def test_another_customers_call_is_as_unknown_as_none(contact: Workspace) -> None:
    at = "2026-10-05T10:03:00Z"
    page = listing()
    said = []
    for call in ("zebrat-3", "qqqqqq-3"):
        page.controls().set_state({"values": {**page.controls().values, "call": f"{at},s1,{call}"}})
        said.append(page.controls().fault.replace(call, "..."))
    assert said == ["there is no call '...' of s1 at 2026-10-05 10:03:00"] * 2
    assert page.table().opened == {}
    page.controls().set_state({"values": {**page.controls().values, "call": f"{at},s1,acme-3"}})
    tries = page.table().opened["tries"]
    assert [head["label"] for head in tries["columns"]][:2] == ["Try", "Carrier"]
    assert len(tries["rows"]) == len(set(map(str, tries["rows"]))) == 2


def test_the_file_of_calls_is_cut_as_the_page_is(contact: Workspace) -> None:
    pieces, _ = file_of({**SPAN, "order": "oldest"}, ALIASES)
    head, *rows = "".join(pieces).splitlines()
    assert len(rows) == CALLS
    assert not [word for word in (*OTHERS, *CARRIERS, "Customer") if word in "\n".join([head, *rows])]
    everything, _ = file_of(SPAN, ADMIN)
    assert len("".join(everything).splitlines()) == 1 + 2 * CALLS


@pytest.mark.usefixtures("contact")
def test_a_contact_cannot_have_a_grid_make_an_invoice_or_export_what_it_has_not() -> None:
    grid = summary.read(view="daily").grid()
    sent: list[Any] = []
    grid.send = lambda content, buffers=None: sent.append(content)
    acted: list[Any] = []
    grid.on_action(lambda *told: acted.append(told))
    ask = {"revision": grid.revision}
    row = memoryview(array("I", [0]).tobytes())
    grid._handle_custom_msg({**ask, "kind": "action", "action": "invoice", "rows": [0]}, [])
    assert (acted, grid.fault) == ([], "This cannot be done with these rows.")
    for columns, rows in (
        (["cost"], row),
        (["tickable"], row),
        (["customer"], memoryview(array("I", [1]).tobytes())),
    ):
        grid._handle_custom_msg({**ask, "kind": "export", "format": "csv", "columns": columns}, [rows])
        assert grid.fault in {"Nothing is selected that could be exported.", "There is no such row."}
    grid.set_state({"actions": [{"name": "invoice"}], "table": {}})
    assert (grid.actions, sent) == ([], [])


def exports(home: Workspace) -> list[tuple[Any, ...]]:
    """What the audit has of exports."""
    with Database.of(home).reading() as session:
        rows = session.scalars(select(AuditEvent).where(AuditEvent.action == "export")).all()
        return [(row.login, row.address, row.resource, row.outcome, row.after) for row in rows]


def export(grid: Any) -> str:
    """Export its first cell; what went wrong."""
    grid.send = lambda content, buffers=None: None
    asked = {"kind": "export", "format": "csv", "columns": ["attempts"], "revision": grid.revision}
    grid._handle_custom_msg(asked, [memoryview(array("I", [0]).tobytes())])
    return str(grid.fault)


def test_an_export_stands_in_the_audit(contact: Workspace) -> None:
    assert export(summary.read(view="daily").grid()) == ""
    after = {"format": "csv", "columns": ["attempts"], "rows": 1}
    assert exports(contact) == [("anna@acme.example", "192.0.2.1", "summary", "done", after)]


def test_what_is_taken_of_a_graph_stands_in_the_audit(contact: Workspace) -> None:
    graph = board.read(**SPAN).graph(metrics.ASR)
    graph._handle_custom_msg({"kind": "take", "form": "svg"}, [])
    after = {"graph": "asr", "format": "svg", "rows": graph._drawing.points.height}
    assert exports(contact) == [("anna@acme.example", "192.0.2.1", "dashboard", "done", after)]


@pytest.mark.usefixtures("told")
def test_whom_nobody_can_name_exports_nothing(home: Workspace) -> None:
    reader.begin(ALIASES.text())
    assert export(summary.read(view="daily").grid()) == "You may not export this."
    assert exports(home) == []


@pytest.mark.usefixtures("_alone")
def test_outside_of_the_portal_exports_need_no_name(home: Workspace) -> None:
    assert export(summary.read(view="daily").grid()) == ""
    assert exports(home) == []


def test_what_may_be_seen_of_a_resource_is_asked_of_the_table_of_rights(contact: Workspace) -> None:
    with pytest.raises(TollbookError, match="You may not see this"):
        walk.run("carriers")
    with pytest.raises(UsageError, match="You may not export this"):
        reader.note_export(Database.of(contact), "carriers", {})
    assert exports(contact) == [("anna@acme.example", "192.0.2.1", "carriers", "refused", None)]


@pytest.mark.usefixtures("contact")
def test_a_graph_of_costs_is_not_there_and_neither_is_its_tile() -> None:
    page = board.read(**SPAN)
    assert not page.graph(metrics.COST).children
    assert [tile["name"] for tile in page.tiles([metrics.CHARGE, metrics.COST, metrics.MARGIN]).tiles] == [
        "charge"
    ]
    assert not {"cost", "margin"} & {graph["name"] for graph in page.more().graphs}


def test_limits_are_a_contacts_own(contact: Workspace) -> None:
    page = board.read(**SPAN)
    assert page.agreed == {"customer": {"acme": 1}}
    controls, more, _ = page.controls(), page.more(), page.opened()
    controls.set_state({"values": {**controls.values, "graphs": "limits"}})
    (graph,) = page.opened().children
    assert ([line["name"] for line in graph.legend], graph.bys) == (["acme"], [])
    assert "limits" in [one["name"] for one in more.graphs]


FAULT = """
from tollbook.show.widget import View
class Small(View):
    module_file = "base.js"
view = Small()
view.attempt(lambda: {}["secret"])
"""
BEGIN = f"from tollbook.show.reader import begin; begin({ALIASES.text()!r}, {ANNA.text()!r})"


async def run_in_kernel(sources: list[str], log: Any) -> list[str]:
    """What a kernel of the portal says of these cells to a page, beside that it works."""
    kernel = kernel_with({"TOLLBOOK_SCOPE": "told"})()
    await kernel.start_kernel(stderr=log)
    client = kernel.client()
    client.start_channels()
    told: list[str] = []
    try:
        await client.wait_for_ready(timeout=60)
        for source in sources:
            asked, over = client.execute(source), False
            while not over:
                message = await client.get_iopub_msg(timeout=60)
                content, parent = message["content"], message["parent_header"].get("msg_id")
                told += [str(content)] if message["msg_type"] in {"stream", "error"} else []
                over = parent == asked and content.get("execution_state") == "idle"
    finally:
        client.stop_channels()
        await kernel.shutdown_kernel(now=True)
    return told


def test_what_goes_wrong_stands_in_the_servers_log_and_not_on_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # with it a kernel leaves the file of errors as it is
    with (tmp_path / "log").open("wb") as log:
        told = run(run_in_kernel([BEGIN, FAULT, "import os; os.write(2, b'panicked at lib.rs')"], log))
    assert told == []
    written = (tmp_path / "log").read_text()
    assert "KeyError: 'secret'" in written
    assert "panicked at lib.rs" in written


@pytest.mark.usefixtures("contact")
def test_a_contact_is_sent_its_invoices_and_does_not_open_records() -> None:
    with pytest.raises(TollbookError, match="You may not see this"):
        invoice.load()

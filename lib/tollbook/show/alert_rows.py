"""What the page of alerts shows, as rows: rules with how they stand, what they did, and what they would have done."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import polars as pl

from tollbook.account.alerts.areas import AREAS, kind_words, operator_words, status_words
from tollbook.alerts.replay import Replayed
from tollbook.language import tr
from tollbook.tables import INSTANT, Dtype

Row = Mapping[str, Any]
_RULES: Final[Mapping[str, Dtype]] = {
    **dict.fromkeys(("id", "name", "href", "area", "subject", "rule", "sample", "value"), pl.String),
    **dict.fromkeys(("calls", "status", "tone", "recipients"), pl.String),
    **dict.fromkeys(("raised_at", "at"), INSTANT),
}
_EVENTS: Final[Mapping[str, Dtype]] = {
    "id": pl.Int64,
    **dict.fromkeys(("at", "recorded_at"), INSTANT),
    **dict.fromkeys(("name", "kind", "tone", "subject", "value", "calls", "told"), pl.String),
}
_TONES: Final = {"raised": "wrong", "ok": "good", "fired": "wrong", "repeated": "wrong", "reset": "good"}


def rule_frame(rows: Iterable[Row], currencies: Mapping[str, str]) -> pl.DataFrame:
    """Rules as the grid has them, a row per subject; those that are raised come first."""
    told = [_rule(row, state, currencies) for row in rows for state in (row["states"] or [None])]
    told.sort(key=lambda row: row["raised_at"] is None)
    return pl.DataFrame(told, schema=_RULES)


def event_frame(rows: Iterable[Row], currencies: Mapping[str, str]) -> pl.DataFrame:
    """What rules did, as the grid has it."""
    told = [
        {
            **{name: row[name] for name in ("id", "name")},
            **{name: row[name].replace(microsecond=0) for name in ("at", "recorded_at")},
            **_figure(row["area"], row, _currency(row, row["subject"], currencies)),
            **_kind(row["kind"]),
            "subject": of_whom(row, row["subject"]),
            "told": ", ".join(f"{one['to']}: {one['state'] or '–'}" for one in row["deliveries"]),
        }
        for row in rows
    ]
    return pl.DataFrame(told, schema=_EVENTS)


def firing_frame(made: Replayed, currencies: Mapping[str, str]) -> pl.DataFrame:
    """What a rule would have done, as the grid has it."""
    rule = vars(made.rule)
    told = [
        {
            "id": place,
            "at": one.figure.at,
            "recorded_at": None,
            "name": made.rule.name,
            "told": "",
            **_figure(made.rule.area, vars(one.figure), _currency(rule, one.subject, currencies)),
            **_kind(one.kind),
            "subject": of_whom(rule, one.subject),
        }
        for place, one in enumerate(made.happened)
    ]
    return pl.DataFrame(told, schema=_EVENTS)


def bound_words(row: Row, currency: str = "") -> str:
    """A rule as people read it: `below 40.00 %, over at 45.00 %`."""
    area = AREAS[row["area"]]
    threshold = f"{operator_words(row['operator'])} {area.words(row['threshold'], currency)}"
    if row["reset"] == row["threshold"]:
        return threshold
    return tr("{rule}, over at {reset}").format(rule=threshold, reset=area.words(row["reset"], currency))


def of_whom(row: Row, subject: str) -> str:
    """What a figure is of, `all` where it is of nobody alone."""
    named = [row[name] for name in ("customer", "carrier", "destination") if row[name]]
    return ", ".join([*named, *([subject] if subject else [])]) or tr("all")


def _rule(row: Row, state: Row | None, currencies: Mapping[str, str]) -> dict[str, Any]:
    subject = state["subject"] if state else ""
    currency = _currency(row, subject, currencies)
    each = {
        "customer": tr("each customer"),
        "carrier": tr("each carrier"),
        "destination": tr("each destination"),
    }
    status = "raised" if state and state["raised_at"] else state["status"] if state else ""
    words = status_words(state["status"]) if state else tr("not judged yet") if row["active"] else tr("off")
    if status == "raised" and state and state["status"] != "raised":
        words = f"{status_words('raised')}, {words}"
    area = AREAS[row["area"]]
    return {
        "id": str(row["id"]),
        "name": row["name"],
        "href": f"alerts?alert={row['id']}",
        "area": tr(area.label),
        "subject": of_whom(row, subject) if subject or not row["by"] else each[row["by"]],
        "rule": bound_words(row, currency),
        "sample": tr("{minutes} min").format(minutes=row["sample_min"]) if area.is_sampled else "–",
        **_figure(row["area"], state or {"value": None, "calls": None}, currency),
        "status": words,
        "tone": _TONES.get(status, "quiet"),
        "raised_at": state["raised_at"] if state else None,
        "at": state["at"] if state else None,
        "recipients": ", ".join(row["recipients"]),
    }


def _figure(area: str, row: Row, currency: str) -> dict[str, str]:
    calls = row["calls"]
    return {"value": AREAS[area].words(row["value"], currency), "calls": "–" if calls is None else str(calls)}


def _kind(kind: str) -> dict[str, str | None]:
    return {"kind": kind_words(kind), "tone": _TONES.get(kind, "quiet")}


def _currency(row: Row, subject: str, currencies: Mapping[str, str]) -> str:
    if not AREAS[row["area"]].is_money:
        return ""
    return currencies.get((subject if row["by"] else "") or row["customer"], "")

"""What the page of alerts says: headings of its grids, the fields of its form, and the words of its parts."""

from typing import Any, Final

from tollbook.account.alerts.areas import AREAS, OPERATORS, operator_words
from tollbook.account.alerts.models import Alert
from tollbook.language import tr
from tollbook.money import plain
from tollbook.show.grid_values import GridColumn

Field = dict[str, Any]
_TEXTS: Final = ("customer", "carrier", "destination")


def rule_columns() -> list[GridColumn]:
    """The columns of rules."""
    return [
        GridColumn("status", tr("Status"), tone="tone"),
        GridColumn("name", tr("Alert"), "link", href="href"),
        GridColumn("area", tr("Area")),
        GridColumn("subject", tr("Of")),
        GridColumn("value", tr("Now"), tone="tone"),
        GridColumn("rule", tr("Rule")),
        GridColumn("calls", tr("Calls")),
        GridColumn("sample", tr("Sample period")),
        GridColumn("raised_at", tr("Raised since"), "instant"),
        GridColumn("at", tr("As of"), "instant"),
        GridColumn("recipients", tr("Recipients")),
    ]


def event_columns() -> list[GridColumn]:
    """The columns of what rules did."""
    return [
        GridColumn("at", tr("As of"), "instant"),
        GridColumn("kind", tr("What"), tone="tone"),
        GridColumn("name", tr("Alert")),
        GridColumn("subject", tr("Of")),
        GridColumn("value", tr("Figure")),
        GridColumn("calls", tr("Calls")),
        GridColumn("told", tr("Told to")),
        GridColumn("recorded_at", tr("Found"), "instant"),
    ]


def firing_columns() -> list[GridColumn]:
    """The columns of what a rule would have done."""
    return [column for column in event_columns() if column.name not in {"name", "told", "recorded_at"}]


def fields(rule: Alert | None) -> list[Field]:
    """The form, filled with a rule, or with what a new one has where nobody says otherwise."""
    all_of_it = tr("all")
    area = AREAS[rule.area] if rule else None
    bys = {"": tr("all together"), "customer": tr("each customer"), "carrier": tr("each carrier")}
    bys["destination"] = tr("each destination")
    held: dict[str, str] = {
        "name": rule.name if rule else "",
        "area": rule.area if rule else "asr",
        "operator": rule.operator if rule else "",
        "threshold": _written(rule, "threshold"),
        "reset": _written(rule, "reset"),
        "sample_min": str(rule.sample_min) if rule else "60",
        "min_calls": str(rule.min_calls) if rule else "",
        "repeat_min": str(rule.repeat_min or "") if rule else "",
        "by": rule.by if rule else "",
        **{name: getattr(rule, name) if rule else "" for name in _TEXTS},
        "recipients": " ".join(rule.recipients) if rule else "",
        "active": "yes" if rule is None or rule.active else "no",
    }
    usual = {"": tr("what is bad of it")} if area is None else {}
    choices = {
        "area": {name: tr(one.label) for name, one in AREAS.items()},
        "operator": usual | {name: operator_words(name) for name in OPERATORS},
        "by": bys,
        "active": {"yes": tr("yes"), "no": tr("no")},
    }
    hints = {
        "reset": tr("as the threshold"),
        "min_calls": tr("as usual"),
        "repeat_min": tr("once"),
        **dict.fromkeys(_TEXTS, all_of_it),
    }
    return [
        {
            "name": name,
            "label": label,
            "value": held[name],
            "options": [{"value": one, "label": words} for one, words in choices.get(name, {}).items()],
            "hint": hints.get(name, ""),
            "wide": name in {"name", "recipients"},
        }
        for name, label in _labels().items()
    ]


def units() -> dict[str, str]:
    """What a threshold of each area is written in."""
    told = {"%": "%", "s": "s", "ms": "ms", "1/s": "1/s", "money": tr("in the customer's currency"), "": ""}
    return {name: told[area.unit] for name, area in AREAS.items()}


def words() -> dict[str, str]:
    """What the parts say."""
    return {
        "new": tr("New alert"),
        "save": tr("Save"),
        "enter": tr("Enter"),
        "try": tr("Back-test these values"),
        "test": tr("Send a test"),
        "remove": tr("Remove"),
        "sure": tr("Remove this alert? Its history stays."),
        "fired": tr("{subject}: {count} ×"),
        "read_only": tr("You may look at alerts, and try values; an admin changes them."),
    }


def _labels() -> dict[str, str]:
    return {
        "name": tr("Name"),
        "area": tr("Area"),
        "operator": tr("Fires when it is"),
        "threshold": tr("Threshold"),
        "reset": tr("Over again at"),
        "sample_min": tr("Sample period, minutes"),
        "min_calls": tr("Minimum of calls"),
        "repeat_min": tr("Repeat, minutes"),
        "by": tr("Judged by"),
        "customer": tr("Customer"),
        "carrier": tr("Carrier"),
        "destination": tr("Destination"),
        "recipients": tr("Recipients: addresses or login names"),
        "active": tr("Active"),
    }


def _written(rule: Alert | None, name: str) -> str:
    """A figure as it is typed: a share in percent."""
    if rule is None:
        return ""
    if AREAS[rule.area].is_share:
        return f"{plain(getattr(rule, name) * 100)}%"
    return plain(getattr(rule, name))

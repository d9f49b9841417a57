"""What axe-core finds on a page: WCAG 2.1 A and AA, and best practice."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

RULES: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]},
    "resultTypes": ["violations"],
}
COLOURS: dict[str, Any] = RULES | {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
}


def faults(page: Any, within: str | None = None, rules: dict[str, Any] = RULES) -> list[str]:
    """A line for each."""
    found = Axe().run(page, within, rules).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} ({node['target']})" for rule in found for node in rule["nodes"]
    ]


def faults_in_both_themes(page: Any, within: str | None = None) -> list[str]:
    """The same in light, and in dark what has to do with colours: nothing else is another than in light."""
    found = []
    for theme, rules in (("light", RULES), ("dark", COLOURS)):
        page.emulate_media(color_scheme=theme)
        page.wait_for_selector(f'html[data-theme="{theme}"]', state="attached")
        found += [f"{theme}: {fault}" for fault in faults(page, within, rules)]
    return found

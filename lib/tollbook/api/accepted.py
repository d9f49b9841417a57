"""Whether a program takes an answer of a kind, by its `Accept` (RFC 9110, 12.5.1)."""


def accepts(header: str, media: str) -> bool:
    """Whether the most exact range that fits `media` has a weight above 0; no ranges at all take everything."""
    kind = media.partition(";")[0].strip().lower()
    found = [(_exactness(name, kind), weight) for name, weight in _ranges(header)]
    fitting = [(exact, weight) for exact, weight in found if exact]
    return not found or (bool(fitting) and max(fitting)[1] > 0)


def _ranges(header: str) -> list[tuple[str, float]]:
    parts = [part.split(";") for part in header.lower().split(",") if part.strip()]
    return [(name.strip(), _weight(options)) for name, *options in parts]


def _weight(options: list[str]) -> float:
    for option in options:
        name, _, value = option.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def _exactness(name: str, kind: str) -> int:
    """3 for the kind itself, 2 for all of its family, 1 for everything, 0 where it does not fit."""
    return {kind: 3, f"{kind.partition('/')[0]}/*": 2, "*/*": 1}.get(name, 0)

"""Everything a notebook displays: theme, charts, the grid.

Importing it makes a plain Altair chart at the end of a cell draw without a network, in Voila and JupyterLab.
"""

from typing import Any

from IPython.core.getipython import get_ipython


def _chart_bundle(chart: Any) -> Any:  # noqa: ANN401 - Altair is not loaded yet
    from tollbook.show.vega import mimebundle  # noqa: PLC0415 - loaded with the first chart

    return mimebundle(chart)


def draw_charts_offline() -> bool:
    """Tell Jupyter how to show Altair charts, without loading Altair; false outside of a notebook."""
    shell = get_ipython()
    if shell is None or shell.display_formatter is None:
        return False
    formatter = shell.display_formatter.mimebundle_formatter
    formatter.for_type_by_name("altair.vegalite.v6.api", "TopLevelMixin", _chart_bundle)
    return True


draw_charts_offline()

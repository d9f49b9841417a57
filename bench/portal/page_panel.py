"""The page in Panel."""

import panel as pn

from bench.portal.charts import charts

pn.extension("vega")
pn.GridBox(*(pn.pane.Vega(chart) for chart in pn.state.as_cached("charts", charts)), ncols=2).servable()

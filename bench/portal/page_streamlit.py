"""The page in Streamlit."""

import streamlit as st

from bench.portal.charts import charts

st.set_page_config(layout="wide")
for place, chart in zip(st.columns(2) * 2, st.cache_data(charts, show_spinner=False)(), strict=True):
    place.vega_lite_chart(chart)

"""Running notebooks: which one, with which parameters, into which files."""

from tollbook.runs.imports import skip_slow_parsers

skip_slow_parsers()  # before any of these modules loads the format of notebooks

"""Everything a notebook displays: theme, charts, the grid.

Importing it makes a plain Altair chart at the end of a cell draw without a network, in Voila and JupyterLab.
"""

from tollbook.show.shell import prepare

prepare()

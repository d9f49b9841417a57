"""Everything a notebook displays: theme, charts, the grid."""

"""One file per version, named by its revision."""

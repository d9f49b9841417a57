"""Running notebooks: which one, with which parameters, into which files."""

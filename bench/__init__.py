"""Measures Tollbook against the best peers, as ratios in one run: `make bench`."""

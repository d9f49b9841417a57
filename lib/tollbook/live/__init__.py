"""Calls in progress now: one file per switch that can be asked, and one collector that asks them."""

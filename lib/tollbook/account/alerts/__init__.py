"""Alerts as rows: the rules, how each stands, what it did, and who was told."""

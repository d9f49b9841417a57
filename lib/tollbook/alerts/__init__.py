"""Alerts at work: figures of a sample period, whether a rule fires, each refresh judged, and days gone by replayed."""

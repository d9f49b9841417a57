"""Calls at rest: the store, ingest of files, rollups of days."""

"""Versions of the database, by Alembic; `account.migrate` runs them."""

"""Checks of an installation and its workspace: what is well, and what to do about what is not."""

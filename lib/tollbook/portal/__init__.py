"""Serving: Voila and what stands around it."""

"""The stream of calls in progress, with many who follow it."""

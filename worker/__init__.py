"""Payments from the stream in, each decided by its account's scorer."""

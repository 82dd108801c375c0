"""Scores the payments of the stream that no gateway asked about."""

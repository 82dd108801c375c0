"""Judges whether a model version may decide payments; each check is a row of a report."""

"""Measures how well frauds are found, and draws it."""

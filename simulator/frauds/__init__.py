"""Frauds: one file a kind, each staging whole episodes from their first day on."""

"""Outbox entries in, rows in PostgreSQL out: once each, however often either side is killed."""

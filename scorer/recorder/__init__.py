"""Outbox entries in; rows in PostgreSQL out, once each, and messages on Kafka, once or more."""

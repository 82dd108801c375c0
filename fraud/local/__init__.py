"""Runs PostgreSQL and MLflow as child processes: settings in, an address to use them at out."""

"""Calls and what becomes of their decisions in, spans out; nothing of it runs unless it is on."""

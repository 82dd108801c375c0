"""What processes do in, spans of W3C traces out to an OTLP collector; off unless one is set."""

"""How good the decisions were, as far as labels tell by now; for Prometheus."""

"""What the dashboards know of a scorer, as Prometheus reads it."""

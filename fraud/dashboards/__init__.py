"""Grafana's dashboards without a Grafana: the same JSON, drawn in a browser from Prometheus."""

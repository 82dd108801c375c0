"""What Prometheus knows of the rest of the platform, where there is one."""

from typing import Any

import httpx

QUESTIONS = {
    "worker lag": "sum(fraud_worker_lag_messages)",
    "Spark backlog": "sum(fraud_stream_backlog_messages)",
}
FIRING = 'ALERTS{alertstate="firing"}'
SECONDS = 0.5


def ask_prometheus(url: str) -> dict[str, str] | None:
    """Figures of other processes, and the alerts that fire; None where no Prometheus answers.

    Args:
        url: Such as ``http://127.0.0.1:9090``.
    """
    try:
        with httpx.Client(base_url=url, timeout=SECONDS) as client:
            told = {name: _value(client, query) for name, query in QUESTIONS.items()}
            alerts = [each["metric"]["alertname"] for each in _query(client, FIRING)]
    except (httpx.HTTPError, ValueError, KeyError):
        return None
    found = {name: value for name, value in told.items() if value is not None}
    return found | {"alerts firing": ", ".join(sorted(set(alerts))) or "none"}


def _value(client: httpx.Client, query: str) -> str | None:
    return next((f"{float(each['value'][1]):,.0f}" for each in _query(client, query)), None)


def _query(client: httpx.Client, query: str) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/query", params={"query": query})
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()["data"]["result"]
    return found

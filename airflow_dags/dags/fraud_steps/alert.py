"""What people are told: a line in a file, metrics, and a webhook if there is one."""

import fcntl
import json
import logging
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from fraud_steps import variables

LOG: Final = logging.getLogger(__name__)
WEBHOOK_SECONDS: Final = 10.0
FILE: Final = "alerts.jsonl"


def on_failure(context: Mapping[str, Any]) -> None:
    """Tell of a task that failed for good; a callback of every task."""
    tell("task_failed", context, error=str(context.get("exception") or "unknown"))


def on_roll_back(context: Mapping[str, Any]) -> None:
    """Tell of a version that was promoted and taken back."""
    tell("rolled_back", context)


def tell(event: str, context: Mapping[str, Any], **facts: str | None) -> None:
    """Tell of something that happened in a task; a webhook that is away does not fail it.

    Args:
        event: What happened.
        context: Airflow's, of the task.
        facts: What else is to be told.
    """
    record = {"event": event, **_place(context), **facts}
    LOG.warning("%s", json.dumps(record))
    folder = Path(variables.read("fraud_project")) / variables.read("fraud_alerts")
    folder.mkdir(parents=True, exist_ok=True)
    _append(folder / FILE, record)
    _measure(folder, record)
    _send(record)
    _post(variables.read("fraud_webhook"), record)


def _place(context: Mapping[str, Any]) -> dict[str, str | int | None]:
    task, run = context["ti"], context["dag_run"]
    date = run.logical_date
    return {
        "told_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "dag_id": task.dag_id,
        "task_id": task.task_id,
        "run_id": task.run_id,
        "logical_date": date.isoformat() if date else None,
        "try_number": task.try_number,
        "log_url": getattr(task, "log_url", None),
    }


def _append(path: Path, record: Mapping[str, Any]) -> None:
    """One line, whole, whoever else writes."""
    with path.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps(record) + "\n")


def _labels(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: record[key] for key in ("event", "dag_id", "task_id")}


def _send(record: Mapping[str, Any]) -> None:
    """When it last happened, beside Airflow's own metrics where those are switched on."""
    from airflow.sdk.observability.stats import gauge

    gauge("fraud_dag_event", int(datetime.now(UTC).timestamp()), tags=_labels(record))


def _measure(folder: Path, record: Mapping[str, Any]) -> None:
    """When it last happened, for Prometheus' textfile collector; a file for each series."""
    name = "fraud_dag_event_timestamp_seconds"
    labels = _labels(record)
    told = ",".join(f'{key}="{value}"' for key, value in labels.items())
    path = folder / f"{record['dag_id']}-{record['task_id']}-{record['event']}.prom"
    partial = path.with_suffix(".partial")
    partial.write_text(
        f"# HELP {name} When this last happened in a task, Unix time.\n# TYPE {name} gauge\n"
        f"{name}{{{told}}} {datetime.now(UTC).timestamp():.0f}\n",
        encoding="utf-8",
    )
    partial.replace(path)


def _post(url: str, record: Mapping[str, Any]) -> None:
    if not url:
        return
    headers = {"Content-Type": "application/json"}
    body = json.dumps(record).encode()
    request = urllib.request.Request(url, body, headers)  # noqa: S310 - an operator's own setting
    try:
        urllib.request.urlopen(request, timeout=WEBHOOK_SECONDS).close()  # noqa: S310
    except (OSError, ValueError) as error:
        LOG.warning("Failed to tell `%s`: %s", url, error)

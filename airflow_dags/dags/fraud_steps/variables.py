"""What an operator may set: Airflow variables, each with a default.

Set one on Airflow's page, by ``airflow variables set``, or in the environment as
``AIRFLOW_VAR_FRAUD_...``; the next task that starts uses it.
"""

import os
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[3]

DEFAULTS: Final = {
    "fraud_project": str(PROJECT),
    "fraud_command": str(PROJECT / ".venv" / "bin" / "fraud"),
    "fraud_datasets": ".fraud/datasets",
    "fraud_backfills": ".fraud/backfills",
    "fraud_data": ".fraud/lake",
    "fraud_train_days": "28",
    "fraud_gap_days": "7",
    "fraud_holdout_days": "7",
    "fraud_settle_days": "7",
    "fraud_search": "0",
    "fraud_serve_within": "30s",
    "fraud_drift_window": "24h",
    "fraud_drift_clock": "decided",
    "fraud_drift_schedule": "0 1 * * *",
    "fraud_alerts": ".fraud/airflow/alerts",
    "fraud_webhook": "",
}
"""Name -> value where nobody has set another; README.md tells what each is for."""


def template(name: str) -> str:
    """A template that gives a variable's value when the task starts.

    >>> template("fraud_search")
    "{{ var.value.get('fraud_search', '0') }}"
    """
    return f"{{{{ var.value.get({name!r}, {DEFAULTS[name]!r}) }}}}"


def when_read(name: str) -> str:
    """A variable that a DAG itself is made of: from the environment alone.

    DAGs are read every few seconds, and would ask the database for it each time.

    >>> when_read("fraud_drift_schedule")
    '0 1 * * *'
    """
    return os.environ.get(f"AIRFLOW_VAR_{name.upper()}", DEFAULTS[name])


def read(name: str) -> str:
    """A variable's value, read within a task."""
    from airflow.sdk import Variable

    return str(Variable.get(name, default=DEFAULTS[name]))

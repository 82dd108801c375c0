"""What every task has, unless its DAG says otherwise."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fraud_steps import variables
from fraud_steps.alert import on_failure
from fraud_steps.windows import Windows

START: Final = datetime(2026, 1, 1, tzinfo=UTC)

# The first delay is Airflow's own setting, core.default_task_retry_delay: five minutes unless set.
TASK: Final[dict[str, Any]] = {
    "owner": "fraud",
    "retries": 3,
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=30),
    "execution_timeout": timedelta(minutes=10),
    "on_failure_callback": [on_failure],
}


def windows(dag_run: Any) -> Windows:
    """The windows of a run's day, for templates; a run that was started by hand has today's."""
    day = (dag_run.logical_date or dag_run.run_after).date()
    names = ("train_days", "gap_days", "holdout_days", "settle_days")
    return Windows.before(day, **{name: int(variables.read(f"fraud_{name}")) for name in names})


def day(dag_run: Any) -> str:
    """The day that a run belongs to, for templates."""
    return str((dag_run.logical_date or dag_run.run_after).date())


DAG_SETTINGS: Final[dict[str, Any]] = {
    "start_date": START,
    "catchup": False,
    "max_active_runs": 1,
    "default_args": TASK,
    "user_defined_macros": {"windows": windows, "day": day},
    "tags": ["fraud"],
}

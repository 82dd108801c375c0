"""Nightly: whether yesterday's payments still are what the champion was trained on.

The report goes to PostgreSQL, where Prometheus finds its figures, and to a page. Drift is told, and
starts `retrain`, whose gate judges what it brings. Where payments are too few for a verdict nothing
is told: the next run looks again.
"""

from datetime import timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, CronTriggerTimetable, TriggerRule

from fraud_steps.branch import FraudBranchOperator
from fraud_steps.command import FraudOperator
from fraud_steps.defaults import DAG_SETTINGS
from fraud_steps.notice import NoticeOperator
from fraud_steps.variables import DEFAULTS, template, when_read

SCHEDULE = when_read("fraud_drift_schedule")
BY_DECISION = "var.value.get('fraud_drift_clock', 'decided') == 'decided'"
# Days of payments' own time end with the newest payment.
UNTIL = f"{{{{ '--until=' + day(dag_run) if {BY_DECISION} else '' }}}}"
PAGE = f"{template('fraud_alerts')}/drift.html"

with DAG(
    "drift",
    description="Hold yesterday's payments against the champion's training",
    schedule=CronTriggerTimetable(SCHEDULE, timezone="UTC"),
    doc_md=__doc__,
    # Who sets a schedule wants it kept.
    is_paused_upon_creation=None if DEFAULTS["fraud_drift_schedule"] == SCHEDULE else False,
    **DAG_SETTINGS,
):
    measure = FraudBranchOperator(
        task_id="measure",
        arguments=[
            *("drift", "measure", "--window", template("fraud_drift_window")),
            *("--clock", template("fraud_drift_clock"), UNTIL),
        ],
        branches={0: "stable", 1: "drifted", 3: "too_few"},
        execution_timeout=timedelta(hours=1),
    )
    stable = EmptyOperator(task_id="stable")
    too_few = EmptyOperator(task_id="too_few")
    drifted = NoticeOperator(task_id="drifted", event="drifted", facts={"page": PAGE})
    retrain = TriggerDagRunOperator(
        task_id="retrain",
        trigger_dag_id="retrain",
        trigger_run_id="drift__{{ day(dag_run) }}",
        logical_date="{{ (dag_run.logical_date or dag_run.run_after).isoformat() }}",
        skip_when_already_exists=True,
    )
    page = FraudOperator(
        task_id="page",
        arguments=["drift", "report", "--html", PAGE],
        trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
    )

    measure >> [stable, drifted] >> page
    measure >> too_few
    drifted >> retrain

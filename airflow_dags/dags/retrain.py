"""Nightly: a new model from what is known by now, live only if it is better and is seen to serve.

Data set, training, evaluation, gate; then promote, notify and verify, or hold and notify. What
fails on the way leaves the champion as it was; a version that scorers do not serve is taken back.
"""

from datetime import timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, CronTriggerTimetable, TriggerRule

from fraud_steps.alert import on_roll_back
from fraud_steps.branch import BRANCH, FraudBranchOperator
from fraud_steps.command import FraudOperator
from fraud_steps.defaults import DAG_SETTINGS
from fraud_steps.notice import NoticeOperator
from fraud_steps.variables import template

FOLDER = f"{template('fraud_datasets')}/{{{{ day(dag_run) }}}}"
VERSION = "{{ ti.xcom_pull('train') }}"
CHOSEN = f"ti.xcom_pull('gate', key={BRANCH!r})"
TO_BE_PROMOTED = f"{{{{ 'yes' if {CHOSEN} == 'promote' else '' }}}}"
BY = ["--by", "airflow"]
REASON = ["--reason", "retrain of {{ day(dag_run) }}"]

with DAG(
    "retrain",
    description="Train, judge and, if it is better, promote",
    schedule=CronTriggerTimetable("0 2 * * *", timezone="UTC"),
    doc_md=__doc__,
    **DAG_SETTINGS,
):
    windows = {
        name: f"{{{{ windows(dag_run).{name} }}}}" for name in ("as_of", "train", "gap", "holdout")
    }
    dataset = FraudOperator(
        task_id="dataset",
        answer=["dataset", "show", FOLDER],
        unanswered=2,  # not there, or damaged
        arguments=[
            *("dataset", "build", "--data", template("fraud_data"), "--output", FOLDER),
            *("--as-of", windows["as_of"], "--train", windows["train"]),
            *("--gap", windows["gap"], "--holdout", windows["holdout"]),
        ],
        execution_timeout=timedelta(hours=2),
    )
    train = FraudOperator(
        task_id="train",
        answer=["models", "find", "--dataset", FOLDER],
        arguments=[
            *("train", "--dataset", FOLDER, "--search", template("fraud_search"), "--no-promote"),
        ],
        execution_timeout=timedelta(hours=6),
    )
    evaluate = FraudOperator(
        task_id="evaluate",
        arguments=["evaluate", "--dataset", FOLDER, "--version", VERSION],
        execution_timeout=timedelta(minutes=30),
    )
    gate = FraudBranchOperator(
        task_id="gate",
        arguments=["gate", VERSION, "--dataset", FOLDER, "--reproduce"],
        branches={0: "promote", 1: "hold"},
        execution_timeout=timedelta(hours=1),
    )
    promote = FraudOperator(
        task_id="promote", arguments=["models", "promote", VERSION, *REASON, *BY]
    )
    hold = EmptyOperator(task_id="hold")
    notify = NoticeOperator(
        task_id="notify",
        event=f"{{{{ {{'promote': 'promoted', 'hold': 'held'}}[{CHOSEN}] }}}}",
        facts={"version": VERSION, "dataset": FOLDER},
        trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
    )
    # It waits by itself, and each attempt costs the same time again with an unproven champion.
    verify = FraudOperator(
        task_id="verify",
        arguments=["models", "verify", VERSION, "--within", template("fraud_serve_within")],
        retries=0,
    )
    roll_back = FraudOperator(
        task_id="roll_back",
        only_if=TO_BE_PROMOTED,
        arguments=["models", "rollback", "--from", VERSION, *REASON, *BY],
        skip_on_exit_code=1,
        trigger_rule=TriggerRule.ONE_FAILED,
        on_success_callback=[on_roll_back],
    )
    done = EmptyOperator(task_id="done", trigger_rule=TriggerRule.NONE_FAILED)

    dataset >> train >> evaluate >> gate >> [promote, hold] >> notify
    promote >> verify
    [promote, verify] >> roll_back
    [notify, verify, roll_back] >> done

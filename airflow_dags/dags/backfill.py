"""By hand: the state of every account, merchant, category and device, from the whole history.

Started when states are to be made anew: after a change of the feature contract, or for a scorer
that has no snapshot. It reads, and writes to a folder of its own; with `publish` the states also go
to the topic that scorers merge them from, which repeats do not harm.
"""

from datetime import timedelta

from airflow.sdk import DAG, Param

from fraud_steps.command import FraudOperator
from fraud_steps.defaults import DAG_SETTINGS
from fraud_steps.variables import template

FOLDER = f"{template('fraud_backfills')}/{{{{ day(dag_run) }}}}"

with DAG(
    "backfill",
    description="Compute every entity's state from history",
    schedule=None,
    doc_md=__doc__,
    params={
        "data": Param("lake", type="string", description="A folder of payments, or `lake`."),
        "publish": Param(False, type="boolean", description="Also to feature_vectors."),
    },
    **DAG_SETTINGS,
):
    FraudOperator(
        task_id="states",
        arguments=[
            *("backfill", "--data", "{{ params.data }}", "--out", FOLDER),
            "{{ '--publish' if params.publish else '' }}",
        ],
        execution_timeout=timedelta(hours=12),
    )

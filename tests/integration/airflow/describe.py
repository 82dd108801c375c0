"""Writes down what Airflow makes of the DAGs; run by the Python of Airflow's environment.

``describe.py DAGS OUT``: the folder of the DAGs, and the JSON file to write.
"""

import json
import sys
from pathlib import Path
from typing import Any


def described(task: Any) -> dict[str, Any]:
    """What the tests ask of a task."""
    return {
        "operator": type(task).__name__,
        "retries": task.retries,
        "backoff": task.retry_exponential_backoff,
        "longest_delay": task.max_retry_delay and task.max_retry_delay.total_seconds(),
        "timeout": task.execution_timeout and task.execution_timeout.total_seconds(),
        "on_failure": [each.__name__ for each in task.on_failure_callback or ()],
        "trigger_rule": str(task.trigger_rule),
        "upstream": sorted(task.upstream_task_ids),
        "commands": [
            command
            for name in ("arguments", "answer")
            if (command := list(getattr(task, name, ())))
        ],
    }


def main(folder: str, out: Path) -> None:
    """Read the folder as the scheduler does, which has it on its path too."""
    from airflow.dag_processing.dagbag import DagBag  # type: ignore[import-not-found]
    from airflow.serialization.serialized_objects import (  # type: ignore[import-not-found]
        DagSerialization,
    )

    sys.path.insert(0, folder)
    found = DagBag(folder)
    dags = {
        dag.dag_id: {
            "schedule": getattr(dag.timetable, "expression", None),
            "catchup": dag.catchup,
            "max_active_runs": dag.max_active_runs,
            "tasks": {task.task_id: described(task) for task in dag.tasks},
            "serialized": bool(DagSerialization.to_dict(dag)),
        }
        for dag in found.dags.values()
    }
    out.write_text(json.dumps({"errors": found.import_errors, "dags": dags}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

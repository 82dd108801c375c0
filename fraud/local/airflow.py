"""``python -m fraud.local.airflow ARGUMENTS``: become ``airflow ARGUMENTS`` on our settings.

Airflow has an environment of its own, ``.venv-airflow``; its tables are in the platform's
PostgreSQL beside ours, its logs and its page's password in ``home/airflow``.
"""

import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from fraud.errors import LocalServiceError, MissingToolError
from fraud.local.environment import to_environment
from fraud.local.port import HOST
from fraud.settings import Settings, load_settings

ROOT: Final = Path(__file__).resolve().parents[2]
BIN: Final = ROOT / ".venv-airflow" / "bin"
DATABASE: Final = "airflow"
PARTS: Final = ("api-server", "dag-processor", "scheduler")
"""In the order in which they are started: tasks tell the first of themselves."""
OPTIONS: Final = {"scheduler": ("--skip-serve-logs",)}
"""Part -> of its command: logs are read from the disk, and no port is open to all."""
DRIFT_WINDOW: Final = "3d"
"""Of a simulated world's days: enough payments for a verdict where a day has 400."""
TASKS_AT_ONCE: Final = 2
"""Each is a process of Airflow's and one of ours."""


def become_airflow(settings: Settings, *arguments: str) -> NoReturn:
    """Execute ``airflow``; the first of :data:`PARTS` makes its tables before.

    Raises:
        MissingToolError: Its environment has not been made.
        psycopg.Error: PostgreSQL is away, or does not allow it.
        subprocess.CalledProcessError: The tables cannot be made.
    """
    environment = {**os.environ, **to_environment(settings), **airflow_environment(settings)}
    if arguments[0] == PARTS[0]:
        make_database(settings.recorder.dsn or "")
        subprocess.run([BIN / "airflow", "db", "migrate"], env=environment, check=True)
    command = ["airflow", *arguments, *OPTIONS.get(arguments[0], ())]
    os.execve(BIN / "airflow", command, environment)  # noqa: S606 - no shell is wanted


def airflow_environment(settings: Settings) -> dict[str, str]:
    """What Airflow is told, beside what is set in its own words already.

    Raises:
        MissingToolError: Its environment has not been made.
    """
    if not (BIN / "airflow").is_file():
        raise MissingToolError(
            "Airflow",
            f"`{BIN.parent}` has not been made",
            "run `make setup-airflow`, or leave it out by `stack.airflow=false`",
        )
    home, url = settings.home.absolute() / "airflow", f"http://{HOST}:{settings.airflow.port}"
    told = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(settings.airflow.port),
        # One is enough for a few tasks; each takes 200 MB.
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": _secret(home / "jwt.key"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "airflow_dags" / "dags"),
        "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": f"{settings.airflow.task_retry_seconds:.0f}",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": str(TASKS_AT_ONCE),
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database_url(settings.recorder.dsn or ""),
        "AIRFLOW__METRICS__LEGACY_NAMES_ON": "False",
        "AIRFLOW__METRICS__STATSD_HOST": HOST,
        "AIRFLOW__METRICS__STATSD_INFLUXDB_ENABLED": "True",
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_PORT": str(settings.airflow.statsd_port),
        "AIRFLOW_VAR_FRAUD_ALERTS": str(home / "alerts"),
        "AIRFLOW_VAR_FRAUD_BACKFILLS": str(settings.home.absolute() / "backfills"),
        "AIRFLOW_VAR_FRAUD_DATA": str(settings.lake_dir.absolute()),
        "AIRFLOW_VAR_FRAUD_DATASETS": str(settings.home.absolute() / "datasets"),
        **_drift_variables(settings.airflow.drift_minutes),
    }
    unset = {name: value for name, value in told.items() if name not in os.environ}
    # Its own processes are found by name.
    return {**unset, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def _drift_variables(minutes: int | None) -> dict[str, str]:
    """Of a world whose days are over in a fraction of ours."""
    if minutes is None:
        return {}
    return {
        "AIRFLOW_VAR_FRAUD_DRIFT_CLOCK": "event",
        "AIRFLOW_VAR_FRAUD_DRIFT_SCHEDULE": f"*/{minutes} * * * *",
        "AIRFLOW_VAR_FRAUD_DRIFT_WINDOW": DRIFT_WINDOW,
    }


def database_url(dsn: str) -> str:
    """Airflow's database on the server of ``dsn``, as SQLAlchemy has it.

    >>> database_url("host=/run/pg user=postgres dbname=fraud")
    'postgresql+psycopg2://postgres@/airflow?host=%2Frun%2Fpg'
    >>> database_url("postgresql://fraud:s%2Ft@db:5433/fraud")
    'postgresql+psycopg2://fraud:s%2Ft@/airflow?host=db&port=5433'
    """
    parts = conninfo_to_dict(dsn)
    user, password = (quote(str(parts.get(name) or ""), safe="") for name in ("user", "password"))
    place = urlencode([(name, str(parts[name])) for name in ("host", "port") if name in parts])
    return f"postgresql+psycopg2://{user}{password and ':'}{password}@/{DATABASE}?{place}"


def make_database(dsn: str) -> None:
    """The database for Airflow's tables, unless it is there.

    Raises:
        psycopg.Error: The server is away, or does not allow it.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        asked = "SELECT FROM pg_database WHERE datname = %s"
        if connection.execute(asked, (DATABASE,)).fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _secret(path: Path) -> str:
    """What its processes sign with; the same one each time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


if __name__ == "__main__":
    try:
        become_airflow(load_settings(), *sys.argv[1:])
    except (LocalServiceError, psycopg.Error, subprocess.CalledProcessError) as exc:
        sys.exit(f"Failed to start Airflow: {exc}")

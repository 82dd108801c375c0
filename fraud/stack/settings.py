"""What the stack needs set that is unset otherwise."""

from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from fraud.local.port import HOST
from fraud.local.postgres import EmbeddedPostgres
from fraud.local.statsd import has_statsd
from fraud.settings import MeteredSection, Settings

FOLDER: Final = "stack"
"""Within the home that is set."""
KAFKA_PORT: Final = 9092
DRIFT_MINUTES: Final = 5
METRICS_PORTS: Final = {
    "scorer": 9101,
    "worker": 9102,
    "spark": 9103,
    "hindsight": 9104,
    "airflow": 9105,
}
"""Section of the settings -> where its process serves metrics."""


def stack_home(base: Settings) -> Path:
    """Where a stack of these settings keeps everything; need not be there."""
    return base.home.absolute() / FOLDER


def stack_settings(base: Settings) -> Settings:
    """``base`` with everything switched on, and a home of its own.

    What is set to something else than its default stays. The folder is made if it is not there.

    Args:
        base: As they were read, and not used yet.
    """
    own = base.model_copy(update={"home": stack_home(base)})
    kafka = _filled(base.kafka, bootstrap_servers=f"{HOST}:{KAFKA_PORT}")
    scorer = f"{base.scorer.host}:{base.scorer.port}"
    return own.model_copy(
        update={
            "kafka": kafka,
            "recorder": _filled(base.recorder, dsn=_embedded_dsn(own)),
            "scorer": _filled(base.scorer, metrics_port=METRICS_PORTS["scorer"]),
            "worker": _filled(base.worker, scorers=[scorer], metrics_port=METRICS_PORTS["worker"]),
            "spark": _filled(base.spark, metrics_port=METRICS_PORTS["spark"]),
            "airflow": _filled(
                base.airflow, metrics_port=METRICS_PORTS["airflow"], drift_minutes=DRIFT_MINUTES
            ),
            "hindsight": _filled(
                base.hindsight,
                enabled=True,
                quality_seconds=5.0,
                metrics_port=METRICS_PORTS["hindsight"],
            ),
        }
    )


def _embedded_dsn(settings: Settings) -> str:
    # Where its socket is hangs on the folder, which must be there.
    settings.postgres_dir.mkdir(parents=True, exist_ok=True)
    return EmbeddedPostgres(settings.postgres_dir).dsn


def targets_of(settings: Settings) -> dict[str, list[str]]:
    """What Prometheus scrapes: job -> ``host:port`` of those that serve a page."""
    sections: dict[str, MeteredSection] = {
        "scorer": settings.scorer,
        "worker": settings.worker,
        "stream": settings.spark,
        "quality": settings.hindsight,
    }
    if settings.stack.airflow and has_statsd():
        sections["airflow"] = settings.airflow
    return {
        job: [f"{section.metrics_host}:{section.metrics_port}"]
        for job, section in sections.items()
        if section.metrics_port
    }


def _filled[S: BaseModel](section: S, **values: Any) -> S:
    defaults = type(section)()
    unset = {
        name: value
        for name, value in values.items()
        if getattr(section, name) == getattr(defaults, name)
    }
    return section.model_copy(update=unset)

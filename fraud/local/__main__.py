"""``python -m fraud.local SERVICE``: run PostgreSQL, MLflow, Kafka and the like until SIGTERM.

For a process manager; each takes its place and its address from the settings. It ends with exit
code 1 when the service does, so that the manager starts it again.
"""

import argparse
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Final

from fraud.errors import LocalServiceError
from fraud.local.port import HOST
from fraud.local.service import LocalService
from fraud.settings import Settings, load_settings
from fraud.signals import stop_on_signals

LOOK_SECONDS: Final = 1.0
"""How often it is asked whether the service still runs."""


def main(name: str) -> int:
    """Run; returns the exit code."""
    asked = threading.Event()
    stop_on_signals(asked.set)
    try:
        with SERVICES[name](load_settings()) as service:
            sys.stdout.write(f"{name} runs\n")
            sys.stdout.flush()
            is_ours = service.pid is not None
            while not asked.wait(LOOK_SECONDS):
                if is_ours and service.pid is None:
                    sys.stderr.write(f"{name} has ended\n")
                    return 1
    except LocalServiceError as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    return 0


def _postgres(settings: Settings) -> LocalService:
    from fraud.local.postgres import EmbeddedPostgres

    return EmbeddedPostgres(settings.postgres_dir)


def _mlflow(settings: Settings) -> LocalService:
    from fraud.local.mlflow import LocalMlflow

    return LocalMlflow(settings.registry.url, settings.mlflow_dir)


def _kafka(settings: Settings) -> LocalService:
    from fraud.local.kafka import LocalKafka

    servers = settings.kafka.bootstrap_servers or "127.0.0.1:9092"
    return LocalKafka(settings.kafka_dir, int(servers.rpartition(":")[2]))


def _prometheus(settings: Settings) -> LocalService:
    from fraud.local.prometheus import LocalPrometheus
    from fraud.stack.settings import targets_of

    folder, ports = settings.home / "prometheus", settings.monitoring
    told = [f"{HOST}:{ports.alertmanager_port}"]
    return LocalPrometheus(folder, targets_of(settings), ports.prometheus_port, told)


def _alertmanager(settings: Settings) -> LocalService:
    from fraud.local.alertmanager import LocalAlertmanager

    folder, section = settings.home / "alertmanager", settings.monitoring
    return LocalAlertmanager(folder, section.alert_receiver, section.alertmanager_port)


def _statsd(settings: Settings) -> LocalService:
    from fraud.local.statsd import LocalStatsd

    section = settings.airflow
    return LocalStatsd(settings.home / "statsd", section.metrics_port, section.statsd_port)


SERVICES: Final[Mapping[str, Callable[[Settings], LocalService]]] = {
    "postgres": _postgres,
    "mlflow": _mlflow,
    "kafka": _kafka,
    "prometheus": _prometheus,
    "alertmanager": _alertmanager,
    "statsd": _statsd,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("service", choices=SERVICES)
    sys.exit(main(parser.parse_args().service))

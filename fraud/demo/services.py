"""What the demo starts beside itself, and stops at its end."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from fraud.local.mlflow import LocalMlflow
from fraud.local.port import free_port
from fraud.local.postgres import EmbeddedPostgres
from fraud.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Services:
    """Settings that lead to what was started."""

    settings: Settings
    dsn: str


@contextmanager
def running_services(home: Path) -> Iterator[Services]:
    """PostgreSQL and MLflow on folders below ``home``, on a port of their own.

    Raises:
        LocalServiceError: One does not start.
    """
    with ExitStack() as stack:
        base = load_settings()
        own = Settings(home=home)
        postgres = stack.enter_context(EmbeddedPostgres(own.postgres_dir))
        url = f"http://127.0.0.1:{free_port()}"
        stack.enter_context(LocalMlflow(url, own.mlflow_dir))
        settings = base.model_copy(
            update={
                "home": home,
                "registry": base.registry.model_copy(update={"url": url}),
                "scorer": base.scorer.model_copy(update={"port": 0}),
                "recorder": base.recorder.model_copy(update={"dsn": postgres.dsn}),
            }
        )
        yield Services(Settings.model_validate(settings.model_dump()), postgres.dsn)

"""Puts a proven bundle into the MLflow registry."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import httpx

from fraud.settings import RegistrySettings
from scorer.model.source import CHAMPION
from training.errors import RegistrationError
from training.registry.aliases import Change
from training.registry.aliases import promote as promote_version
from training.registry.client import mlflow_client
from training.registry.record import RunRecord
from training.registry.server import RegistryServer
from training.registry.version import RegisteredVersion

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT: Final = "fraud"
BUNDLE_PATH: Final = "bundle"
PLOTS_PATH: Final = "plots"


def require_registry(settings: RegistrySettings) -> None:
    """Check that the registry answers, before hours of work would depend on it.

    Raises:
        RegistrationError: It does not.
    """
    try:
        url = f"{settings.url}/health"
        httpx.get(url, timeout=settings.timeout_seconds).raise_for_status()
    except httpx.HTTPError as exc:
        raise RegistrationError(f"Failed to reach the registry at `{settings.url}`: {exc}") from exc


def register(
    record: RunRecord, settings: RegistrySettings, *, promote: bool | None
) -> RegisteredVersion:
    """Log a run and create a model version of its bundle.

    Args:
        record: What to log.
        settings: Which registry, which model.
        promote: Make it the champion, past the gate; the one before becomes ``previous``. If not,
            the version is staged and no alias moves. None makes it the champion where none is.

    Raises:
        RegistrationError: The registry cannot be reached, or refuses.
    """
    with mlflow_client(settings, f"register `{settings.model_name}`") as client:
        run_id = _log_run(client, record)
        version = _create_version(client, settings.model_name, run_id, record.tags)
    with RegistryServer(settings) as server:
        promoted = CHAMPION not in server.aliases() if promote is None else promote
        replaced = _promote(server, version, promote) if promoted else None
    return RegisteredVersion(settings.model_name, version, run_id, promoted, replaced)


def _promote(server: RegistryServer, version: str, told: bool | None) -> str | None:
    reason = "the first version" if told is None else "trained, and promoted without a gate"
    return promote_version(Change(server, reason), version, force=True).replaced


def _log_run(client: "MlflowClient", record: RunRecord) -> str:
    experiment = client.get_experiment_by_name(EXPERIMENT)
    experiment_id = experiment.experiment_id if experiment else client.create_experiment(EXPERIMENT)
    run_id: str = client.create_run(experiment_id, tags=dict(record.tags)).info.run_id
    try:
        _log_values(client, run_id, record)
        client.log_artifacts(run_id, str(record.bundle), BUNDLE_PATH)
        client.log_artifacts(run_id, str(record.plots), PLOTS_PATH)
        if record.files is not None:
            client.log_artifacts(run_id, str(record.files))
    except BaseException:
        client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id)
    return run_id


def _log_values(client: "MlflowClient", run_id: str, record: RunRecord) -> None:
    """All in one call: one by one they take seconds."""
    from mlflow.entities import Metric, Param

    now_ms = time.time_ns() // 1_000_000
    metrics = [Metric(name, value, now_ms, 0) for name, value in record.metrics.items()]
    params = [Param(name, value) for name, value in record.params.items()]
    client.log_batch(run_id, metrics, params)


def _create_version(client: "MlflowClient", name: str, run_id: str, tags: Mapping[str, str]) -> str:
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(name)
    except MlflowException as exc:
        if exc.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    source = f"runs:/{run_id}/{BUNDLE_PATH}"
    staged = {**tags, "stage": "Staging"}
    version = client.create_model_version(
        name,
        source,
        run_id,
        tags=staged,
        await_creation_for=0,  # a server creates versions at once
    )
    return str(version.version)

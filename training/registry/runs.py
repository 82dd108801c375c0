"""A run as the registry remembers it, to be run again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import pydantic

from fraud.settings import RegistrySettings
from training.artifacts import CONFIG_FILE, VERSIONS_FILE
from training.config import TrainingConfig
from training.errors import ReproductionError
from training.registry.client import mlflow_client
from training.registry.server import RegistryServer


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """What a run was told, what it stood on, and what came out.

    Args:
        run_id: Of the registry.
        config: What it was told; of a search, what was found.
        tags: Data set, commit, contract, lock and model.
        metrics: Every figure.
        versions: Library -> release.
    """

    run_id: str
    config: TrainingConfig
    tags: Mapping[str, str]
    metrics: Mapping[str, float]
    versions: Mapping[str, str]

    @classmethod
    def read(cls, settings: RegistrySettings, run_id: str) -> Self:
        """Ask the registry.

        Raises:
            RegistrationError: There is no such run, or the registry cannot be asked.
            ReproductionError: The run does not tell enough to be run again.
        """
        with mlflow_client(settings, f"read run `{run_id}`") as client:
            data = client.get_run(run_id).data
        with RegistryServer(settings) as server:
            told, versions = (
                server.artifact(run_id, path) for path in (CONFIG_FILE, VERSIONS_FILE)
            )
        missing = [
            name for name, found in ((CONFIG_FILE, told), (VERSIONS_FILE, versions)) if not found
        ]
        missing += [
            f"tag {name}" for name in ("dataset_id", "model_sha256") if name not in data.tags
        ]
        if told is None or versions is None or missing:
            raise ReproductionError(
                f"run `{run_id}` does not tell enough to be run again: it has no "
                f"{', '.join(missing)}; train anew"
            )
        return cls(run_id, _config(run_id, told), data.tags, data.metrics, json.loads(versions))


def _config(run_id: str, told: bytes) -> TrainingConfig:
    try:
        return TrainingConfig.model_validate_json(told)
    except pydantic.ValidationError as exc:
        raise ReproductionError(
            f"run `{run_id}` was told what this release does not know: {exc}"
        ) from exc

"""One registered model for all that is trained here, and a small history to train on."""

from pathlib import Path

import pytest
from mlflow import MlflowClient

from fraud.local.mlflow import LocalMlflow
from fraud.settings import RegistrySettings
from tests.unit.training.world import make_tables, write


@pytest.fixture(scope="package")
def registry(mlflow: LocalMlflow) -> RegistrySettings:
    return RegistrySettings(url=mlflow.url, model_name="trained", timeout_seconds=30)


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written: Path = write(tmp_path_factory.mktemp("history"), *make_tables())
    return written


@pytest.fixture(scope="package")
def client(registry: RegistrySettings) -> MlflowClient:
    return MlflowClient(tracking_uri=registry.url, registry_uri=registry.url)

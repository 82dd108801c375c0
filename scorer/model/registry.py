"""A thin client of an MLflow server's REST interface.

``import mlflow`` takes seconds and 190 MB; a few calls are all that is needed
(https://mlflow.org/docs/latest/api_reference/rest-api.html).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from fraud.settings import RegistrySettings
from scorer.errors import BundleError, ModelNotFoundError, RegistryError
from scorer.model.files import MANIFEST_FILE, files_of
from scorer.model.source import DirectorySource, ModelVersion, Standing

MODEL_PATH = "/api/2.0/mlflow/registered-models/get"
ALIAS_PATH = "/api/2.0/mlflow/registered-models/alias"
VERSION_PATH = "/api/2.0/mlflow/model-versions/get"
SEARCH_PATH = "/api/2.0/mlflow/model-versions/search"
ARTIFACT_PATH = "/get-artifact"
BUNDLE_FOLDER = "bundle"
TRAFFIC_TAG = "challenger_percent"
DIGEST_TAG = "model_sha256"
# Calls are seconds apart: no connection waits between them, so there is nothing to give back.
ONE_CALL_EACH = httpx.Limits(max_keepalive_connections=0)
# MLflow says INVALID_PARAMETER_VALUE of an alias that a model does not have.
NOT_FOUND_CODES = {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}


class RegistrySource:
    """Model versions of one registered model by alias.

    Args:
        settings: Where the server is, which model, and how long a call may take.
        transport: In place of the network, for tests.
    """

    def __init__(
        self, settings: RegistrySettings, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._settings = settings
        self._client = httpx.Client(
            base_url=settings.url,
            timeout=settings.timeout_seconds,
            transport=transport,
            limits=ONE_CALL_EACH,
        )

    def standing(self) -> Standing:
        """See :class:`scorer.model.source.ModelSource`."""
        name = self._settings.model_name
        response = self._get(MODEL_PATH, {"name": name})
        if response.is_error:
            raise self._refusal(response, f"find model `{name}`")
        try:
            return _to_standing(response.json()["registered_model"])
        except (ValueError, KeyError, TypeError) as exc:
            raise RegistryError(f"the registry's answer is not MLflow's: {exc!r}") from exc

    def find(self, alias: str) -> ModelVersion:
        """See :class:`scorer.model.source.ModelSource`."""
        name = self._settings.model_name
        response = self._get(ALIAS_PATH, {"name": name, "alias": alias})
        if response.is_error:
            raise self._refusal(response, f"find alias `{alias}` of model `{name}`")
        return _to_version(name, response)

    def aliases(self) -> dict[str, ModelVersion]:
        """All that there are, with their versions.

        Raises:
            ModelNotFoundError: There is no such model.
            RegistryError: The server cannot be asked.
        """
        return {alias: self.find_version(number) for alias, number in self.standing().aliases}

    def find_version(self, number: str) -> ModelVersion:
        """A version by its number.

        Raises:
            ModelNotFoundError: There is none.
            RegistryError: The server cannot be asked.
        """
        name = self._settings.model_name
        response = self._get(VERSION_PATH, {"name": name, "version": number})
        if response.is_error:
            raise self._refusal(response, f"find version `{number}` of model `{name}`")
        return _to_version(name, response)

    def find_digest(self, digest: str) -> list[ModelVersion]:
        """The versions that are tagged with a model's digest, archived ones too, newest first.

        Raises:
            RegistryError: The server cannot be asked.
        """
        name = self._settings.model_name
        told = f"name='{name}' AND tags.{DIGEST_TAG}='{digest}'"
        response = self._get(SEARCH_PATH, {"filter": told, "order_by": "version_number DESC"})
        if response.is_error:
            raise RegistryError(str(self._refusal(response, f"search versions of model `{name}`")))
        try:
            found = response.json().get("model_versions", [])
            return [ModelVersion(name, str(each["version"]), str(each["run_id"])) for each in found]
        except (ValueError, KeyError, TypeError) as exc:
            raise RegistryError(f"the registry's answer is not MLflow's: {exc!r}") from exc

    def fetch(self, version: ModelVersion, folder: Path) -> None:
        """See :class:`scorer.model.source.ModelSource`."""
        manifest = self._file(version, MANIFEST_FILE)
        (folder / MANIFEST_FILE).write_bytes(manifest)
        for name in files_of(manifest):
            if name != MANIFEST_FILE:
                (folder / name).write_bytes(self._file(version, name))

    def _file(self, version: ModelVersion, name: str) -> bytes:
        path = f"{BUNDLE_FOLDER}/{name}"
        response = self._get(ARTIFACT_PATH, {"run_id": version.run_id, "path": path})
        if response.is_client_error:
            raise BundleError(f"version {version.version} has no `{path}` in the registry")
        if response.is_error:
            raise self._refusal(response, f"fetch `{path}` of version {version.version}")
        return response.content

    def _get(self, path: str, query: Mapping[str, str]) -> httpx.Response:
        try:
            return self._client.get(path, params=query)
        except httpx.HTTPError as exc:
            raise RegistryError(
                f"Failed to reach the registry at `{self._settings.url}`: {exc}"
            ) from exc

    def _refusal(self, response: httpx.Response, act: str) -> ModelNotFoundError | RegistryError:
        code, reason = _error_of(response)
        message = f"Failed to {act}: {reason} (HTTP {response.status_code})"
        if response.is_client_error and code in NOT_FOUND_CODES:
            return ModelNotFoundError(message)
        return RegistryError(message)


def source_of(settings: RegistrySettings) -> DirectorySource | RegistrySource:
    """The folder of bundles where one is set, else the registry."""
    if settings.directory is not None:
        return DirectorySource(settings.directory, settings.model_name)
    return RegistrySource(settings)


def _to_version(name: str, response: httpx.Response) -> ModelVersion:
    try:
        found = response.json()["model_version"]
        return ModelVersion(name, str(found["version"]), str(found["run_id"]))
    except (ValueError, KeyError, TypeError) as exc:
        raise RegistryError(f"the registry's answer is not MLflow's: {exc!r}") from exc


def _to_standing(model: Mapping[str, Any]) -> Standing:
    aliases = [(str(each["alias"]), str(each["version"])) for each in model.get("aliases", [])]
    tags = {each["key"]: each["value"] for each in model.get("tags", [])}
    percent = tags.get(TRAFFIC_TAG)
    return Standing(
        created=str(model["creation_timestamp"]),
        aliases=tuple(sorted(aliases)),
        challenger_percent=None if percent is None else min(100, max(0, int(percent))),
    )


def _error_of(response: httpx.Response) -> tuple[str, str]:
    """MLflow's error code and message."""
    try:
        body: Any = response.json()
        return str(body["error_code"]), str(body["message"])
    except (ValueError, KeyError, TypeError):
        return "", response.reason_phrase

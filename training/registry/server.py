"""A thin client of the registry's REST interface, for what is done in a hurry.

``import mlflow`` takes five seconds, which nobody has who rolls back; these calls are the ones of
https://mlflow.org/docs/latest/api_reference/rest-api.html.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Self

import httpx

from fraud.settings import RegistrySettings
from training.errors import RegistrationError

API: Final = "/api/2.0/mlflow"
PAGE: Final = 200
GONE: Final = {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}


class RegistryServer:
    """One registered model at an MLflow server.

    Args:
        settings: Which server, which model.
    """

    def __init__(self, settings: RegistrySettings) -> None:
        self.model_name = settings.model_name
        self._settings = settings
        self._client = httpx.Client(base_url=settings.url, timeout=settings.timeout_seconds)

    def aliases(self) -> dict[str, str]:
        """Alias -> version, as they stand now; none when there is no such model.

        Of the registered model: a search of versions returns them without their aliases.

        Raises:
            RegistrationError: The registry cannot be asked.
        """
        pairs = self._model().get("aliases", [])
        return {str(each["alias"]): str(each["version"]) for each in pairs}

    def tags(self) -> dict[str, str]:
        """The tags of the registered model.

        Raises:
            RegistrationError: The registry cannot be asked.
        """
        return _tags(self._model())

    def version(self, number: str) -> dict[str, Any]:
        """A version as the server tells it, its tags as a mapping.

        Raises:
            RegistrationError: There is no such version, or the registry cannot be asked.
        """
        found = self._call("GET", "model-versions/get", version=number)["model_version"]
        return {**found, "tags": _tags(found)}

    def versions(self) -> Iterator[dict[str, Any]]:
        """All versions, newest first.

        Raises:
            RegistrationError: The registry cannot be asked.
        """
        query = {
            "filter": f"name='{self.model_name}'",
            "max_results": str(PAGE),
            "order_by": "version_number DESC",
        }
        while True:
            page = self._send("GET", "model-versions/search", params=query)
            for found in page.get("model_versions", []):
                yield {**found, "tags": _tags(found)}
            if not (token := page.get("next_page_token")):
                return
            query["page_token"] = token

    def set_alias(self, alias: str, number: str) -> None:
        """Have an alias point at a version.

        Raises:
            RegistrationError: There is no such version, or the registry cannot be asked.
        """
        self._call("POST", "registered-models/alias", alias=alias, version=number)

    def delete_alias(self, alias: str) -> None:
        """Take an alias away; one that is not there is none the less gone.

        Raises:
            RegistrationError: The registry cannot be asked.
        """
        self._call("DELETE", "registered-models/alias", alias=alias)

    def set_version_tag(self, number: str, key: str, value: str) -> None:
        """Set a tag of a version.

        Raises:
            RegistrationError: There is no such version, or the registry cannot be asked.
        """
        self._call("POST", "model-versions/set-tag", version=number, key=key, value=value)

    def set_tag(self, key: str, value: str) -> None:
        """Set a tag of the registered model.

        Raises:
            RegistrationError: There is no such model, or the registry cannot be asked.
        """
        self._call("POST", "registered-models/set-tag", key=key, value=value)

    def run(self, run_id: str) -> tuple[dict[str, float], dict[str, str]]:
        """Metrics and parameters of a run.

        Raises:
            RegistrationError: There is no such run, or the registry cannot be asked.
        """
        data = self._send("GET", "runs/get", params={"run_id": run_id})["run"].get("data", {})
        metrics = {each["key"]: float(each["value"]) for each in data.get("metrics", [])}
        return metrics, {each["key"]: each["value"] for each in data.get("params", [])}

    def artifacts(self, run_id: str, folder: str) -> list[str]:
        """Paths of the files in a folder of a run.

        Raises:
            RegistrationError: The registry cannot be asked.
        """
        answer = self._send("GET", "artifacts/list", params={"run_id": run_id, "path": folder})
        return [each["path"] for each in answer.get("files", []) if not each.get("is_dir")]

    def artifact(self, run_id: str, path: str) -> bytes | None:
        """A file of a run; None if there is none of that name.

        Raises:
            RegistrationError: The registry cannot be asked.
        """
        try:
            answer = self._client.get("/get-artifact", params={"run_id": run_id, "path": path})
        except httpx.HTTPError as exc:
            raise self._away(exc) from exc
        return answer.content if answer.is_success else None

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _model(self) -> dict[str, Any]:
        try:
            found = self._call("GET", "registered-models/get")
        except UnknownError:
            return {}
        return dict(found["registered_model"])

    def _call(self, method: str, path: str, **fields: str) -> dict[str, Any]:
        told = {"name": self.model_name, **fields}
        if method == "GET":
            return self._send(method, path, params=told)
        return self._send(method, path, json=told)

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        try:
            answer = self._client.request(method, f"{API}/{path}", params=params, json=json)
            body = answer.json()
        except (httpx.HTTPError, ValueError) as exc:
            raise self._away(exc) from exc
        if answer.is_error:
            code, reason = body.get("error_code", ""), body.get("message", answer.reason_phrase)
            kind = UnknownError if code in GONE else RegistrationError
            raise kind(f"the registry at `{self._settings.url}` refuses `{path}`: {reason}")
        return dict(body)

    def _away(self, error: Exception) -> RegistrationError:
        return RegistrationError(f"Failed to reach the registry at `{self._settings.url}`: {error}")


class UnknownError(RegistrationError):
    """There is no model, version or run of that name."""


def _tags(found: Mapping[str, Any]) -> dict[str, str]:
    return {each["key"]: each["value"] for each in found.get("tags", [])}

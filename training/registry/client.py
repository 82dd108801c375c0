"""MLflow's own client, for what takes its time; `server.py` is for what is done in a hurry."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fraud.settings import RegistrySettings
from training.errors import RegistrationError

if TYPE_CHECKING:
    from mlflow import MlflowClient


@contextmanager
def mlflow_client(settings: RegistrySettings, act: str) -> "Iterator[MlflowClient]":
    """A client of the registry; what it fails at becomes an error of ours.

    Args:
        settings: Which registry.
        act: What is being done, such as "register `fraud`".

    Raises:
        RegistrationError: The registry cannot be reached, or refuses.
    """
    # Imported here: it takes seconds, and only what writes runs needs it.
    from mlflow import MlflowClient
    from mlflow.environment_variables import MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT
    from mlflow.exceptions import MlflowException
    from requests import RequestException

    # What there is to say is in the result.
    MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT.set(True)  # type: ignore[no-untyped-call]
    try:
        yield MlflowClient(tracking_uri=settings.url, registry_uri=settings.url)
    except (MlflowException, RequestException) as exc:
        raise RegistrationError(f"Failed to {act} at `{settings.url}`: {exc}") from exc

"""An MLflow server with nothing switched on that is not needed: tracking, registry, artifacts."""

import base64
import secrets
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import httpx

from fraud.errors import AddressInUseError, MissingExtraError
from fraud.local.process import ChildProcess, Progress
from fraud.local.service import LocalService
from fraud.local.turn import turn

# The import of MLflow alone takes five seconds; the first start makes the tables too.
READY_SECONDS = 120.0
STOP_SECONDS = 10.0
# No queue of jobs is wanted from a registry; that it reports to nobody is `fraud.privacy`'s.
ENVIRONMENT = {
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    # Scorers of this machine are told of moved aliases; a new one is heard of within a second.
    "MLFLOW_WEBHOOK_ALLOWED_SCHEMES": "http,https",
    "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS": "true",
    "MLFLOW_WEBHOOK_CACHE_TTL": "1",
    "MLFLOW_WEBHOOK_REQUEST_TIMEOUT": "2",
}
KEY_FILE = "webhook.key"


class LocalMlflow(LocalService):
    """The MLflow server at ``url``, on this machine.

    A server that already answers there is used and left running; one started here ends with
    ``stop`` or with this process.

    Args:
        url: Where it listens, such as ``settings.registry.url``.
        folder: Its database and artifacts, made when not there.
        backend_store: SQLAlchemy address of its database; None keeps it in ``folder`` (SQLite).

    Usage::

        with LocalMlflow(settings.registry.url, settings.mlflow_dir) as mlflow:
            httpx.get(f"{mlflow.url}/version")
    """

    def __init__(self, url: str, folder: Path, backend_store: str | None = None) -> None:
        self.url = url.rstrip("/")
        self.folder = folder.absolute()
        self._backend_store = backend_store or f"sqlite:///{self.folder / 'mlflow.sqlite'}"
        self._child: ChildProcess | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the server if it was started here."""
        return self._child.pid if self._child else None

    def start(self, on_progress: Progress | None = None) -> Self:
        """Start the server, or find it running; returns when it answers.

        Raises:
            MissingExtraError: MLflow is not installed.
            AddressInUseError: Something else answers at the address.
            StartError: It does not become ready.
        """
        if find_spec("mlflow") is None:
            raise MissingExtraError("mlflow", "local")
        with turn(self.folder):
            if not self._is_ready():
                self._child = self._start_child(on_progress)
        return self

    def stop(self) -> None:
        """End the server if it was started here."""
        if self._child is not None:
            self._child.stop(STOP_SECONDS)
            self._child = None

    def _start_child(self, on_progress: Progress | None) -> ChildProcess:
        self.folder.mkdir(parents=True, exist_ok=True)
        child = ChildProcess(
            "MLflow", self._command(), self.folder / "mlflow.log", environment=self._environment()
        )
        child.start()
        child.wait_until_ready(self._is_ready, READY_SECONDS, on_progress)
        return child

    def _environment(self) -> dict[str, str]:
        """What is not needed switched off; the key stays, so that secrets outlive a restart."""
        path = self.folder / KEY_FILE
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(base64.urlsafe_b64encode(secrets.token_bytes(32)))
        return {**ENVIRONMENT, "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY": path.read_text()}

    def _command(self) -> list[str]:
        address = urlsplit(self.url)
        options = {
            "--host": address.hostname or "127.0.0.1",
            "--port": str(address.port or 80),
            "--workers": "1",
            "--backend-store-uri": self._backend_store,
            "--artifacts-destination": (self.folder / "artifacts").as_uri(),
        }
        pairs = [part for option in options.items() for part in option]
        return [sys.executable, "-m", "mlflow", "server", "--serve-artifacts", *pairs]

    def _is_ready(self) -> bool:
        try:
            answer = httpx.get(f"{self.url}/health", timeout=2.0)
        except httpx.TransportError:
            return False
        if answer.text != "OK":
            raise AddressInUseError("MLflow", self.url, "`registry.url` (FRAUD_REGISTRY__URL)")
        return True

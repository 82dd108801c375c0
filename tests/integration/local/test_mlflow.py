import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from fraud.errors import AddressInUseError
from fraud.local.mlflow import LocalMlflow


@pytest.fixture
def url() -> str:
    """An address that nothing listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
def stranger() -> Iterator[str]:
    """The address of a server that is not MLflow."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.slow
def test_it_serves_registry_and_artifacts_is_shared_and_stops(url: str, tmp_path: Path) -> None:
    waits: list[float] = []
    server = LocalMlflow(url, tmp_path / "mlflow").start(waits.append)
    try:
        assert waits, "progress is told"
        with LocalMlflow(url, tmp_path / "mlflow") as second:
            assert second.pid is None, "the running one is used"
        made = httpx.post(
            f"{url}/api/2.0/mlflow/registered-models/create", json={"name": "fraud"}, timeout=30
        )
        assert made.json()["registered_model"]["name"] == "fraud"
        artifact = f"{url}/api/2.0/mlflow-artifacts/artifacts/folder/file.bin"
        assert httpx.put(artifact, content=b"bytes", timeout=30).status_code == 200
        assert httpx.get(artifact, timeout=30).content == b"bytes"
        assert (tmp_path / "mlflow" / "artifacts" / "folder" / "file.bin").read_bytes() == b"bytes"
    finally:
        server.stop()
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/health")


def test_another_server_at_its_address_is_told(stranger: str, tmp_path: Path) -> None:
    with pytest.raises(AddressInUseError, match="FRAUD_REGISTRY__URL"):
        LocalMlflow(stranger, tmp_path / "mlflow").start()

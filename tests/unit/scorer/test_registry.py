"""The registry's client against a small HTTP server that answers as MLflow does."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from fraud.settings import RegistrySettings
from scorer.errors import BundleError, ModelNotFoundError, RegistryError
from scorer.model.registry import RegistrySource
from scorer.model.source import ModelVersion

type Answer = tuple[int, bytes]

VERSION = ModelVersion("fraud", "3", "run-1")


class FakeRegistry(BaseHTTPRequestHandler):
    """Answers each path with what the test put there."""

    answers: dict[str, Answer]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        key = query["path"][0] if "path" in query else query["alias"][0]
        code, body = self.answers.get(key, (404, b"gone"))
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def answers() -> dict[str, Answer]:
    return {}


@pytest.fixture
def source(answers: dict[str, Answer]) -> Iterator[RegistrySource]:
    handler = type("Handler", (FakeRegistry,), {"answers": answers})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    settings = RegistrySettings(url=f"http://127.0.0.1:{server.server_port}", timeout_seconds=2)
    found = RegistrySource(settings)
    yield found
    server.shutdown()
    server.server_close()


def error_of(code: str) -> bytes:
    return json.dumps({"error_code": code, "message": "no such thing"}).encode()


def test_finds_a_version_by_alias(source: RegistrySource, answers: dict[str, Answer]) -> None:
    body = {"model_version": {"name": "fraud", "version": "3", "run_id": "run-1"}}
    answers["champion"] = (200, json.dumps(body).encode())
    assert source.find("champion") == VERSION


@pytest.mark.parametrize("code", ["RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"])
def test_an_unknown_alias(source: RegistrySource, answers: dict[str, Answer], code: str) -> None:
    answers["champion"] = (404 if code.startswith("R") else 400, error_of(code))
    with pytest.raises(ModelNotFoundError, match="champion"):
        source.find("champion")


@pytest.mark.parametrize(
    "answer",
    [(500, b"oops"), (404, b"<html>"), (200, b"<html>"), (200, b"{}"), (200, b"[]"), (403, b"")],
)
def test_nonsense_is_the_registrys_fault(
    source: RegistrySource, answers: dict[str, Answer], answer: Answer
) -> None:
    answers["champion"] = answer
    with pytest.raises(RegistryError):
        source.find("champion")


def test_a_server_that_is_away_is_named() -> None:
    away = RegistrySource(RegistrySettings(url="http://127.0.0.1:9", timeout_seconds=1))
    with pytest.raises(RegistryError, match=r"127\.0\.0\.1:9"):
        away.find("champion")


def test_fetches_the_files(
    source: RegistrySource, answers: dict[str, Answer], tmp_path: Path
) -> None:
    for name in ("model.onnx", "manifest.json", "golden.json"):
        answers[f"bundle/{name}"] = (200, name.encode())
    source.fetch(VERSION, tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        name: name for name in ("model.onnx", "manifest.json", "golden.json")
    }


def test_a_missing_file_is_the_bundles_fault(source: RegistrySource, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"bundle/manifest\.json"):
        source.fetch(VERSION, tmp_path)


def test_trees_are_fetched_where_the_manifest_tells_of_them(
    source: RegistrySource, answers: dict[str, Answer], tmp_path: Path
) -> None:
    for name in ("model.onnx", "golden.json"):
        answers[f"bundle/{name}"] = (200, name.encode())
    answers["bundle/manifest.json"] = (200, b'{"trees_sha256": "ab"}')
    with pytest.raises(BundleError, match=r"bundle/trees\.ubj"):
        source.fetch(VERSION, tmp_path)
    answers["bundle/trees.ubj"] = (200, b"trees")
    source.fetch(VERSION, tmp_path)
    assert (tmp_path / "trees.ubj").read_bytes() == b"trees"

"""The server of the page: files, and the questions of its pictures passed on to Prometheus."""

import json
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, override
from urllib.parse import parse_qs, urlsplit

import httpx
import plotly
import structlog

log = structlog.get_logger(__name__)

DASHBOARDS: Final = Path(__file__).resolve().parents[2] / "ops" / "dashboards" / "json"
PAGE: Final = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
}
JSON: Final = "application/json"
ASKED: Final = {"/api/query", "/api/query_range"}
LABEL: Final = "/api/label/"
ANSWER_SECONDS: Final = 20.0


class DashboardServer(ThreadingHTTPServer):
    """Serves the page until shut down.

    Args:
        address: Host and port to listen on; port 0 takes a free one.
        prometheus_url: Where Prometheus answers.

    Raises:
        OSError: It cannot listen there.
    """

    # Closing waits for answers under way, which hold connections to Prometheus.
    daemon_threads = False

    def __init__(self, address: tuple[str, int], prometheus_url: str) -> None:
        super().__init__(address, _Handler)
        self.prometheus = httpx.Client(base_url=prometheus_url, timeout=ANSWER_SECONDS)

    @property
    def url(self) -> str:
        """Of the page."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    @override
    def server_close(self) -> None:
        super().server_close()
        self.prometheus.close()

    @cached_property
    def dashboards(self) -> bytes:
        """All dashboards, as one JSON array."""
        found = [json.loads(path.read_text()) for path in sorted(DASHBOARDS.glob("*.json"))]
        return json.dumps(found).encode()

    @cached_property
    def plotly(self) -> bytes:
        """The library that draws, as its package carries it."""
        return (files(plotly) / "package_data" / "plotly.min.js").read_bytes()


class _Handler(BaseHTTPRequestHandler):
    server: DashboardServer
    # A connection for each question: none is left open for closing to wait for.
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        """Answer with a file or with what Prometheus says."""
        address = urlsplit(self.path)
        if address.path in PAGE:
            name, kind = PAGE[address.path]
            self._send(Path(__file__).with_name(name).read_bytes(), kind)
        elif address.path == "/plotly.js":
            self._send(self.server.plotly, "text/javascript; charset=utf-8")
        elif address.path == "/api/dashboards":
            self._send(self.server.dashboards, JSON)
        elif address.path in ASKED or address.path.startswith(LABEL):
            self._pass_on(address.path.replace("/api/", "/api/v1/", 1), parse_qs(address.query))
        else:
            self._send(b"not found", "text/plain", HTTPStatus.NOT_FOUND)

    def _pass_on(self, path: str, parameters: dict[str, Any]) -> None:
        try:
            answer = self.server.prometheus.get(path, params=parameters)
        except httpx.HTTPError as exc:
            url = self.server.prometheus.base_url
            told = json.dumps({"status": "error", "error": f"Prometheus at {url}: {exc}"})
            self._send(told.encode(), JSON, HTTPStatus.BAD_GATEWAY)
        else:
            self._send(answer.content, JSON, HTTPStatus(answer.status_code))

    def _send(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        log.debug("dashboards.asked", line=format % args)

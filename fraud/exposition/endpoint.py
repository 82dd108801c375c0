"""The page that Prometheus reads."""

import threading
from collections.abc import Callable, Iterable
from typing import Any, Final
from wsgiref.simple_server import WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer, _SilentHandler

from fraud.exposition.errors import EndpointError
from fraud.exposition.protobuf import CONTENT_TYPE, encode

PROTOBUF: Final = "application/vnd.google.protobuf"

type StartResponse = Callable[[str, list[tuple[str, str]]], object]
type Page = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def page_of(registry: CollectorRegistry) -> Page:
    """A WSGI application: protobuf for who asks for it first, else text."""
    as_text = make_wsgi_app(registry)

    def page(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("HTTP_ACCEPT", "").startswith(PROTOBUF):
            body: Iterable[bytes] = as_text(environ, start_response)
            return body
        encoded = encode(registry)
        start_response("200 OK", [("Content-Type", CONTENT_TYPE)])
        return [encoded]

    return page


def serve_metrics(
    registry: CollectorRegistry, host: str, port: int, setting: str
) -> Callable[[], None]:
    """Open the endpoint on a thread of its own; returns what closes it.

    Args:
        registry: What is told.
        host: Where to listen.
        port: The same.
        setting: Name of the setting that ``port`` came from, for the error.

    Raises:
        EndpointError: It cannot listen there.
    """
    try:
        server = make_server(host, port, page_of(registry), ThreadingWSGIServer, _SilentHandler)
    except OSError as exc:
        variable = f"FRAUD_{setting.upper().replace('.', '__')}"
        raise EndpointError(
            f"Failed to serve metrics at {host}:{port}: {exc.strerror}: set another "
            f"{setting} ({variable})"
        ) from exc
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()

    def close(server: WSGIServer = server) -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return close

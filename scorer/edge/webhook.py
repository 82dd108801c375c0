"""Takes MLflow's word that an alias has moved, so that nobody waits for the next poll.

Signed as https://mlflow.org/docs/latest/ml/webhooks/ tells: HMAC-SHA256 over
``delivery id.timestamp.body``. A call says only that it is worth looking; what serves is still
read from the registry, so one that is sent again does no harm.
"""

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import structlog

from fraud.settings import RegistrySettings
from scorer.edge.server import AddressError

log = structlog.get_logger(__name__)

WEBHOOKS_PATH = "/api/2.0/mlflow/webhooks"
EVENTS = [{"entity": "MODEL_VERSION_ALIAS", "action": each} for each in ("CREATED", "DELETED")]
TOLERANCE_SECONDS = 300
MOST_BYTES = 65_536
SILENCE_SECONDS = 2.0


def signature_of(secret: str, delivery: str, timestamp: str, body: bytes) -> str:
    """The signature that a call must carry, such as ``v1,<base64>``."""
    signed = f"{delivery}.{timestamp}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def refusal_of(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> str | None:
    """Why a call is not to be believed; None if it is.

    Args:
        secret: Shared with the registry.
        headers: Of the call.
        body: Of the call.
        now: Seconds since the Unix epoch.
    """
    delivery = headers.get("X-MLflow-Delivery-Id", "")
    timestamp = headers.get("X-MLflow-Timestamp", "")
    found = headers.get("X-MLflow-Signature", "")
    if not hmac.compare_digest(
        found.encode(), signature_of(secret, delivery, timestamp, body).encode()
    ):
        return "the signature is not that of the secret"
    if not timestamp.isdecimal() or abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        return f"the timestamp `{timestamp}` is not of the last {TOLERANCE_SECONDS} s"
    return None


class Webhook:
    """A small HTTP server on a thread of its own.

    Args:
        settings: Where to listen, what the registry calls, and the secret.
        on_moved: Called for each call that is believed; must return at once.

    Raises:
        AddressError: There is no secret, or the address cannot be listened on.
    """

    def __init__(self, settings: RegistrySettings, on_moved: Callable[[], None]) -> None:
        if not settings.webhook_password:
            raise AddressError(
                "Failed to take webhooks: `registry.webhook_port` is set and "
                "`registry.webhook_password` is not: set FRAUD_REGISTRY__WEBHOOK_PASSWORD"
            )
        self._settings = settings
        self._secret = settings.webhook_password
        self._on_moved = on_moved
        self._announced = False
        self.accepted = 0
        self.rejected = 0
        handler = type("Handler", (_Handler,), {"webhook": self})
        address = (settings.webhook_host, settings.webhook_port or 0)
        try:
            self._server = HTTPServer(address, handler)
        except OSError as exc:
            raise AddressError(f"Failed to take webhooks at {address}: {exc}") from exc
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="webhook", daemon=True
        )

    @property
    def url(self) -> str:
        """What the registry calls."""
        own = f"http://{self._settings.webhook_host}:{self._server.server_port}/"
        return self._settings.webhook_url or own

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no longer."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def take(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Look at a call; returns whether it is believed."""
        refusal = refusal_of(self._secret, headers, body, time.time_ns() / 1e9)
        if refusal is not None:
            self.rejected += 1
            log.warning("webhook.rejected", reason=refusal, rejected=self.rejected)
            return False
        self.accepted += 1
        self._on_moved()
        return True

    def announce(self) -> None:
        """Have the registry call us, unless it does; polling goes on where it cannot be asked."""
        if self._announced:
            return
        try:
            with httpx.Client(
                base_url=self._settings.url, timeout=self._settings.timeout_seconds
            ) as client:
                self._register(client)
        except (httpx.HTTPError, ValueError, KeyError) as exc:
            log.warning("webhook.not_announced", url=self.url, error=str(exc))
            return
        self._announced = True
        log.info("webhook.announced", url=self.url)

    def _register(self, client: httpx.Client) -> None:
        for known in _known(client):
            if known["url"] == self.url:
                # Its secret may be another one by now.
                client.delete(f"{WEBHOOKS_PATH}/{known['webhook_id']}").raise_for_status()
        told = {
            "name": f"scorer-{self._server.server_port}",
            "url": self.url,
            "events": EVENTS,
            "secret": self._secret,
        }
        client.post(WEBHOOKS_PATH, json=told).raise_for_status()


def _known(client: httpx.Client) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    query = {"max_results": "100"}
    while True:
        page = client.get(WEBHOOKS_PATH, params=query).raise_for_status().json()
        found += page.get("webhooks", [])
        if not page.get("next_page_token"):
            return found
        query["page_token"] = page["next_page_token"]


class _Handler(BaseHTTPRequestHandler):
    webhook: Webhook
    timeout = SILENCE_SECONDS

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            self._answer(413)
            return
        body = self.rfile.read(int(length))
        self._answer(204 if self.webhook.take(dict(self.headers), body) else 401)

    def log_message(self, *_: object) -> None:
        """What is worth a line is logged by :class:`Webhook`."""

    def _answer(self, code: int) -> None:
        self.send_response(code)
        self.send_header("Content-Length", "0")
        self.end_headers()

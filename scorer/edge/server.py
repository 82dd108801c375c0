"""What the two servers have in common."""

from dataclasses import dataclass
from typing import Any, Protocol

import grpc
from grpc_health.v1 import health
from grpc_reflection.v1alpha import reflection

from fraud.settings import ScorerSettings
from scorer.edge.methods import Method
from scorer.errors import ScorerError


@dataclass(frozen=True, slots=True)
class Load:
    """What a server has to do.

    Args:
        serving: Whether it takes payments.
        in_flight: Calls under way, those that wait included.
        waiting: Calls that wait for a thread.
        shed: Calls turned away so far because too many were in flight.
    """

    serving: bool
    in_flight: int
    waiting: int
    shed: int


class Edge(Protocol):
    """A gRPC server in this process; a traced one remembers the traces of its callers."""

    port: int
    """Where it listens, once started."""

    @property
    def load(self) -> Load:
        """What it has to do at this moment."""

    def start(self) -> None:
        """Listen; health is NOT_SERVING until told otherwise.

        Raises:
            AddressError: The address cannot be listened on.
        """

    def set_serving(self, serving: bool) -> None:
        """Tell the health service, for the whole server and for every service."""

    def stop(self, grace_seconds: float) -> None:
        """Take no more calls; cut off those that are not done after ``grace_seconds``."""


class AddressError(ScorerError):
    """The address cannot be listened on."""


def options_of(settings: ScorerSettings) -> list[tuple[str, Any]]:
    """Channel arguments of the server."""
    return [
        ("grpc.max_receive_message_length", settings.max_message_bytes),
        # Two scorers on one port would share its payments, and neither would know all.
        ("grpc.so_reuseport", 0),
    ]


def credentials_of(settings: ScorerSettings) -> grpc.ServerCredentials | None:
    """TLS, where a certificate is set."""
    if settings.tls_certificate is None or settings.tls_key is None:
        return None
    pair = (settings.tls_key.read_bytes(), settings.tls_certificate.read_bytes())
    return grpc.ssl_server_credentials([pair])


def services_of(methods: list[Method]) -> list[str]:
    """Full names of the services that ``methods`` belong to, each once."""
    return list(dict.fromkeys(method.service for method in methods))


def reflected_services(methods: list[Method]) -> list[str]:
    """All services that a client may ask about."""
    return [*services_of(methods), health.SERVICE_NAME, reflection.SERVICE_NAME]


def listen(server: grpc.Server | grpc.aio.Server, settings: ScorerSettings) -> int:
    """Bind the port of ``settings``; returns the one that was bound.

    Raises:
        AddressError: It is taken or not this machine's.
    """
    address, credentials = f"{settings.host}:{settings.port}", credentials_of(settings)
    try:
        if credentials is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, credentials)
    except RuntimeError as exc:
        raise AddressError(f"Failed to listen on `{address}`: {exc}") from exc

"""The native server: hyper and tonic on threads that need no interpreter."""

import threading
from collections.abc import Iterator
from typing import Any

from grpc_reflection.v1alpha import reflection, reflection_pb2

from features_rs import Call, Engine, Server
from fraud.settings import ScorerSettings
from scorer.edge.methods import Lane, Method, parse
from scorer.edge.server import AddressError, Load, reflected_services, services_of
from scorer.edge.status import refusal_of
from scorer.errors import DeadlineError

SIDE_THREADS = 2
STREAM_THREADS = 2
# Methods that the server answers itself where it can.
NATIVE = {"Score": "score", "ScoreStream": "score_stream", "Ping": "nothing"}


class NativeEdge:
    """See :class:`scorer.edge.server.Edge`.

    The server speaks gRPC outside the interpreter. What Python answers waits there in lanes, and
    threads of this class take it from them: an error becomes a status in the one place where it
    does for every server.

    Args:
        settings: Address and bounds.
        methods: What Python answers.
        engine: Answers plain payments before Python is asked; None leaves all to Python.
    """

    def __init__(
        self, settings: ScorerSettings, methods: list[Method], engine: Engine | None = None
    ) -> None:
        self._settings = settings
        served = [served_of(method) for method in methods]
        served.append((REFLECTION, "stream", "side"))
        self._methods = [*methods, reflection_of(methods)]
        self._server = Server(
            methods=served,
            services=services_of(methods),
            threads=settings.threads,
            max_calls=settings.max_concurrent_calls,
            max_streams=settings.max_streams,
            max_message_bytes=settings.max_message_bytes,
            tls=identity_of(settings),
            engine=engine,
        )
        self._serving = False
        self._threads = list(self._build_threads())
        self.port = 0

    @property
    def load(self) -> Load:
        """See :class:`scorer.edge.server.Edge`."""
        server = self._server
        return Load(self._serving, server.in_flight, server.waiting, server.shed)

    def start(self) -> None:
        """See :class:`scorer.edge.server.Edge`."""
        host, port = self._settings.host, self._settings.port
        try:
            self.port = self._server.listen(host, port)
        except OSError as exc:
            raise AddressError(f"Failed to listen on `{host}:{port}`: {exc}") from exc
        for thread in self._threads:
            thread.start()

    def set_serving(self, serving: bool) -> None:
        """See :class:`scorer.edge.server.Edge`."""
        self._server.set_serving(serving)
        self._serving = serving

    def stop(self, grace_seconds: float) -> None:
        """See :class:`scorer.edge.server.Edge`."""
        self._server.stop(grace_seconds)

    def _build_threads(self) -> Iterator[threading.Thread]:
        counts = {"hot": self._settings.threads, "side": SIDE_THREADS, "stream": STREAM_THREADS}
        for lane, count in counts.items():
            for _ in range(count):
                yield threading.Thread(target=self._work, args=(lane,), name=lane, daemon=True)

    def _work(self, lane: str) -> None:
        while (call := self._server.next(lane)) is not None:
            answer(call, self._methods[call.method])


def answer(call: Call, method: Method) -> None:
    """Answer a call, with a refusal if its method raises or its caller had stopped waiting."""
    if not call.is_awaited:
        late = DeadlineError("the deadline had passed before the call")
        method.refused(late)
        refuse(call, late)
        return
    try:
        call.answer(method.call(call.payload))
    except Exception as exc:  # noqa: BLE001 - the edge is where every error ends
        refuse(call, exc)


def refuse(call: Call, error: Exception) -> None:
    """Answer a call by the status that an error becomes."""
    refusal = refusal_of(error)
    details = b"".join(value for _, value in refusal.trailing_metadata)
    call.refuse(refusal.number, refusal.message, details)


def served_of(method: Method) -> tuple[str, str, str]:
    """A method's path, its kind and its lane, as the native server is told them."""
    kind = NATIVE.get(method.name) or ("stream" if method.lane is Lane.STREAM else "unary")
    return f"/{method.service}/{method.name}", kind, method.lane.value


def identity_of(settings: ScorerSettings) -> tuple[bytes, bytes] | None:
    """Certificate chain and key, where they are set."""
    if settings.tls_certificate is None or settings.tls_key is None:
        return None
    return settings.tls_certificate.read_bytes(), settings.tls_key.read_bytes()


REFLECTION = f"/{reflection.SERVICE_NAME}/ServerReflectionInfo"


def reflection_of(methods: list[Method]) -> Method:
    """What answers one message of a reflection stream."""
    # Published with the types of a method that is called by a server alone.
    servicer: Any = reflection.ReflectionServicer(reflected_services(methods))

    def call(payload: bytes) -> bytes:
        request = parse(reflection_pb2.ServerReflectionRequest, payload)
        [response] = servicer.ServerReflectionInfo(iter([request]), None)
        answered: bytes = response.SerializeToString()
        return answered

    return Method(reflection.SERVICE_NAME, "ServerReflectionInfo", call, Lane.STREAM)

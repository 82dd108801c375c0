"""The server with worker threads."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2

from fraud.settings import ScorerSettings
from scorer.edge.methods import Lane, Method, UnaryCall
from scorer.edge.server import listen, options_of, reflected_services, services_of
from scorer.edge.status import Refusal, refusal_of
from scorer.errors import DeadlineError, OverloadedError

SIDE_THREADS = 2
STATUS = health_pb2.HealthCheckResponse


class ThreadsEdge:
    """See :class:`scorer.edge.server.Edge`.

    Payments have worker threads of their own: reloads, labels and streams, which hold a thread
    for as long as they last, run on others.
    """

    def __init__(self, settings: ScorerSettings, methods: list[Method]) -> None:
        self._settings = settings
        self._methods = methods
        self._hot = ThreadPoolExecutor(settings.threads, "score")
        self._side = ThreadPoolExecutor(SIDE_THREADS, "side")
        # One more than may be open, to turn the next one away.
        self._streaming = ThreadPoolExecutor(settings.max_streams + 1, "stream")
        self._slots = threading.BoundedSemaphore(settings.max_streams)
        self._health = health.HealthServicer()
        self._server = self._build()
        self.port = 0

    def start(self) -> None:
        """See :class:`scorer.edge.server.Edge`."""
        self.set_serving(False)
        self.port = listen(self._server, self._settings)
        self._server.start()

    def set_serving(self, serving: bool) -> None:
        """See :class:`scorer.edge.server.Edge`."""
        status = STATUS.SERVING if serving else STATUS.NOT_SERVING
        for service in ("", *services_of(self._methods)):
            self._health.set(service, status)

    def stop(self, grace_seconds: float) -> None:
        """See :class:`scorer.edge.server.Edge`."""
        self._server.stop(grace_seconds).wait()
        for pool in (self._hot, self._side, self._streaming):
            pool.shutdown(wait=False, cancel_futures=True)

    def _build(self) -> grpc.Server:
        server = grpc.server(
            self._hot,
            options=options_of(self._settings),
            maximum_concurrent_rpcs=self._settings.max_concurrent_calls,
        )
        for service in services_of(self._methods):
            handlers = {m.name: self._handler(m) for m in self._methods if m.service == service}
            generic = grpc.method_handlers_generic_handler(service, handlers)
            server.add_generic_rpc_handlers((generic,))
            server.add_registered_method_handlers(service, handlers)  # type: ignore[attr-defined]
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        server.add_generic_rpc_handlers((self._reflection(),))
        return server

    def _handler(self, method: Method) -> "grpc.RpcMethodHandler[bytes, bytes]":
        if method.lane is Lane.STREAM:
            stream = on_pool(self._streaming, self._stream_behaviour(method.call))
            return grpc.stream_stream_rpc_method_handler(stream)
        behaviour = unary_behaviour(method.call)
        if method.lane is Lane.SIDE:
            behaviour = on_pool(self._side, behaviour)
        return grpc.unary_unary_rpc_method_handler(behaviour)

    def _stream_behaviour(self, call: UnaryCall) -> Callable[..., Iterator[bytes]]:
        def behaviour(payloads: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
            if not self._slots.acquire(blocking=False):
                abort(context, refusal_of(OverloadedError("too many streams are open")))
            try:
                yield from map(call, payloads)
            finally:
                self._slots.release()

        return behaviour

    def _reflection(self) -> "grpc.GenericRpcHandler[Any, Any]":
        servicer = reflection.ReflectionServicer(reflected_services(self._methods))
        handler = grpc.stream_stream_rpc_method_handler(
            on_pool(self._streaming, servicer.ServerReflectionInfo),
            reflection_pb2.ServerReflectionRequest.FromString,
            reflection_pb2.ServerReflectionResponse.SerializeToString,
        )
        return grpc.method_handlers_generic_handler(
            reflection.SERVICE_NAME, {"ServerReflectionInfo": handler}
        )


def unary_behaviour(call: UnaryCall) -> Callable[[bytes, grpc.ServicerContext], bytes]:
    """A method as grpc calls it."""

    def behaviour(payload: bytes, context: grpc.ServicerContext) -> bytes:
        if context.time_remaining() <= 0:
            abort(context, refusal_of(DeadlineError("the deadline had passed before the call")))
        try:
            return call(payload)
        except Exception as exc:  # noqa: BLE001 - the edge is where every error ends
            refusal = refusal_of(exc)
        abort(context, refusal)

    return behaviour


def abort(context: grpc.ServicerContext, refusal: Refusal) -> NoReturn:
    """End the call with a refusal."""
    context.set_trailing_metadata(refusal.trailing_metadata)
    context.abort(refusal.code, refusal.message)


def on_pool[F: Callable[..., Any]](pool: ThreadPoolExecutor, behaviour: F) -> F:
    """Have grpc run ``behaviour`` on ``pool``; it looks for this attribute of a function."""

    def pooled(*arguments: Any) -> Any:
        return behaviour(*arguments)

    pooled.experimental_thread_pool = pool  # type: ignore[attr-defined]
    return pooled  # type: ignore[return-value]

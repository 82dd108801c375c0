"""The server with worker threads."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NoReturn

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2

from fraud.settings import ScorerSettings
from scorer.edge.limit import CountingLimit
from scorer.edge.methods import Lane, Method, UnaryCall
from scorer.edge.pool import WatchedPool
from scorer.edge.server import Load, listen, options_of, reflected_services, services_of
from scorer.edge.status import Refusal, refusal_of
from scorer.errors import DeadlineError, OverloadedError
from scorer.tracing.incoming import note

SIDE_THREADS = 2
STATUS = health_pb2.HealthCheckResponse

type UnaryBehaviour = Callable[[bytes, grpc.ServicerContext], bytes]


class ThreadsEdge:
    """See :class:`scorer.edge.server.Edge`.

    Payments have worker threads of their own: reloads, labels and streams, which hold a thread
    for as long as they last, run on others.
    """

    def __init__(
        self, settings: ScorerSettings, methods: list[Method], *, traced: bool = False
    ) -> None:
        self._settings = settings
        self._methods = methods
        self._traced = traced
        self._hot = WatchedPool(settings.threads, "score")
        self._side = ThreadPoolExecutor(SIDE_THREADS, "side")
        # One more than may be open, to turn the next one away.
        self._streaming = ThreadPoolExecutor(settings.max_streams + 1, "stream")
        self._slots = threading.BoundedSemaphore(settings.max_streams)
        self._health = health.HealthServicer()
        self._limit = CountingLimit(settings.max_concurrent_calls)
        self._busy: set[int] = set()
        self._serving = False
        self._server = self._build()
        self.port = 0

    @property
    def load(self) -> Load:
        """See :class:`scorer.edge.server.Edge`."""
        waiting = self._hot._work_queue.qsize()  # noqa: SLF001 - nothing else tells
        return Load(self._serving, waiting + len(self._busy), waiting, self._limit.shed)

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
        self._serving = serving

    def stop(self, grace_seconds: float) -> None:
        """See :class:`scorer.edge.server.Edge`."""
        self._server.stop(grace_seconds).wait()
        for pool in (self._hot, self._side, self._streaming):
            pool.shutdown(wait=False, cancel_futures=True)

    def _build(self) -> grpc.Server:
        server = grpc.server(
            self._hot,
            options=options_of(self._settings),
            maximum_concurrent_rpcs=self._limit,
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
        behaviour = unary_behaviour(method)
        if method.lane is Lane.SIDE:
            behaviour = on_pool(self._side, behaviour)
        else:
            behaviour = self._counted(noting(behaviour) if self._traced else behaviour)
            late = DeadlineError("given up before it began")
            behaviour = self._hot.watch(behaviour, partial(method.refused, late))
        return grpc.unary_unary_rpc_method_handler(behaviour)

    def _counted(self, behaviour: UnaryBehaviour) -> UnaryBehaviour:
        busy = self._busy

        def counted(payload: bytes, context: grpc.ServicerContext) -> bytes:
            thread = threading.get_ident()
            busy.add(thread)
            try:
                return behaviour(payload, context)
            finally:
                busy.discard(thread)

        return counted

    def _stream_behaviour(self, call: UnaryCall) -> Callable[..., Iterator[bytes]]:
        def behaviour(payloads: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
            if not self._slots.acquire(blocking=False):
                self._limit.shed += 1
                abort(context, refusal_of(OverloadedError("too many streams are open")))
            if self._traced:
                note(context.invocation_metadata())
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


def unary_behaviour(method: Method) -> UnaryBehaviour:
    """A method as grpc calls it."""
    call = method.call

    def behaviour(payload: bytes, context: grpc.ServicerContext) -> bytes:
        if context.time_remaining() <= 0:
            late = DeadlineError("the deadline had passed before the call")
            method.refused(late)
            abort(context, refusal_of(late))
        try:
            return call(payload)
        except Exception as exc:  # noqa: BLE001 - the edge is where every error ends
            refusal = refusal_of(exc)
        abort(context, refusal)

    return behaviour


def noting(behaviour: UnaryBehaviour) -> UnaryBehaviour:
    """The same, with the caller's trace remembered before."""

    def noted(payload: bytes, context: grpc.ServicerContext) -> bytes:
        note(context.invocation_metadata())
        return behaviour(payload, context)

    return noted


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

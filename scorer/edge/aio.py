"""The server on one event loop."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine
from typing import Any, NoReturn

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from fraud.settings import ScorerSettings
from scorer.edge.bound import CallBound
from scorer.edge.methods import Lane, Method, UnaryCall, ignore
from scorer.edge.server import Load, listen, options_of, reflected_services, services_of
from scorer.edge.status import Refusal, refusal_of
from scorer.errors import DeadlineError, OverloadedError
from scorer.tracing.incoming import note

STATUS = health_pb2.HealthCheckResponse

type Context = grpc.aio.ServicerContext[Any, Any]


class AioEdge:
    """See :class:`scorer.edge.server.Edge`.

    The loop has a thread of its own. Payments are scored on it, one after the other; what may
    wait runs on other threads.
    """

    def __init__(
        self, settings: ScorerSettings, methods: list[Method], *, traced: bool = False
    ) -> None:
        self._settings = settings
        self._methods = methods
        self._traced = traced
        self._open_streams = self._in_flight = 0
        self._serving = False
        streams = [f"/{each.service}/{each.name}" for each in methods if each.lane is Lane.STREAM]
        self._bound = CallBound(settings.max_concurrent_calls, streams, self._drop)
        self._refused = {f"/{each.service}/{each.name}": each.refused for each in methods}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="edge", daemon=True)
        self.port = 0

    @property
    def load(self) -> Load:
        """See :class:`scorer.edge.server.Edge`; nothing waits for a thread on a loop."""
        return Load(self._serving, self._in_flight, 0, self._bound.shed)

    def start(self) -> None:
        """See :class:`scorer.edge.server.Edge`."""
        self._thread.start()
        self._run(self._start())

    def set_serving(self, serving: bool) -> None:
        """See :class:`scorer.edge.server.Edge`."""
        self._run(self._set_serving(serving))

    def stop(self, grace_seconds: float) -> None:
        """See :class:`scorer.edge.server.Edge`."""
        self._run(self._server.stop(grace_seconds))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run[T](self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _start(self) -> None:
        self._health = health.aio.HealthServicer()  # type: ignore[attr-defined]
        self._server = self._build()
        await self._set_serving(False)
        self.port = listen(self._server, self._settings)
        await self._server.start()

    async def _set_serving(self, serving: bool) -> None:
        status = STATUS.SERVING if serving else STATUS.NOT_SERVING
        for service in ("", *services_of(self._methods)):
            await self._health.set(service, status)
        self._serving = serving

    def _build(self) -> grpc.aio.Server:
        server = grpc.aio.server(
            options=options_of(self._settings),
            interceptors=[self._bound],
        )
        for service in services_of(self._methods):
            handlers = {m.name: self._handler(m) for m in self._methods if m.service == service}
            generic = grpc.method_handlers_generic_handler(service, handlers)
            server.add_generic_rpc_handlers((generic,))
            server.add_registered_method_handlers(service, handlers)  # type: ignore[attr-defined]
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        reflection.enable_server_reflection(reflected_services(self._methods), server)
        return server

    def _handler(self, method: Method) -> "grpc.RpcMethodHandler[bytes, bytes]":
        if method.lane is Lane.STREAM:
            return grpc.stream_stream_rpc_method_handler(self._stream_behaviour(method.call))
        aside = method.lane is Lane.SIDE
        behaviour = self._counted(unary_behaviour(method, aside=aside))
        return grpc.unary_unary_rpc_method_handler(behaviour)

    def _counted(self, behaviour: Any) -> Any:
        async def counted(payload: bytes, context: Context) -> bytes:
            self._bound.begin()
            self._in_flight += 1
            if self._traced:
                note(context.invocation_metadata())
            try:
                answer: bytes = await behaviour(payload, context)
                return answer
            finally:
                self._in_flight -= 1

        return counted

    def _drop(self, path: str) -> None:
        self._refused.get(path, ignore)(DeadlineError("given up before it began"))

    def _stream_behaviour(self, call: UnaryCall) -> Any:
        async def behaviour(
            payloads: AsyncIterator[bytes], context: Context
        ) -> AsyncIterator[bytes]:
            if self._open_streams >= self._settings.max_streams:
                self._bound.shed += 1
                await abort(context, refusal_of(OverloadedError("too many streams are open")))
            self._open_streams += 1
            if self._traced:
                note(context.invocation_metadata())
            try:
                async for payload in payloads:
                    yield call(payload)
            finally:
                self._open_streams -= 1

        return behaviour


def unary_behaviour(method: Method, *, aside: bool) -> Any:
    """A method as grpc.aio calls it."""
    call = method.call

    async def behaviour(payload: bytes, context: Context) -> bytes:
        remaining: float | None = context.time_remaining()
        if remaining is not None and remaining <= 0:
            late = DeadlineError("the deadline had passed before the call")
            method.refused(late)
            await abort(context, refusal_of(late))
        try:
            return await asyncio.to_thread(call, payload) if aside else call(payload)
        except Exception as exc:  # noqa: BLE001 - the edge is where every error ends
            refusal = refusal_of(exc)
        return await abort(context, refusal)

    return behaviour


async def abort(context: Context, refusal: Refusal) -> NoReturn:
    """End the call with a refusal."""
    await context.abort(refusal.code, refusal.message, refusal.trailing_metadata)

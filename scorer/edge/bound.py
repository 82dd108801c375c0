"""The bound of calls in flight on an event loop, counted here as the server there tells nobody."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import TYPE_CHECKING, Any

import grpc

from scorer.edge.status import refusal_of
from scorer.errors import OverloadedError

type Handler = "grpc.RpcMethodHandler[Any, Any]"


if TYPE_CHECKING:
    Interceptor = grpc.aio.ServerInterceptor[Any, Any]
else:
    Interceptor = grpc.aio.ServerInterceptor


class CallBound(Interceptor):
    """Turns calls away at once while too many are under way; used on the loop alone.

    The server's own bound, ``maximum_concurrent_rpcs``, is a number of C: unlike with threads,
    nothing of it can be seen.

    Args:
        most: Calls under way at once.
        streams: Paths of methods that have a bound of their own.
        dropped: Told the path of a call that was given up before it began: the server then answers
            nobody, and calls no method.
    """

    def __init__(self, most: int, streams: Collection[str], dropped: Callable[[str], None]) -> None:
        self._most = most
        self._streams = frozenset(streams)
        self._dropped = dropped
        self._under_way = 0
        self._begun: set[asyncio.Task[Any] | None] = set()
        self.shed = 0
        self._refusing = grpc.unary_unary_rpc_method_handler(refuse)

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        """Find what answers a call: the method, or a refusal."""
        if handler_call_details.method in self._streams:
            return await continuation(handler_call_details)
        if self._under_way >= self._most:
            self.shed += 1
            return self._refusing
        task = asyncio.current_task()
        assert task is not None
        self._under_way += 1
        # The task of the call: it ends however the call does, one cut off on its way included.
        task.add_done_callback(partial(self._end, handler_call_details.method))
        return await continuation(handler_call_details)

    def begin(self) -> None:
        """The call of this task has come to its method."""
        self._begun.add(asyncio.current_task())

    def _end(self, path: str, task: "asyncio.Task[Any]") -> None:
        self._under_way -= 1
        if task in self._begun:
            self._begun.discard(task)
        else:
            self._dropped(path)


async def refuse(_: bytes, context: "grpc.aio.ServicerContext[Any, Any]") -> bytes:
    """End a call as one too many."""
    refusal = refusal_of(OverloadedError("too many calls are in flight"))
    await context.abort(refusal.code, refusal.message)

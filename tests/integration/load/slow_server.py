"""A tiny gRPC server whose faults a test chooses: stalls and errors, on a real socket."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc

from fraud.v1.admin_pb2 import PingRequest, PingResponse
from fraud.v1.scoring_pb2 import (
    DECISION_APPROVE,
    DECISION_DECLINE,
    Flags,
    Reason,
    ScoreRequest,
    ScoreResponse,
    ServerTiming,
)
from fraud.v1.transaction_pb2 import Transaction


@dataclass
class Faults:
    """Seconds to wait before the answer, and the code to fail with, by number of the score."""

    delays: dict[int, float] = field(default_factory=dict)
    codes: dict[int, grpc.StatusCode] = field(default_factory=dict)


@dataclass
class SlowServer:
    """Its address and what it was asked, in order of arrival."""

    faults: Faults
    target: str = ""
    order: list[str] = field(default_factory=list)
    payments: list[Transaction] = field(default_factory=list)
    ping_bytes: list[int] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take_score(self, request: ScoreRequest) -> int:
        with self._lock:
            self.order.append("score")
            self.payments.append(request.transaction)
            return len(self.payments) - 1

    def take_ping(self, request: PingRequest) -> None:
        with self._lock:
            self.order.append("ping")
            self.ping_bytes.append(request.ByteSize())


def handlers(state: SlowServer) -> "list[grpc.GenericRpcHandler[Any, Any]]":
    """The two methods that are called, and no other."""

    def score(request: ScoreRequest, context: grpc.ServicerContext) -> ScoreResponse:
        number = state.take_score(request)
        time.sleep(state.faults.delays.get(number, 0.0))
        code = state.faults.codes.get(number)
        if code is not None:
            context.abort(code, f"fault {number}")
        return answer(request.transaction, number)

    def ping(request: PingRequest, context: grpc.ServicerContext) -> PingResponse:
        state.take_ping(request)
        return PingResponse()

    score_handler = grpc.unary_unary_rpc_method_handler(
        score, ScoreRequest.FromString, ScoreResponse.SerializeToString
    )
    ping_handler = grpc.unary_unary_rpc_method_handler(
        ping, PingRequest.FromString, PingResponse.SerializeToString
    )
    return [
        grpc.method_handlers_generic_handler("fraud.v1.ScoringService", {"Score": score_handler}),
        grpc.method_handlers_generic_handler("fraud.v1.AdminService", {"Ping": ping_handler}),
    ]


def answer(transaction: Transaction, number: int) -> ScoreResponse:
    """Every tenth payment is declined, every fourth a repeat."""
    declined = number % 10 == 0
    return ScoreResponse(
        transaction_id=transaction.transaction_id,
        decision=DECISION_DECLINE if declined else DECISION_APPROVE,
        probability=0.1 + number / 1000,
        risk_score=number,
        model_version="7",
        reasons=[Reason(code="VELOCITY", weight=0.25)] if declined else [],
        flags=Flags(duplicate=number % 4 == 0),
        server_timing=ServerTiming(total_us=100 + number, model_us=20),
    )


@contextmanager
def slow_server(faults: Faults, threads: int = 1) -> Iterator[SlowServer]:
    """Serve on a free port; with one thread, a stall holds up every later call."""
    state = SlowServer(faults)
    server = grpc.server(ThreadPoolExecutor(threads))
    server.add_generic_rpc_handlers(handlers(state))
    state.target = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield state
    finally:
        server.stop(None).wait()

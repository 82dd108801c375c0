# ruff: noqa: E402 - gevent has to be told of grpc before it is used
"""Payments by locust, which is installed beside grpcio and protobuf in an environment of its own.

``uvx --with grpcio --with protobuf locust -f benchmarks/load/locustfile.py``

Closed loop: a user waits for the answer before its next payment, so a stall hides the calls that
would have met it. Each user makes ten payments a second; ten users are 100/s.
"""

import itertools
import os
import sys
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import grpc.experimental.gevent as grpc_gevent  # type: ignore[import-not-found]
from locust import User, constant_throughput, task  # type: ignore[import-not-found]

grpc_gevent.init_gevent()

import grpc

from fraud.v1.scoring_pb2 import ScoreRequest
from fraud.v1.scoring_pb2_grpc import ScoringServiceStub
from fraud.v1.transaction_pb2 import CHANNEL_ECOMMERCE, Transaction

BEGIN_SECONDS = 1_762_603_200
NUMBERS = itertools.count()


class Gateway(User):  # type: ignore[misc]
    """Asks for a decision ten times a second."""

    wait_time = constant_throughput(10)
    host = os.environ.get("FRAUD_TARGET", "127.0.0.1:50051")

    def on_start(self) -> None:
        """One connection a user."""
        self._channel = grpc.insecure_channel(self.host)
        self._scoring = ScoringServiceStub(self._channel)

    def on_stop(self) -> None:
        """Close it."""
        self._channel.close()

    @task  # type: ignore[untyped-decorator]
    def score(self) -> None:
        """One payment; what it took is told to locust."""
        request = _request(next(NUMBERS))
        began, error = time.perf_counter(), None
        try:
            self._scoring.Score(request, timeout=5)
        except grpc.RpcError as exc:
            error = exc
        self.environment.events.request.fire(
            request_type="grpc",
            name="Score",
            response_time=1000 * (time.perf_counter() - began),
            response_length=0,
            exception=error,
        )


def _request(number: int) -> ScoreRequest:
    transaction = Transaction(
        transaction_id=f"locust-{uuid.uuid4()}",
        account_id=f"account-{number % 1000}",
        merchant_id=f"merchant-{number * 31 % 2000}",
        category="5411",
        amount_minor=1250,
        currency="EUR",
        channel=CHANNEL_ECOMMERCE,
        device_id="device-1",
    )
    transaction.event_time.seconds = BEGIN_SECONDS
    return ScoreRequest(transaction=transaction)

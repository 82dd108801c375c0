"""A gateway that asks the scorers about payments, each account at its own scorer."""

import threading
import time
from collections.abc import Sequence

import numpy as np
from google.protobuf.timestamp_pb2 import Timestamp

from fraud.client import ScorerClient
from fraud.v1.transaction_pb2 import CHANNEL_ECOMMERCE, Transaction
from worker.routing import Router

PATIENCE = 14  # attempts, each waiting twice as long: a scorer that was killed is back in seconds


class Gateway(threading.Thread):
    """Pays until stopped; ``answered`` holds the ids of the payments that got a decision.

    Args:
        targets: Host and port of each scorer.
        rate: Payments a second, at most.
        accounts: How many accounts pay.
    """

    def __init__(self, targets: Sequence[str], rate: float, accounts: int) -> None:
        super().__init__(name="gateway", daemon=True)
        self.answered: list[str] = []
        self.error: Exception | None = None
        self._router = Router(targets)
        self._targets = targets
        self._pause = 1 / rate
        self._random = np.random.default_rng(4)
        self._accounts = accounts
        self._stopping = threading.Event()

    def run(self) -> None:
        """Pay, one payment after the other."""
        clients = {
            target: ScorerClient(target, attempts=PATIENCE, backoff=0.01)
            for target in self._targets
        }
        try:
            while not self._stopping.wait(self._pause):
                payment = self._payment(len(self.answered))
                client = clients[self._router.target_of(payment.account_id)]
                answer = client.score(payment, timeout=2.0)
                self.answered.append(answer.transaction_id)
        except Exception as exc:  # noqa: BLE001 - told by whoever waits for the thread
            self.error = exc
        finally:
            for client in clients.values():
                client.close()

    def stop(self) -> None:
        """Finish the payment under way, then end.

        Raises:
            Exception: What the thread failed at.
        """
        self._stopping.set()
        self.join()
        if self.error is not None:
            raise self.error

    def _payment(self, number: int) -> Transaction:
        now = Timestamp()
        now.FromNanoseconds(time.time_ns() // 1000 * 1000)
        return Transaction(
            transaction_id=f"gateway-{number:07}",
            account_id=f"account-{self._random.integers(self._accounts):07}",
            merchant_id=f"merchant-{self._random.integers(50):06}",
            category="5411",
            amount_minor=int(self._random.integers(100, 12_000)),
            currency="EUR",
            channel=CHANNEL_ECOMMERCE,
            device_id=f"gateway-device-{self._random.integers(200)}",
            event_time=now,
        )

"""What a call to a scorer costs that does nothing: the floor under every latency."""

import threading
import time
from collections.abc import Sequence

import grpc

from fraud.client import ScorerClient
from worker.metrics import WorkerMetrics

PROBE_SECONDS = 1.0
CALL_SECONDS = 1.0


class PingProbe:
    """Sends each scorer an empty call once a second, on a thread and connections of its own.

    Args:
        targets: ``host:port`` of each.
        metrics: Told how long the answers took; a call that fails is not counted.
    """

    def __init__(self, targets: Sequence[str], metrics: WorkerMetrics) -> None:
        self._targets = targets
        self._metrics = metrics
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ping", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; waits for a call under way."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        clients = [ScorerClient(target, attempts=1) for target in self._targets]
        while not self._stopping.wait(PROBE_SECONDS):
            for client in clients:
                self._ping(client)
        for client in clients:
            client.close()

    def _ping(self, client: ScorerClient) -> None:
        began = time.perf_counter_ns()
        try:
            client.ping(CALL_SECONDS)
        except grpc.RpcError:
            return
        self._metrics.ping.observe((time.perf_counter_ns() - began) / 1e9)

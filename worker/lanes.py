"""All lanes: a few to each scorer, every account in one of them."""

import time
from collections.abc import Collection
from typing import TYPE_CHECKING
from zlib import crc32

from worker.claim import Claim, Delivery
from worker.lane import Lane
from worker.metrics import WorkerMetrics
from worker.routing import Router
from worker.scorer_link import ScorerLink
from worker.set_aside import SetAside

if TYPE_CHECKING:
    from fraud.tracing.tracing import Tracing

LOOK_SECONDS = 0.002


class Lanes:
    """Spreads deliveries over lanes.

    Args:
        router: Names the scorer of an account.
        in_flight: Calls under way at once; each scorer has its share of them, at least one.
        aside: Takes what cannot be decided.
        metrics: Told of every outcome.
        tracing: Has a span made of every call.
    """

    def __init__(
        self,
        router: Router,
        in_flight: int,
        aside: SetAside,
        metrics: WorkerMetrics,
        tracing: "Tracing | None" = None,
    ) -> None:
        self._router = router
        self._links = {target: ScorerLink(target, tracing) for target in router.targets}
        count = max(1, in_flight // len(self._links))
        self._lanes = {
            target: [Lane(link, aside, metrics) for _ in range(count)]
            for target, link in self._links.items()
        }
        self._all = [lane for lanes in self._lanes.values() for lane in lanes]

    @property
    def in_flight(self) -> int:
        """Calls under way."""
        return sum(lane.settling is not None for lane in self._all)

    def start(self) -> None:
        """Connect to the scorers, start the lanes."""
        for link in self._links.values():
            link.connect()
        for lane in self._all:
            lane.start()

    def put(self, delivery: Delivery) -> None:
        """Have a delivery settled, after those of its account before it."""
        payment = delivery.payment
        account = payment.account_id if payment is not None else ""
        lanes = self._lanes[self._router.target_of(account)]
        lanes[crc32(account.encode()) % len(lanes)].put(delivery)

    def finish(self, claims: Collection[Claim], seconds: float) -> int:
        """Wait for the calls that are under way for revoked claims, so long at most.

        Returns:
            Calls that were left behind; their payments are asked about again by the next owner,
            and answered as decided before.
        """
        deadline = time.monotonic() + seconds
        while left := sum(
            delivery is not None and delivery.claim in claims
            for delivery in [lane.settling for lane in self._all]
        ):
            if time.monotonic() > deadline:
                break
            time.sleep(LOOK_SECONDS)
        return left

    def stop(self) -> None:
        """End the lanes; their deliveries should be revoked or settled."""
        for lane in self._all:
            lane.stop()
        for lane in self._all:
            lane.join()
        for link in self._links.values():
            link.close()

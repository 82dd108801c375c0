"""Counts calls where they are answered, for a few microseconds each."""

import threading
from collections import Counter
from collections.abc import Callable

from fraud.v1.scoring_pb2 import ScoreResponse
from scorer.metrics.shard import Latencies, Outcome, Shard

MOST_VERSIONS = 50
"""Model versions that are told apart; the oldest are forgotten, so that series stay bounded."""


class CallTally:
    """Every thread counts in a shard of its own; reading adds them up. For any thread.

    >>> tally = CallTally()
    >>> tally.observe(1, ScoreResponse(decision=3, model_version="7"))
    >>> tally.fail("INVALID_ARGUMENT")
    >>> total = tally.total()
    >>> total.outcomes, total.errors
    (Counter({(3, 0, '7'): 1}), Counter({'INVALID_ARGUMENT': 1}))
    """

    def __init__(self) -> None:
        self._local = threading.local()
        self._lock = threading.Lock()
        self._shards: list[Shard] = []
        # Gives what was counted outside the interpreter.
        self.elsewhere: Callable[[], Shard] = Shard

    def observe(self, channel: int, response: ScoreResponse) -> None:
        """Count an answer to a payment of that ``fraud.v1.Channel``."""
        self._shard().observe(channel, response)

    def fail(self, code: str) -> None:
        """Count a call that was refused with that gRPC status."""
        self._shard().errors[code] += 1

    def total(self) -> Shard:
        """Everything counted so far, as one shard."""
        with self._lock:
            shards = [*self._shards, self.elsewhere()]
        total = Shard()
        for shard in shards:
            total.degraded += shard.degraded
            total.duplicates += shard.duplicates
            total.late += shard.late
            total.errors += shard.errors
            # A copy is made at once, under the interpreter's lock: the owner goes on counting.
            total.outcomes += Counter(shard.outcomes.copy())
            for channel, latencies in list(shard.channels.items()):
                total.channels.setdefault(channel, Latencies()).add(latencies)
        total.outcomes = _newest_versions(total.outcomes)
        return total

    def _shard(self) -> Shard:
        shard: Shard | None = getattr(self._local, "shard", None)
        if shard is None:
            shard = self._local.shard = Shard()
            with self._lock:
                self._shards.append(shard)
        return shard


def _newest_versions(outcomes: Counter[Outcome]) -> Counter[Outcome]:
    versions = list(dict.fromkeys(version for _, _, version in outcomes))
    kept = set(versions[-MOST_VERSIONS:])
    return Counter({key: count for key, count in outcomes.items() if key[2] in kept})

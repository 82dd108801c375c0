"""Promotes and rolls back by a timetable, and sees the scorer follow."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Final

from fraud.client import ScorerClient
from training.registry.aliases import Change, promote, rollback
from training.registry.server import RegistryServer

LOOK_SECONDS: Final = 0.02
GIVE_UP_SECONDS: Final = 20.0


@dataclass(slots=True)
class Swapper:
    """Moves the champion: a version that the scorer does not have, then back to the first.

    So every promote has the scorer fetch, verify and warm up a model, and every rollback goes to
    one that it still holds: what happens when a promote was a mistake.

    Args:
        server: The registry.
        scorer: Told by webhook; it is looked at until it has followed. None where none follows.
        versions: Numbers; the first is the champion at the beginning.
    """

    server: RegistryServer
    scorer: ScorerClient | None
    versions: Sequence[str]
    done: int = 0
    under_load: int = 0
    followed_s: list[float] = field(default_factory=list)

    def swap(self) -> None:
        """Promote or roll back, and wait until the scorer serves it.

        Raises:
            RegistrationError: The registry cannot be asked.
            TimeoutError: The scorer does not follow.
        """
        change = Change(self.server, "benchmark")
        back = self.done % 2 == 1
        wanted = self.versions[0] if back else self._next()
        if back:
            rollback(change)
        else:
            promote(change, wanted, force=True)
        self._await(wanted)
        self.done += 1

    def swap_until(self, over: Event, every_seconds: float) -> None:
        """Swap by a timetable until the load is over; one that is late goes at once.

        What was begun under load and not done in it does not count.
        """
        begin, number = time.monotonic(), 0
        while not over.is_set():
            self.swap()
            number += 1
            self.under_load += not over.is_set()
            over.wait(max(0.0, begin + number * every_seconds - time.monotonic()))

    def _next(self) -> str:
        others = self.versions[1:]
        return others[self.done // 2 % len(others)]

    def _await(self, version: str) -> None:
        if self.scorer is None:
            return
        began = time.monotonic()
        while self.scorer.models().models[0].version != version:
            if time.monotonic() - began > GIVE_UP_SECONDS:
                raise TimeoutError(f"version {version} does not come")
            time.sleep(LOOK_SECONDS)
        self.followed_s.append(time.monotonic() - began)

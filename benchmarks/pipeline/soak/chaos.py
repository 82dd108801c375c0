"""Kills processes by plan while payments flow, and starts each again as a supervisor would."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill -9: of what, when (seconds from the start), and how long until it was back."""

    victim: str
    at_s: float
    back_after_s: float


def kill_by_plan(
    kills: Iterable[tuple[float, str]],
    restarts: Mapping[str, Callable[[], None]],
    tell: Callable[[str], None],
) -> list[Kill]:
    """Carry out the kills; returns when the last one's victim is back."""
    started, done = time.monotonic(), []
    for at_s, victim in kills:
        time.sleep(max(0.0, at_s - (time.monotonic() - started)))
        began = time.monotonic()
        restarts[victim]()
        kill = Kill(victim, began - started, time.monotonic() - began)
        tell(f"killed {victim} at {kill.at_s:.0f} s, back after {kill.back_after_s:.1f} s")
        done.append(kill)
    return done

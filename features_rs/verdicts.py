"""What a label changes, given what was said of its payment before.

The scorer, the stream and the backfill join labels with payments each in their own way, and all
ask here what the kernel is to learn.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a label changes, given what stood before it."""

    fraud: bool
    withdraws: bool


def verdict_of(*, fraud: bool, stood_as_fraud: bool) -> Verdict | None:
    """What the kernel is to learn; None when the label says nothing new.

    A second source that confirms a fraud must not count it twice, and a label that corrects one
    takes it back.

    >>> verdict_of(fraud=True, stood_as_fraud=True) is None
    True
    >>> verdict_of(fraud=False, stood_as_fraud=True)
    Verdict(fraud=False, withdraws=True)
    """
    if fraud and stood_as_fraud:
        return None
    return Verdict(fraud=fraud, withdraws=not fraud and stood_as_fraud)


def stands_as_fraud(said: Iterable[tuple[int, bool]], known_at_us: int) -> bool:
    """Whether what was said before ``known_at_us`` says fraud in the end.

    Of labels that became known in the same instant and differ, the one that says something new
    holds: it is what the kernel is left with, whichever of them it learned first.

    Args:
        said: Known-at time and verdict of each label so far, in any order.
        known_at_us: Microseconds since the Unix epoch.

    >>> stands_as_fraud([(10, True), (20, False)], 15)
    True
    >>> stands_as_fraud([(10, True), (20, False)], 25)
    False
    >>> stands_as_fraud([], 25)
    False
    >>> stands_as_fraud([(10, False), (10, True)], 25)
    True
    >>> stands_as_fraud([(10, True), (20, True), (20, False)], 25)
    False
    """
    at_once: dict[int, set[bool]] = {}
    for known, fraud in said:
        if known < known_at_us:
            at_once.setdefault(known, set()).add(fraud)
    stands = False
    for known in sorted(at_once):
        stands = holding(at_once[known], stood=stands)
    return stands


def holding(at_once: Set[bool], *, stood: bool) -> bool:
    """What holds of that which became known in one instant.

    Args:
        at_once: True, False or both.
        stood: Whether the labels known before say fraud.
    """
    return not stood if len(at_once) > 1 else True in at_once

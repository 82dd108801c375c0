"""Replicas that saw different parts of one history, up to different times."""

from collections.abc import Iterable
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.laws.replica import Deed, Replica, States, states_of
from tests.laws.strategies import arrivals, deeds


@dataclass(frozen=True, slots=True)
class Divergence:
    """A history, and the states of three replicas that each saw a part of it in its own order."""

    history: list[Deed]
    parts: tuple[list[Deed], list[Deed], list[Deed]]

    @property
    def states(self) -> tuple[States, States, States]:
        """What each replica holds."""
        first, second, third = (states_of(Replica.of(part), part) for part in self.parts)
        return first, second, third

    def join(self, *states: States) -> States:
        """The join of states, merged one after the other into an empty store."""
        return join(self.history, *states)


def join(history: Iterable[Deed], *states: States) -> States:
    """The join of the states of ``history``'s entities."""
    replica = Replica()
    for each in states:
        replica.merge(each.values())
    return states_of(replica, history)


@st.composite
def divergences(draw: st.DrawFn) -> Divergence:
    """Each deed reaches any of the replicas; a replica may stop early."""
    history = draw(deeds())
    masks = draw(st.lists(st.integers(1, 7), min_size=len(history), max_size=len(history)))
    first, second, third = (draw(_part(history, masks, bit)) for bit in (1, 2, 4))
    return Divergence(history, (first, second, third))


@st.composite
def _part(draw: st.DrawFn, history: list[Deed], masks: list[int], bit: int) -> list[Deed]:
    seen = [deed for deed, mask in zip(history, masks, strict=True) if mask & bit]
    until = draw(st.one_of(st.just(len(seen)), st.integers(0, len(seen))))
    return draw(arrivals(seen[:until]))

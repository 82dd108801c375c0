"""A store brought back goes on as if it had never stopped."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.oracle import Payment
from tests.laws.replica import KINDS, Deed, Replica, assert_same_bits, states_of
from tests.laws.strategies import arrivals, deeds

CASES = deeds().flatmap(lambda d: st.tuples(arrivals(d), st.integers(0, len(d))))


@given(CASES)
def test_from_a_file(case: tuple[list[Deed], int]) -> None:
    stream, cut = case
    first, second = Replica.of(stream[:cut]), Replica()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        written = first.store.save(path, b"position 7")
        assert second.store.restore(path) == b"position 7"
    counts = [second.store.entity_count(kind) for kind in KINDS]
    assert written == sum(counts)
    _continue_alike(first, second, stream, cut)


@given(CASES)
def test_from_snapshots(case: tuple[list[Deed], int]) -> None:
    stream, cut = case
    first = Replica.of(stream[:cut])
    second = Replica().merge(states_of(first, stream).values())
    _continue_alike(first, second, stream, cut)


@given(CASES)
def test_over_what_is_there_already(case: tuple[list[Deed], int]) -> None:
    stream, cut = case
    first, second = Replica.of(stream), Replica.of(stream)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        Replica.of(stream[:cut]).store.save(path)
        assert second.store.restore(path) == b""
    assert states_of(first, stream) == states_of(second, stream)


def _continue_alike(first: Replica, second: Replica, stream: list[Deed], cut: int) -> None:
    assert first.store.newest_event_us == second.store.newest_event_us
    for deed in stream[cut:]:
        if isinstance(deed, Payment):
            assert_same_bits(second.score(deed), first.score(deed), deed)
        else:
            assert second.do(deed) == first.do(deed)
    assert states_of(first, stream) == states_of(second, stream)

"""What may be committed: everything before the first open delivery, and nothing more."""

from hypothesis import given
from hypothesis import strategies as st

from worker.claim import Claim


@given(st.data())
def test_the_next_offset_is_behind_all_that_is_settled(data: st.DataObject) -> None:
    offsets = sorted(data.draw(st.sets(st.integers(0, 1_000), min_size=1, max_size=30)))
    claim = Claim(partition=0)
    deliveries = {offset: claim.deliver(offset) for offset in offsets}
    order = data.draw(st.permutations(offsets))
    settled: set[int] = set()
    for offset in order:
        deliveries[offset].settle()
        settled.add(offset)
        first_open = next((each for each in offsets if each not in settled), None)
        before = [each for each in offsets if first_open is None or each < first_open]
        assert claim.next_offset == (before[-1] + 1 if before else None)
    assert len(claim) == 0


def test_an_offset_is_committed_once_unless_that_failed() -> None:
    claim = Claim(partition=0)
    assert claim.take_uncommitted() is None
    claim.deliver(4).settle()
    assert claim.take_uncommitted() == 5
    assert claim.take_uncommitted() is None
    claim.forget_commit()
    assert claim.take_uncommitted() == 5


def test_what_is_settled_keeps_no_message() -> None:
    delivery = Claim(partition=0).deliver(1)
    delivery.settle()
    assert (delivery.message, delivery.payment, delivery.is_settled) == (None, None, True)

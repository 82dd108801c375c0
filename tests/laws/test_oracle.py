"""The kernel equals the brute-force oracle, bit for bit, in order and out of order."""

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.oracle import Oracle, Payment
from tests.laws.replica import Deed, Replica, assert_same_bits
from tests.laws.strategies import arrivals, deeds, probes


@given(deeds())
def test_in_order(stream: list[Deed]) -> None:
    _replay_against_oracle(stream)


@given(deeds().flatmap(arrivals))
def test_out_of_order_within_the_bound(stream: list[Deed]) -> None:
    _replay_against_oracle(stream)


@given(deeds().flatmap(lambda done: st.tuples(arrivals(done), probes(done))))
def test_payments_that_are_only_asked_about(case: tuple[list[Deed], list[Payment]]) -> None:
    done, asked = case
    replica, oracle = Replica(), Oracle()
    for deed in done:
        replica.do(deed)
        oracle.take(deed)
    for probe in asked:
        assert_same_bits(replica.features(probe), oracle.features(probe), probe)


def _replay_against_oracle(stream: list[Deed]) -> None:
    replica, oracle = Replica(), Oracle()
    for deed in stream:
        if isinstance(deed, Payment):
            assert_same_bits(replica.score(deed), oracle.features(deed), deed)
        else:
            replica.do(deed)
        oracle.take(deed)

"""Merging many states is merging each."""

import pytest
from hypothesis import given

from features_rs import ContractMismatchError, MergeReport, StateError, contract
from tests.laws.divergence import Divergence, divergences
from tests.laws.oracle import Payment
from tests.laws.replica import Replica, States, states_of
from tests.laws.strategies import START
from tests.laws.wire import vector_of


def counts_of(report: MergeReport) -> tuple[int, int, int, int]:
    """All of its numbers."""
    return report.entities, report.changed, report.superseded, report.foreign


def merged_one_by_one(replica: Replica, states: States) -> tuple[int, int, int, int]:
    """What the reports of single merges add up to."""
    reports = [counts_of(replica.store.merge(state)) for state in states.values()]
    first, second, third, fourth = (sum(counts) for counts in zip(*reports, strict=True))
    return first, second, third, fourth


@given(divergences())
def test_many_and_wire_are_single_merges(case: Divergence) -> None:
    many, wire, single = Replica(), Replica(), Replica()
    for states in filter(None, case.states):
        expected = merged_one_by_one(single, states)
        vectors = [vector_of(kind, entity, state) for (kind, entity), state in states.items()]
        assert counts_of(many.store.merge_many(list(states.values()))) == expected
        assert counts_of(wire.store.merge_wire(vectors)) == expected
    assert states_of(many, case.history) == states_of(single, case.history)
    assert states_of(wire, case.history) == states_of(single, case.history)
    assert many.store.newest_event_us == single.store.newest_event_us


def small_states(count: int) -> list[bytes]:
    """One account each."""
    made = [
        Payment(transaction_id=f"t{n}", event_time_us=START + n, account_id=f"a{n}")
        for n in range(count)
    ]
    states = states_of(Replica.of(made), made)
    return [state for (kind, _), state in states.items() if kind == "account"]


def test_vectors_of_other_contracts_are_passed_over() -> None:
    state = small_states(1)[0]
    foreign = vector_of("account", "a", b"of another shape", "00" * 16)
    replica = Replica()
    report = replica.store.merge_wire([foreign, vector_of("account", "a0", state), foreign])
    assert counts_of(report) == (1, 1, 0, 2)


@pytest.mark.parametrize("place", [0, 100, 1500])
def test_damage_is_told_by_position_and_what_is_before_it_merged(place: int) -> None:
    states = small_states(2000)
    states[place] = states[place][:-1]
    vectors = [vector_of("account", "a", state) for state in states]
    for method, items in (("merge_many", states), ("merge_wire", vectors)):
        replica = Replica()
        with pytest.raises(StateError, match=f"item {place}: state bytes are damaged"):
            getattr(replica.store, method)(items)
        assert replica.store.entity_count("account") == place


def test_a_state_of_another_contract_is_told_by_position() -> None:
    state = small_states(1)[0]
    other = bytes(16) + state[16:]
    with pytest.raises(ContractMismatchError, match=f"item 1: .*{contract().digest}"):
        Replica().store.merge_many([state, other])
    with pytest.raises(ContractMismatchError, match="item 0: "):
        Replica().store.merge_wire([vector_of("account", "a0", other)])


def test_what_is_no_vector_is_damage() -> None:
    with pytest.raises(StateError, match=r"item 0: .* not a fraud\.v1\.FeatureVector message"):
        Replica().store.merge_wire([b"\xff"])
    with pytest.raises(StateError, match="item 0: state bytes are damaged"):
        Replica().store.merge_wire([vector_of("account", "a", b"")])

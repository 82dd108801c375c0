"""Steps over one entity's state end where a store that was told everything ends."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features_rs import ContractMismatchError, Label, StateError, advance, contract
from tests.laws.oracle import Payment, Report
from tests.laws.replica import KINDS, Deed, Kind, Replica, assert_same_bits, entities_of, states_of
from tests.laws.strategies import START, arrivals, deeds
from tests.laws.wire import message_of, messages_of, sendable


def takes_part(deed: Deed, kind: Kind, entity: str) -> bool:
    """Whether the entity remembers the deed."""
    if isinstance(deed, Report) and kind in {"account", "device"}:
        return False
    return (kind, entity) in entities_of([deed])


def labels_of(stream: list[Deed]) -> list[Label]:
    """The kernel's form of the labels."""
    return [deed.to_label() for deed in stream if isinstance(deed, Report)]


@st.composite
def steps(draw: st.DrawFn) -> tuple[list[Deed], list[list[Deed]]]:
    """A history, and the same within the lateness bound in any order, cut into steps."""
    history = [sendable(deed) for deed in draw(deeds())]
    arrived = draw(arrivals(history))
    cuts = sorted(draw(st.lists(st.integers(0, len(arrived)), max_size=4)))
    bounds = [0, *cuts, len(arrived)]
    return history, [arrived[a:b] for a, b in pairwise(bounds)]


@given(steps())
def test_steps_end_where_one_store_ends(case: tuple[list[Deed], list[list[Deed]]]) -> None:
    history, parts = case
    for (kind, entity), expected in states_of(Replica.of(history), history).items():
        state = None
        newest = 0
        for part in parts:
            own = [deed for deed in part if takes_part(deed, kind, entity)]
            made = [deed for deed in own if isinstance(deed, Payment)]
            step = advance(kind, entity, state, messages_of(made), labels_of(own))
            newest = max([newest, *(payment.event_time_us for payment in made)])
            assert step.report.recorded + step.report.duplicates == len(made)
            assert step.as_of_us == newest
            state = step.state
        assert state == expected


@given(deeds())
def test_features_are_those_of_a_store_that_knows_the_entity_alone(stream: list[Deed]) -> None:
    history = [sendable(deed) for deed in stream]
    *earlier, last = sorted(
        {deed for deed in history if isinstance(deed, Payment)}, key=lambda made: made.moment
    )
    for kind, entity in entities_of([last]):
        own = [deed for deed in earlier if takes_part(deed, kind, entity)]
        labels = [deed for deed in history if isinstance(deed, Report)]
        alone = Replica()
        told = states_of(Replica.of([*labels, *own]), [*labels, *own])
        alone.merge([state for key, state in told.items() if key == (kind, entity)])
        step = advance(kind, entity, None, messages_of([last, *own]), labels_of(history))
        assert step.features is not None
        assert_same_bits(np.array(step.features, np.float32), alone.features(last), (kind, entity))


def test_a_step_without_payments_has_no_features() -> None:
    step = advance("merchant", "m", None, [])
    assert (step.features, step.as_of_us) == (None, 0)
    assert advance("merchant", "m", step.state, []).state == step.state
    replica = Replica().merge([step.state])
    assert replica.store.entity_count("merchant") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_payments_of_other_entities_are_refused(kind: Kind) -> None:
    payment = Payment(transaction_id="t", event_time_us=START, device_id="phone")
    step = advance(kind, "other", None, [message_of(payment), b"\xff"])
    assert step.report.recorded == 0
    (first, reason), (second, _) = step.report.refused
    assert (first, second) == (0, 1)
    assert reason.startswith(f"transaction.{kind}")
    assert f"is not `other`, the {kind} whose state this is" in reason


def test_the_state_of_another_entity_is_refused() -> None:
    state = advance("account", "anna", None, []).state
    with pytest.raises(StateError, match="state is of account `anna`, not of account `boris`"):
        advance("account", "boris", state, [])
    with pytest.raises(StateError, match="state is of account `anna`, not of device `anna`"):
        advance("device", "anna", state, [])


def test_damaged_states_and_those_of_other_contracts_are_refused() -> None:
    state = advance("account", "anna", None, []).state
    with pytest.raises(StateError, match="damaged"):
        advance("account", "anna", state[:-1], [])
    with pytest.raises(ContractMismatchError, match=contract().digest):
        advance("account", "anna", bytes(16) + state[16:], [])

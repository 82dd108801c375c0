"""Bytes that are not what was written are refused, and change nothing.

That bytes made to match their checksum never crash the kernel is shown in
``features_rs/core/tests/laws.rs``.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features_rs import ContractMismatchError, StateError, Store, contract
from tests.laws.oracle import Payment
from tests.laws.replica import KINDS, Deed, Replica, states_of
from tests.laws.strategies import deeds, payments


@given(deeds(), st.data())
def test_a_state_with_one_byte_changed(stream: list[Deed], data: st.DataObject) -> None:
    states = states_of(Replica.of(stream), stream)
    state = bytearray(data.draw(st.sampled_from(sorted(states.values()))))
    place = data.draw(st.integers(0, len(state) - 1))
    state[place] ^= data.draw(st.integers(1, 255))
    error = ContractMismatchError if place < 16 else StateError
    store = Store()
    with pytest.raises(error):
        store.merge(bytes(state))
    assert [store.entity_count(kind) for kind in KINDS] == [0] * 4


@given(deeds(), st.data())
def test_a_state_cut_short_or_too_long(stream: list[Deed], data: st.DataObject) -> None:
    states = states_of(Replica.of(stream), stream)
    state = data.draw(st.sampled_from(sorted(states.values())))
    with pytest.raises(StateError):
        Store().merge(state[: data.draw(st.integers(0, len(state) - 1))])
    with pytest.raises(StateError):
        Store().merge(state + data.draw(st.binary(min_size=1, max_size=9)))


@given(st.binary(max_size=200))
def test_any_bytes_after_the_right_digest(body: bytes) -> None:
    with pytest.raises(StateError):
        Store().merge(bytes.fromhex(contract().digest) + body)


def test_a_state_of_another_contract_names_both_digests() -> None:
    with pytest.raises(ContractMismatchError) as caught:
        Store().merge(bytes(16) + b"\x01")
    assert "00" * 16 in str(caught.value)
    assert contract().digest in str(caught.value)


@given(payments(most=8), st.data())
def test_a_file_with_one_byte_changed(made: list[Payment], data: st.DataObject) -> None:
    replica = Replica.of(made)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        replica.store.save(path, b"note")
        contents = bytearray(path.read_bytes())
        contents[data.draw(st.integers(0, len(contents) - 1))] ^= data.draw(st.integers(1, 255))
        path.write_bytes(contents)
        with pytest.raises((StateError, ContractMismatchError)):
            replica.store.restore(path)


def test_a_file_cut_short_anywhere_or_too_long(tmp_path: Path) -> None:
    replica = Replica()
    path = tmp_path / "store"
    replica.store.save(path, b"note")
    contents = path.read_bytes()
    for length in range(len(contents)):
        path.write_bytes(contents[:length])
        with pytest.raises(StateError):
            Store().restore(path)
    path.write_bytes(contents + b"x")
    with pytest.raises(StateError):
        Store().restore(path)


def test_a_damaged_file_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    made = [
        Payment(transaction_id=f"t{n}", event_time_us=n, account_id=f"a{n % 300}")
        for n in range(1000)
    ]
    path = tmp_path / "store"
    Replica.of(made).store.save(path)
    contents = bytearray(path.read_bytes())
    contents[-1] ^= 1
    path.write_bytes(contents)
    store = Store()
    with pytest.raises(StateError):
        store.restore(path)
    assert store.entity_count("account") == 0


def test_no_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Store().restore(tmp_path / "nothing")

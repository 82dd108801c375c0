"""Every kind of error, with the field, the value and what is allowed in the message."""

from array import array
from collections.abc import Buffer
from typing import Any

import pytest

from features_rs import (
    ContractMismatchError,
    Event,
    InvalidEventError,
    KernelError,
    Label,
    StateError,
    Store,
    contract,
)
from tests.laws.oracle import Payment
from tests.laws.replica import Replica

EVENT: dict[str, Any] = {
    "transaction_id": "t",
    "account_id": "a",
    "merchant_id": "m",
    "category": "c",
    "amount_minor": 1,
    "currency": "EUR",
    "event_time_us": 0,
}
LABEL = {name: value for name, value in EVENT.items() if name != "account_id"} | {
    "known_at_us": 0,
    "fraud": True,
}
WRONG = [
    ({"transaction_id": ""}, "transaction_id: `` is not of 1 to 64 bytes"),
    ({"transaction_id": "é" * 33}, "transaction_id: `é+` is not of 1 to 64 bytes"),
    ({"merchant_id": ""}, "merchant_id: `` is not of 1 to 64 bytes"),
    ({"category": "x" * 65}, "category: `x+` is not of 1 to 64 bytes"),
    ({"amount_minor": -1}, r"amount_minor: `-1` is not from 0 to 10\^15"),
    ({"amount_minor": 10**15 + 1}, r"amount_minor: `1000000000000001` is not from 0 to 10\^15"),
    ({"currency": "eur"}, "currency: `eur` is not a currency of the contract's rate table"),
    ({"currency": ""}, "currency: `` is not a currency"),
    ({"event_time_us": -1}, "event_time: `-1` is not a time from 1970 to 2099"),
    ({"event_time_us": 4_102_444_800 * 10**6}, "event_time: `4102444800000000` is not"),
]
WRONG_EVENT = [
    *WRONG,
    ({"account_id": ""}, "account_id: `` is not of 1 to 64 bytes"),
    ({"device_id": ""}, "device_id: `` is not of 1 to 64 bytes"),
    ({"latitude": 91.0, "longitude": 0.0}, "latitude: `91` is not from -90 to 90 degrees"),
    ({"latitude": 0.0, "longitude": -180.1}, "longitude: `-180.1` is not from -180 to 180"),
    ({"latitude": float("nan"), "longitude": 0.0}, "latitude: `NaN` is not from -90 to 90"),
    ({"latitude": 0.0, "longitude": float("inf")}, "longitude: `inf` is not from -180 to 180"),
    ({"latitude": 0.0}, "one of latitude and longitude` is not both or neither"),
    ({"longitude": 0.0}, "one of latitude and longitude` is not both or neither"),
    ({"utc_offset_minutes": 841}, "utc_offset_minutes: `841` is not from -840 to 840"),
]
WRONG_LABEL = [
    *WRONG,
    ({"known_at_us": -1}, "known_at: `-1` is not a time from 1970 to 2099"),
    ({"withdraws": True}, "withdraws: `True` is not allowed when fraud is true"),
]


@pytest.mark.parametrize(("changes", "message"), WRONG_EVENT)
def test_a_wrong_field_of_an_event(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidEventError, match=message):
        Event(**EVENT | changes)


@pytest.mark.parametrize(("changes", "message"), WRONG_LABEL)
def test_a_wrong_field_of_a_label(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidEventError, match=message):
        Label(**LABEL | changes)


def test_the_edges_of_what_is_allowed() -> None:
    Event(
        **EVENT
        | {
            "transaction_id": "x" * 64,
            "amount_minor": 10**15,
            "latitude": -90.0,
            "longitude": 180.0,
        }
    )
    Event(**EVENT | {"event_time_us": 4_102_444_800 * 10**6 - 1, "utc_offset_minutes": -840})


def test_the_tree() -> None:
    for error in (InvalidEventError, ContractMismatchError, StateError):
        assert issubclass(error, KernelError)
    assert issubclass(KernelError, ValueError)


@pytest.mark.parametrize(
    "out",
    [
        array("f", bytes(4)),
        array("d", bytes(8 * 55)),
        bytes(4 * 55),
        memoryview(bytes(220)).cast("f"),
    ],
)
@pytest.mark.parametrize("recording", [False, True])
def test_a_buffer_that_does_not_fit_changes_nothing(out: Buffer, recording: bool) -> None:
    replica, event = Replica(), Payment(transaction_id="t", event_time_us=1).to_event()
    call = replica.store.assemble_and_record if recording else replica.store.assemble
    with pytest.raises(BufferError):
        call(event, out)
    assert replica.store.newest_event_us == 0


def test_an_unknown_kind_of_entity() -> None:
    person: Any = "person"
    with pytest.raises(ValueError, match="kind: `person` is not one of account, merchant"):
        Store().snapshot(person, "a")
    with pytest.raises(ValueError, match="kind: `person` is not one of account, merchant"):
        Store().entity_count(person)


def test_an_unknown_feature() -> None:
    with pytest.raises(KeyError, match="no feature is named `x`"):
        contract().index("x")

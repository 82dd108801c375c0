from pathlib import Path

import pytest

from fraud.v1.records_pb2 import Prediction
from fraud.v1.stream_pb2 import DeadLetter
from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import from_record
from messaging.errors import UnreadableMessageError
from messaging.unknown import check_types
from tests.unit.messaging.variants import ADDED, compile_variant


def tag(number: int, wire_type: int) -> bytes:
    return bytes([number << 3 | wire_type])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (tag(5, 2) + b"\x0512.99", "amount_minor: field 5"),
        (tag(2, 0) + b"\x07", "account_id: field 2"),
        (tag(11, 2) + b"\x02" + tag(1, 0) + b"\x05", "coordinates.latitude: field 1"),
    ],
)
def test_a_field_of_another_type_is_no_zero(value: bytes, said: str) -> None:
    read = Transaction.FromString(value)
    quietly = [read.amount_minor, read.account_id, read.coordinates.latitude]
    assert not any(quietly)
    with pytest.raises(UnreadableMessageError, match=said):
        from_record(Transaction, value, None)


def test_it_is_found_in_messages_within_and_in_lists() -> None:
    payment = Transaction.FromString(tag(5, 2) + b"\x0512.99")
    with pytest.raises(UnreadableMessageError, match=r"^transaction\.amount_minor: "):
        check_types(Prediction(transaction=payment))
    header = tag(1, 0) + b"\x07"
    letter = DeadLetter.FromString((tag(8, 2) + bytes([len(header)]) + header) * 2)
    with pytest.raises(UnreadableMessageError, match=r"^headers\[0\]\.name: "):
        check_types(letter)


def test_a_field_of_a_newer_build_is_welcome(tmp_path: Path) -> None:
    newer = compile_variant(tmp_path, 2, ADDED)
    value = newer.encode(Transaction(transaction_id="t1"), wallet_id="w1")
    assert from_record(Transaction, value, None).transaction_id == "t1"

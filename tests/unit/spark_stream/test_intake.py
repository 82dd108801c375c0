"""What is taken in, and what is refused with which reason."""

import pytest

from fraud.v1.label_pb2 import Label
from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import headers_of
from messaging.dead_letters import FoundMessage
from messaging.errors import UnreadableMessageError
from messaging.topics import LABELS, RAW_TRANSACTIONS
from spark_stream.intake import read_one
from tests.unit.scorer.support import BEGIN_SECONDS, payment


def _found(topic: str, value: bytes | None, kind: type[Transaction | Label]) -> FoundMessage:
    return FoundMessage(topic, 3, 17, b"key", value, headers_of(kind, "producer"))


def _label(**fields: str) -> Label:
    label = Label(transaction_id="t1", fraud=True, source="chargeback")
    label.happened_at.seconds = BEGIN_SECONDS
    label.known_at.seconds = BEGIN_SECONDS + 10
    for name, value in fields.items():
        setattr(label, name, value)
    return label


def test_a_payment_gives_its_entities() -> None:
    value = payment("t1").SerializeToString()
    row = read_one(_found(RAW_TRANSACTIONS, value, Transaction))
    assert row == (
        "t1", "account-1", "merchant-1", "5411", "device-1", False, 17, value
    )  # fmt: skip


def test_a_payment_without_a_device_has_none() -> None:
    transaction = payment("t1")
    transaction.ClearField("device_id")
    row = read_one(_found(RAW_TRANSACTIONS, transaction.SerializeToString(), Transaction))
    assert row[4] is None


def test_a_label_gives_its_payment() -> None:
    row = read_one(_found(LABELS, _label().SerializeToString(), Label))
    assert row[:7] == ("t1", None, None, None, None, True, 17)
    assert Label.FromString(row[7]) == _label()


@pytest.mark.parametrize(
    ("topic", "value", "reason"),
    [
        (RAW_TRANSACTIONS, None, "empty"),
        (RAW_TRANSACTIONS, b"\xff\xff", "not a fraud.v1.Transaction"),
        (RAW_TRANSACTIONS, payment("t 1").SerializeToString(), "transaction_id: `t 1`"),
        (RAW_TRANSACTIONS, payment("t1", currency="XXX").SerializeToString(), "currency"),
        (LABELS, _label(source="").SerializeToString(), "source: "),
        (LABELS, _label(transaction_id="").SerializeToString(), "transaction_id: "),
    ],
)
def test_what_cannot_be_taken_in_is_refused(topic: str, value: bytes | None, reason: str) -> None:
    kind = Label if topic == LABELS else Transaction
    with pytest.raises(UnreadableMessageError, match=reason):
        read_one(_found(topic, value, kind))


def test_a_label_known_before_it_happened_is_refused() -> None:
    label = _label()
    label.known_at.seconds = BEGIN_SECONDS - 1
    with pytest.raises(UnreadableMessageError, match="known_at must not be before happened_at"):
        read_one(_found(LABELS, label.SerializeToString(), Label))


def test_another_schema_is_refused() -> None:
    with pytest.raises(UnreadableMessageError, match=r"fraud.v1.Label"):
        read_one(_found(RAW_TRANSACTIONS, payment("t1").SerializeToString(), Label))

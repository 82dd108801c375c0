"""Messages of Kafka in, what they carry out."""

from confluent_kafka import Message
from google.protobuf.message import DecodeError
from google.protobuf.message import Message as Proto

from fraud.v1.label_pb2 import Label
from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import SCHEMA, check_schema, from_record, headers_in
from messaging.errors import UnreadableMessageError
from messaging.frame import unframed
from messaging.topics import LABELS
from scorer.errors import InvalidRequestError
from scorer.features.payments import IndexedPayment, PaymentFacts
from scorer.validation import validate

SCHEMA_HEADERS: dict[type[Proto], list[tuple[str, bytes]]] = {
    kind: [(SCHEMA, kind.DESCRIPTOR.full_name.encode())] for kind in (Label, Transaction)
}


def payload_of(message: Message, kind: type[Proto]) -> bytes:
    """The serialized ``kind`` that a message carries.

    Raises:
        UnreadableMessageError: It is empty, of another schema, or damaged in its frame.
    """
    headers = message.headers()
    # As our own producers write them; anything else is looked at more closely.
    if not isinstance(headers, list) or headers[:1] != SCHEMA_HEADERS[kind]:
        check_schema(kind, headers_in(message))
    value = message.value()
    if not value:
        raise UnreadableMessageError("the message is empty")
    return unframed(value)


def label_of(message: Message) -> Label:
    """The label that a message carries.

    Raises:
        UnreadableMessageError: It is none, or breaks a rule of its contract.
    """
    label = from_record(Label, message.value(), headers_in(message))
    try:
        validate(label)
    except InvalidRequestError as exc:
        raise UnreadableMessageError(str(exc)) from exc
    return label


def to_indexed(payload: bytes) -> IndexedPayment:
    """What labels need of a payment that the kernel has taken."""
    transaction = Transaction.FromString(payload)
    return transaction.transaction_id, PaymentFacts.of(transaction)


def time_of(topic: str, value: bytes | None) -> int:
    """The time by which messages of a topic are ordered, microseconds; 0 where it cannot be read.

    Of a payment its event time, of a label when it became known.
    """
    try:
        if topic == LABELS:
            at = Label.FromString(unframed(value or b"")).known_at
        else:
            at = Transaction.FromString(unframed(value or b"")).event_time
    except (DecodeError, UnreadableMessageError):
        return 0
    return at.seconds * 1_000_000 + at.nanos // 1000

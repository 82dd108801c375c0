"""Messages as Kafka carries them: the wire bytes, and headers that say what they are.

>>> from fraud.v1.transaction_pb2 import Transaction
>>> record = to_record(Transaction(transaction_id="t1", account_id="a1"), key="a1", origin="demo")
>>> record.headers[:2]
[('schema', b'fraud.v1.Transaction'), ('schema-version', b'1')]
>>> from_record(Transaction, record.value, record.headers).transaction_id
't1'
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from confluent_kafka import Message as KafkaMessage
from google.protobuf.message import DecodeError, Message

from features_rs import contract
from messaging.compatibility import check_released
from messaging.errors import UnreadableMessageError
from messaging.frame import unframed
from messaging.unknown import check_types

SCHEMA: Final = "schema"
"""Full name of the message, such as ``fraud.v1.Transaction``; its package is the major version."""
SCHEMA_VERSION: Final = "schema-version"
"""Revision within the package, a decimal number; a reader takes any."""
CONTRACT_DIGEST: Final = "contract-digest"
"""The feature contract of whoever produced the message."""
ORIGIN: Final = "origin"
"""Who produced it; see :data:`Origin`."""

REVISION: Final = 1
"""Of the contracts in ``proto/fraud/v1``; one more with each release that changes them."""

type Origin = Literal["scorer", "stream", "producer", "replay", "demo"]
type Headers = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Record:
    """What is handed to a producer."""

    key: bytes | None
    value: bytes
    headers: list[tuple[str, bytes]]


def to_record(message: Message, *, key: str, origin: Origin, digest: str = "") -> Record:
    """A message with its headers; equal messages have equal bytes.

    Args:
        message: Of a contract in ``proto/fraud/v1``.
        key: What decides its partition, and what compaction keeps the newest of.
        origin: Who produces it.
        digest: Of the feature contract that it was made by; empty for this build's.

    Raises:
        IncompatibleSchemaError: Those who read the released contracts would misread it.
    """
    value = message.SerializeToString(deterministic=True)
    return Record(key.encode(), value, headers_of(type(message), origin, digest))


def headers_of(kind: type[Message], origin: Origin, digest: str = "") -> list[tuple[str, bytes]]:
    """What the headers of a message say; arguments and errors as in :func:`to_record`."""
    check_released(kind.DESCRIPTOR)
    return list(_headers(kind.DESCRIPTOR.full_name, origin, digest))


@lru_cache(maxsize=64)
def _headers(schema: str, origin: Origin, digest: str) -> tuple[tuple[str, bytes], ...]:
    return (
        (SCHEMA, schema.encode()),
        (SCHEMA_VERSION, str(REVISION).encode()),
        (CONTRACT_DIGEST, (digest or contract().digest).encode()),
        (ORIGIN, origin.encode()),
    )


def from_record[M: Message](kind: type[M], value: bytes | None, headers: Headers | None) -> M:
    """Read a message.

    A message without headers is taken for what the topic holds; one of another schema is refused.

    Raises:
        UnreadableMessageError: It is empty, of another schema, damaged in its frame, not a
            ``kind``, or has a field of another type than ``kind``'s.
    """
    check_schema(kind, headers)
    if not value:
        raise UnreadableMessageError("the message is empty")
    try:
        message = kind.FromString(unframed(value))
    except DecodeError as exc:
        raise UnreadableMessageError(f"not a {kind.DESCRIPTOR.full_name}: {exc}") from exc
    check_types(message)
    return message


def check_schema(kind: type[Message], headers: Headers | None) -> None:
    """Refuse a message whose headers say that it is something else.

    Raises:
        UnreadableMessageError: The header ``schema`` names another message.
    """
    wanted = kind.DESCRIPTOR.full_name
    found = header(headers, SCHEMA)
    if found is not None and found != wanted:
        raise UnreadableMessageError(f"schema: `{found}` is not {wanted}")


def headers_in(message: KafkaMessage) -> list[tuple[str, bytes]]:
    """Headers of a message as confluent_kafka gives it."""
    found = message.headers() or ()
    pairs = found.items() if isinstance(found, Mapping) else found
    return [(name, as_bytes(value)) for name, value in pairs]


def as_bytes(value: str | bytes | None) -> bytes:
    """A header's value as it is on the wire."""
    return value.encode() if isinstance(value, str) else value or b""


def header(headers: Headers | Mapping[str, bytes] | None, name: str) -> str | None:
    """The text of a header; None when it is not there."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    return next((value.decode("utf-8", "replace") for key, value in pairs if key == name), None)

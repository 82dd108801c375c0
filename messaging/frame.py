"""Confluent Schema Registry's frame around a value, taken off.

A framed value is a zero byte, the number of its schema (four bytes, big-endian), where in the
schema its message is (a list of zigzag varints), and the message itself; see "Wire format" in the
documentation of Confluent Schema Registry. No protobuf message begins with a zero byte, so the two
can be told apart, and a topic may hold both: framing can be switched on and off in flight.

>>> unframed(bytes([0, 0, 0, 0, 7, 0]) + b"message")
b'message'
>>> unframed(b"message")
b'message'
"""

from typing import Final

from messaging.errors import UnreadableMessageError

MAGIC: Final = 0
INDEX_AT: Final = 5
"""Where the list of places begins, behind the zero byte and the number."""


def unframed(value: bytes) -> bytes:
    """A value without its frame, if it has one.

    The frame's number is not looked up: which message it is is told by its header, and whether it
    can be read by its bytes.

    Raises:
        UnreadableMessageError: The frame is damaged.
    """
    if not value or value[0] != MAGIC:
        return value
    # Nearly always the first message of its file, which is written as a single zero.
    if value[INDEX_AT : INDEX_AT + 1] == b"\0":
        return value[INDEX_AT + 1 :]
    count, begin = _varint(value, INDEX_AT)
    for _ in range(count):
        _, begin = _varint(value, begin)
    return value[begin:]


def _varint(value: bytes, begin: int) -> tuple[int, int]:
    """A zigzag varint of at most 32 bits, never negative here; and where it ends."""
    number = 0
    for place, byte in enumerate(value[begin : begin + 5]):
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            if number & 1:
                break
            return number >> 1, begin + place + 1
    raise UnreadableMessageError("frame: the place of the message in its schema is damaged")

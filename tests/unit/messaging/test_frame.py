from contextlib import suppress

import pytest
from confluent_kafka.schema_registry.serde import SchemaId
from hypothesis import given
from hypothesis import strategies as st

from messaging.errors import UnreadableMessageError
from messaging.frame import unframed


def frame(number: int, index: list[int]) -> bytes:
    return bytes(SchemaId("PROTOBUF", number, None, index).id_to_bytes())


@given(
    number=st.integers(0, 2**31 - 1),
    index=st.lists(st.integers(0, 10_000), min_size=1, max_size=5),
    value=st.binary(),
)
def test_every_frame_of_confluents_client_is_taken_off(
    number: int, index: list[int], value: bytes
) -> None:
    assert unframed(frame(number, index) + value) == value


@given(value=st.binary())
def test_any_bytes_are_unframed_or_refused(value: bytes) -> None:
    with suppress(UnreadableMessageError):
        assert value.endswith(unframed(value))


@given(number=st.integers(1, 2**29 - 1), rest=st.binary())
def test_no_message_of_protobuf_is_taken_for_a_frame(number: int, rest: bytes) -> None:
    tag = bytearray()
    left = number << 3
    while left > 0x7F:
        tag.append(left & 0x7F | 0x80)
        left >>= 7
    tag.append(left)
    value = bytes(tag) + rest
    assert unframed(value) is value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (b"\0\0\0\0", "is damaged"),
        (b"\0\0\0\0\1", "is damaged"),
        (b"\0\0\0\0\1\2", "is damaged"),
        (b"\0\0\0\0\1\1", "is damaged"),
        (b"\0\0\0\0\1\xff\xff\xff\xff\xff\xff", "is damaged"),
    ],
)
def test_a_damaged_frame_is_refused(value: bytes, said: str) -> None:
    with pytest.raises(UnreadableMessageError, match=said):
        unframed(value)

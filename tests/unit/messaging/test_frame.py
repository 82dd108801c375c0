from contextlib import suppress

import pytest
from confluent_kafka.schema_registry.serde import SchemaId
from hypothesis import given
from hypothesis import strategies as st

from fraud.settings import KafkaSettings
from messaging.errors import UnreadableMessageError
from messaging.registry import unframed

SET = KafkaSettings(registry_url="mock://frames")
UNSET = KafkaSettings()


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
    assert unframed(frame(number, index) + value, SET) == value


@given(value=st.binary())
def test_any_bytes_are_unframed_or_refused(value: bytes) -> None:
    with suppress(UnreadableMessageError):
        assert value.endswith(unframed(value, SET))


@given(value=st.binary())
def test_without_a_registry_a_value_is_as_it_is(value: bytes) -> None:
    assert unframed(value, UNSET) is value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (b"\x0a\x02t1", "the first byte is 0x0a, not 0x00"),
        (b"\0\0\0\0", "is damaged"),
        (b"\0\0\0\0\1", "is damaged"),
        (b"\0\0\0\0\1\2", "is damaged"),
        (b"\0\0\0\0\1\1", "is damaged"),
        (b"\0\0\0\0\1\xff\xff\xff\xff\xff\xff", "is damaged"),
    ],
)
def test_what_is_not_framed_is_refused(value: bytes, said: str) -> None:
    with pytest.raises(UnreadableMessageError, match=said):
        unframed(value, SET)

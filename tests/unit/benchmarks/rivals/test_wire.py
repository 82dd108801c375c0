import numpy as np
import pytest

from benchmarks.rivals.wire import infer_request, probability_of

# As MLServer's own messages encode them: model_name 1, inputs 5, raw_input_contents 7.
REQUEST = b"\n\x05fraud*\x12\n\x08features\x12\x04FP32\x1a\x02\x01\x02:\x08\0\0\x80?\0\0\xc0\x7f"


def test_a_row_is_sent_as_the_protocol_says() -> None:
    assert infer_request(np.array([1.0, np.nan], dtype=np.float32)).hex() == _fixed(REQUEST).hex()


def test_an_answer_is_read_in_both_forms() -> None:
    value = np.float32(0.25).tobytes()
    assert probability_of(b"2\x04" + value) == 0.25
    assert probability_of(b"*\x08*\x062\x04" + value) == 0.25


def test_an_empty_answer_is_no_probability() -> None:
    with pytest.raises(ValueError, match="no output"):
        probability_of(b"")


def _fixed(request: bytes) -> bytes:
    """The inner length, counted."""
    inner = b"\n\x08features\x12\x04FP32\x1a\x02\x01\x02"
    return b"\n\x05fraud*" + bytes([len(inner)]) + inner + request[-10:]

"""What a released version put on the wire still means the same."""

from collections import defaultdict
from pathlib import Path

import pytest

from tools.golden import MESSAGES, golden_files, golden_message


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", golden_files(), ids=_name)
def test_released_bytes_decode_to_the_same_values(path: Path) -> None:
    expected = golden_message(path)
    message = type(expected).FromString(path.with_suffix(".binpb").read_bytes())
    # NaN is unequal to itself, so text is compared, which shows every field.
    assert str(message) == str(expected)


@pytest.mark.parametrize("path", golden_files(), ids=_name)
def test_values_encode_to_the_released_bytes(path: Path) -> None:
    encoded = golden_message(path).SerializeToString(deterministic=True)
    assert encoded == path.with_suffix(".binpb").read_bytes()


def test_every_message_and_field_has_golden_bytes() -> None:
    covered: defaultdict[str, set[str]] = defaultdict(set)
    for path in golden_files():
        message = golden_message(path)
        fields = {field.name for field, _ in message.ListFields()}
        covered[message.DESCRIPTOR.name] |= fields
    wanted = {name: set(kind.DESCRIPTOR.fields_by_name) for name, kind in MESSAGES.items()}
    assert dict(covered) == wanted, "add the JSON, then run `python -m tools.golden`"

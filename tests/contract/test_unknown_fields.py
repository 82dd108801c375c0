"""A field that this version does not know goes through it unharmed."""

from pathlib import Path

import pytest
from google.protobuf.unknown_fields import UnknownFieldSet

from fraud.v1.scoring_pb2 import ScoreRequest
from scorer.validation import validate
from tools.golden import golden_files, golden_message

# Field 4000, length-delimited, "newer".
NEWER_FIELD = b"\x82\xfa\x01\x05newer"


@pytest.mark.parametrize("path", golden_files(), ids=lambda path: path.stem)
def test_unknown_field_survives_parse_and_serialise(path: Path) -> None:
    kind = type(golden_message(path))
    parsed = kind.FromString(path.with_suffix(".binpb").read_bytes() + NEWER_FIELD)
    (unknown,) = (UnknownFieldSet(parsed)[i] for i in range(len(UnknownFieldSet(parsed))))
    assert (unknown.field_number, unknown.data) == (4000, b"newer")
    again = parsed.SerializeToString(deterministic=True)
    assert NEWER_FIELD in again
    assert again.replace(NEWER_FIELD, b"") == path.with_suffix(".binpb").read_bytes()


def test_unknown_field_inside_a_message_survives_being_copied() -> None:
    path = next(path for path in golden_files() if path.stem == "Transaction")
    request = ScoreRequest()
    request.transaction.ParseFromString(path.with_suffix(".binpb").read_bytes() + NEWER_FIELD)
    copy = ScoreRequest()
    copy.CopyFrom(request)
    assert NEWER_FIELD in copy.SerializeToString()


def test_unknown_enum_number_is_kept_and_refused_by_the_rules() -> None:
    path = next(path for path in golden_files() if path.stem == "Transaction")
    request = ScoreRequest()
    request.transaction.ParseFromString(path.with_suffix(".binpb").read_bytes())
    validate(request)
    request.transaction.channel = 99  # type: ignore[assignment]
    assert ScoreRequest.FromString(request.SerializeToString()).transaction.channel == 99
    with pytest.raises(Exception, match=r"transaction\.channel"):
        validate(request)

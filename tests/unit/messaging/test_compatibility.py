from pathlib import Path

import pytest

from messaging.codec import REVISION, SCHEMA_VERSION, header, to_record
from messaging.compatibility import RELEASED, check_released, check_wire_compatible, released_form
from messaging.errors import IncompatibleSchemaError
from messaging.kinds import KINDS
from tests.unit.messaging.variants import (
    ADDED,
    NAME,
    PROTO,
    REMOVED,
    RENAMED,
    Edit,
    compile_variant,
)

AMOUNT: Edit = ("int64 amount_minor = 5", "uint64 amount_minor = 5")


def test_what_producers_are_held_to_is_the_released_baseline() -> None:
    assert RELEASED.read_bytes() == (PROTO / "baseline.binpb").read_bytes()
    assert released_form(NAME) is not None
    assert released_form("fraud.v1.NoSuchMessage") is None


@pytest.mark.parametrize("kind", KINDS.values())
def test_every_message_of_this_build_is_compatible(kind: type) -> None:
    check_released(kind.DESCRIPTOR)  # type: ignore[attr-defined]
    record = to_record(kind(), key="k", origin="demo")
    assert header(record.headers, SCHEMA_VERSION) == str(REVISION)


@pytest.mark.parametrize(
    "edits",
    [
        [ADDED],
        [RENAMED, REMOVED],
        [("  CHANNEL_RECURRING = 5;", "  CHANNEL_SUBSCRIPTION = 5;\n  CHANNEL_NEW = 6;")],
        [("string merchant_id = 3", "string shop = 3")],
        [("  double longitude = 2", "  optional double altitude = 3;\n  double longitude = 2")],
    ],
    ids=["added", "renamed and removed", "enum grown", "renamed", "within grown"],
)
def test_a_compatible_change_passes(tmp_path: Path, edits: list[Edit]) -> None:
    changed = compile_variant(tmp_path, 2, *edits).kind.DESCRIPTOR
    check_wire_compatible(released_form(NAME), changed)


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([AMOUNT], r"field 5 \(`amount_minor`\) was int64, is uint64: give it a new number"),
        ([("string account_id = 2", "bytes account_id = 2")], "was string, is bytes"),
        (
            [("string merchant_id = 3", "repeated string merchant_id = 3")],
            "was string, is repeated string",
        ),
        (
            [("optional string country = 10", "string country = 10")],
            "was optional string, is string",
        ),
        (
            [("Coordinates coordinates = 11", "google.protobuf.Timestamp coordinates = 11")],
            r"was fraud\.v1\.Coordinates, is google\.protobuf\.Timestamp",
        ),
        (
            [("  Channel channel = 8 [", "  EntryMode channel = 8 [")],
            r"was fraud\.v1\.Channel, is fraud\.v1\.EntryMode",
        ),
        (
            [("  CHANNEL_RECURRING = 5;\n", "")],
            r"field 8 \(`channel`\): enum fraud\.v1\.Channel lost 5 \(`CHANNEL_RECURRING`\)",
        ),
        (
            [("  double longitude = 2", "  float longitude = 2")],
            r"fraud\.v1\.Coordinates: field 2 \(`longitude`\) was double",
        ),
    ],
)
def test_an_incompatible_change_is_refused_before_anything_is_produced(
    tmp_path: Path, edits: list[Edit], said: str
) -> None:
    # Rules of the old type do not fit the new one; protoc takes them, as buf does not.
    kind = compile_variant(tmp_path, 2, *edits).kind
    for _ in range(2):
        with pytest.raises(IncompatibleSchemaError, match=said):
            to_record(kind(), key="k", origin="producer")


def test_a_retired_number_cannot_come_back(tmp_path: Path) -> None:
    retired = compile_variant(tmp_path, 2, REMOVED).kind.DESCRIPTOR
    again = compile_variant(tmp_path, 3).kind.DESCRIPTOR
    with pytest.raises(IncompatibleSchemaError, match=r"field 13 \(`ip_prefix`\) takes a number"):
        check_wire_compatible(retired, again)

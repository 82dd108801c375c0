"""Every rule written in the contract: one value it lets through, one it refuses by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.message import Message

from fraud.buf.validate import validate_pb2
from scorer.errors import InvalidRequestError
from scorer.validation import validate
from tools.golden import GOLDEN, MESSAGES, golden_message


@dataclass(frozen=True)
class Rule:
    """Values of one field, as in JSON; ``...`` leaves the field out."""

    message: str
    field: str
    good: Any
    bad: Any
    # Where the refusal points, when not at the field itself.
    named: str | None = None


def _text(message: str, field: str, longest: int) -> Iterator[Rule]:
    yield Rule(message, field, "x", "")
    yield Rule(message, field, "~" * longest, "~" * (longest + 1))
    yield Rule(message, field, "4111-1111", "4111 1111")
    yield Rule(message, field, "cafe", "café")


RULES = [
    *_text("Transaction", "transaction_id", 64),
    *_text("Transaction", "account_id", 64),
    *_text("Transaction", "merchant_id", 64),
    *_text("Transaction", "category", 32),
    *_text("Transaction", "device_id", 64),
    Rule("Transaction", "amount_minor", 0, -1),
    Rule("Transaction", "amount_minor", 10**15, 10**15 + 1),
    Rule("Transaction", "currency", "JPY", "jpy"),
    Rule("Transaction", "currency", "EUR", "EURO"),
    Rule("Transaction", "event_time", "2026-01-01T00:00:00Z", ...),
    Rule("Transaction", "event_time", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z"),
    Rule("Transaction", "event_time", "2099-12-31T23:59:59.999999Z", "2100-01-01T00:00:00Z"),
    Rule("Transaction", "channel", 5, 6),
    Rule("Transaction", "entry_mode", 5, 6),
    Rule("Transaction", "country", "FR", "FRA"),
    Rule("Transaction", "country", ..., ""),
    Rule("Transaction", "ip_prefix", "2001:db8::/32", "203.0.113.7/24"),
    Rule("Transaction", "ip_prefix", "198.51.100.0/24", "198.51.100.0"),
    Rule("Transaction", "utc_offset_minutes", -840, -841),
    Rule("Transaction", "utc_offset_minutes", 840, 841),
    Rule("Transaction", "ratio_to_usual", 0, -0.001),
    Rule("Transaction", "ratio_to_usual", 100, 100.001),
    Rule("Transaction", "ratio_to_usual", 1.5, "NaN"),
    Rule("Coordinates", "latitude", -90, -90.001),
    Rule("Coordinates", "latitude", 90, "NaN"),
    Rule("Coordinates", "longitude", -180, -180.001),
    Rule("Coordinates", "longitude", 180, "Infinity"),
    Rule("ScoreRequest", "transaction", {"@golden": "Transaction"}, ...),
    Rule("ScoreStreamRequest", "request", {"@golden": "ScoreRequest"}, ...),
    Rule("SetTrafficRequest", "challenger_percent", 100, 101),
    *_text("Label", "transaction_id", 64),
    Rule("Label", "kind", 7, 8),
    Rule("Label", "happened_at", "2026-01-01T00:00:00Z", ...),
    Rule("Label", "known_at", "2026-12-01T00:00:00Z", ...),
    Rule("Label", "known_at", "2026-11-23T12:34:56.789012Z", "2026-11-23T12:34:56Z", named=""),
    Rule("Label", "source", "analyst", ""),
    Rule("Label", "source", "s" * 64, "s" * 65),
    Rule("ReportRequest", "labels", [{"@golden": "Label"}], []),
    Rule("ReportRequest", "labels", [{"@golden": "Label"}] * 1000, [{"@golden": "Label"}] * 1001),
]


def message_with(rule: Rule, value: Any) -> Message:
    kind = MESSAGES[rule.message]
    values = json_format.MessageToDict(_golden(rule.message), preserving_proto_field_name=True)
    values[rule.field] = _expanded(value)
    if value is ...:
        del values[rule.field]
    return json_format.ParseDict(values, kind())


def _expanded(value: Any) -> Any:
    match value:
        case {"@golden": name}:
            return json_format.MessageToDict(_golden(name))
        case list():
            return [_expanded(item) for item in value]
    return value


def _golden(name: str) -> Message:
    return golden_message(GOLDEN / "v1" / f"{name}.json")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.message}.{rule.field}")
def test_rule_lets_the_good_value_through_and_names_the_bad_one(rule: Rule) -> None:
    validate(message_with(rule, rule.good))
    with pytest.raises(InvalidRequestError) as refusal:
        validate(message_with(rule, rule.bad))
    fields = [violation.field for violation in refusal.value.violations]
    named = rule.field if rule.named is None else rule.named
    assert [field for field in fields if field == named or field.startswith(f"{named}[")]


def test_every_field_with_a_rule_is_in_the_table() -> None:
    ruled = {
        (name, field.name)
        for name, kind in MESSAGES.items()
        for field in kind.DESCRIPTOR.fields
        if field.GetOptions().HasExtension(validate_pb2.field)
    }
    assert {(rule.message, rule.field) for rule in RULES} == ruled


def test_message_within_a_message_is_named_by_its_path() -> None:
    request = message_with(
        Rule("ScoreRequest", "transaction", None, None), {"@golden": "Transaction"}
    )
    request.transaction.coordinates.latitude = 91  # type: ignore[attr-defined]
    with pytest.raises(InvalidRequestError, match=r"transaction\.coordinates\.latitude: `91"):
        validate(request)

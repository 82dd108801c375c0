"""Checks a request against the rules written in the wire contract."""

import protovalidate
from google.protobuf.message import Message

from messaging.unknown import find_mistyped
from scorer.errors import FieldViolation, InvalidRequestError

# Bounds on what one refusal says: it travels in response metadata, which is limited to 8 KiB.
MOST_VIOLATIONS = 20
LONGEST_VALUE = 64

_validator = protovalidate.Validator()


def validate(message: Message) -> None:
    """Check every field of ``message``.

    Raises:
        InvalidRequestError: Names each field that breaks a rule, with its value and the rule; or
            the first that was sent as another type, which would be read as left out.
    """
    mistyped = find_mistyped(message)
    if mistyped is not None:
        raise InvalidRequestError(
            f"invalid request: {mistyped.path}: {mistyped.description}", [FieldViolation(*mistyped)]
        )
    violations = _validator.collect_violations(message)
    if violations:
        found = _by_field(violations[:MOST_VIOLATIONS])
        first = f"{found[0].field}: {found[0].description}"
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        raise InvalidRequestError(f"invalid request: {first}{more}", found)


def _by_field(violations: list[protovalidate.Violation]) -> list[FieldViolation]:
    """One description a field, of the first rule that it breaks."""
    found: dict[str, FieldViolation] = {}
    for violation in violations:
        described = _describe(violation)
        found.setdefault(described.field, described)
    return list(found.values())


def _describe(violation: protovalidate.Violation) -> FieldViolation:
    proto = violation.proto
    message, value = proto.message or proto.rule_id, violation.field_value
    if isinstance(value, str | bytes | int | float) and proto.rule_id != "required":
        message = f"`{_shown(value)}` {message}"
    return FieldViolation(_path(proto.field), message)


def _path(field: protovalidate.FieldPathPb | None) -> str:
    """``transaction.amount_minor``, ``labels[3].source``; empty for the whole message."""
    return ".".join(_element(element) for element in field.elements) if field else ""


def _element(element: protovalidate.FieldPathElementPb) -> str:
    name = str(element.field_name)
    return name if element.subscript is None else f"{name}[{element.subscript.value}]"


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else str(value)
    printable = text[:LONGEST_VALUE].encode("ascii", "backslashreplace").decode()
    return printable if len(text) <= LONGEST_VALUE else f"{printable}..."

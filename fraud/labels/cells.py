"""What stands in the cells of a row, as the fields of a label.

>>> to_fraud("yes"), to_kind("stolen_card"), to_moment("2026-02-03").isoformat()
(True, 2, '2026-02-03T00:00:00+00:00')
"""

from datetime import UTC, datetime
from typing import Final

from fraud.v1.label_pb2 import FraudKind

WORDS: Final = {
    **dict.fromkeys(("true", "t", "yes", "y", "1", "fraud"), True),
    **dict.fromkeys(("false", "f", "no", "n", "0", "genuine"), False),
}
PREFIX: Final = "FRAUD_KIND_"
KINDS: Final = tuple(FraudKind.DESCRIPTOR.values_by_name)


class CellError(Exception):
    """A cell holds what it may not.

    Args:
        field: The column.
        value: As it stands in the file.
        reason: What is allowed.
    """

    def __init__(self, field: str, value: object, reason: str) -> None:
        super().__init__(f"{field}: `{value}` {reason}")
        self.field, self.value, self.reason = field, value, reason


def is_empty(value: object) -> bool:
    """Whether nothing stands in a cell."""
    return value is None or (isinstance(value, str) and not value.strip())


def to_text(value: object) -> str:
    """Text as it is; nothing for an empty cell."""
    return "" if value is None else str(value)


def to_fraud(value: object) -> bool | None:
    """Whether it was fraud; None for an empty cell.

    Raises:
        CellError: It says neither.
    """
    if is_empty(value):
        return None
    found = WORDS.get(str(value).strip().lower())
    if found is None:
        raise CellError("fraud", value, "is neither true nor false")
    return found


def to_kind(value: object) -> FraudKind.ValueType:
    """Number of a kind, by number or name; 0 for an empty cell and for what is no fraud.

    Raises:
        CellError: There is no such kind.
    """
    text = to_text(value).strip()
    if text.lower() in {"", "none", "genuine"}:
        return FraudKind.FRAUD_KIND_UNSPECIFIED
    name = text.upper().replace(" ", "_")
    try:
        if text.isdecimal():
            return FraudKind.Value(FraudKind.Name(FraudKind.ValueType(int(text))))
        return FraudKind.Value(name if name.startswith(PREFIX) else PREFIX + name)
    except ValueError as exc:
        known = ", ".join(each.removeprefix(PREFIX).lower() for each in KINDS)
        raise CellError("kind", value, f"is none of {known}") from exc


def to_moment(value: object, field: str = "known_at") -> datetime:
    """A time; one without a zone is UTC.

    Raises:
        CellError: It is none.
    """
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError as exc:
        raise CellError(field, value, "is no time such as `2026-02-03T06:00:00Z`") from exc
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)

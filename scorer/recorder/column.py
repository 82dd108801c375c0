"""Columns of a table with where their values come from, in one list."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from scorer.recorder.errors import UnrecordableError

Row = list[object]


@dataclass(frozen=True, slots=True)
class Column[Source]:
    """A column.

    Args:
        name: In the table.
        value: Takes it from the message.
    """

    name: str
    value: Callable[[Source], object]


def to_row[Source](columns: Sequence[Column[Source]], source: Source) -> Row:
    """The values of all columns.

    Raises:
        UnrecordableError: One of them cannot be kept.
    """
    row = []
    for column in columns:
        try:
            value = column.value(source)
        except (ValueError, OverflowError) as exc:
            raise UnrecordableError(f"{column.name}: {exc}") from exc
        if isinstance(value, str) and "\0" in value:
            raise UnrecordableError(f"{column.name}: PostgreSQL keeps no text with a zero byte")
        row.append(value)
    return row


def to_time(timestamp: Timestamp) -> datetime:
    """In UTC, to the microsecond.

    Raises:
        ValueError: It is out of protobuf's range.
    """
    return timestamp.ToDatetime(UTC)


def to_array(numbers: Iterable[float]) -> str:
    """An array of numbers as PostgreSQL reads it, NaN and infinities included.

    Text, as psycopg takes 60 numbers one by one, which was most of the recorder's work.

    >>> to_array([0.5, float("nan")])
    '{0.5,nan}'
    """
    return "{" + ",".join(map(repr, numbers)) + "}"


def to_name[Number: int](name_of: Callable[[Number], str], number: Number, prefix: str) -> str:
    """The name of an enum's value as people write it; a number that this build does not know stays.

    >>> from fraud.v1.transaction_pb2 import Channel
    >>> to_name(Channel.Name, 1, "CHANNEL_"), to_name(Channel.Name, 99, "CHANNEL_")
    ('point_of_sale', '99')
    """
    try:
        return name_of(number).removeprefix(prefix).lower()
    except ValueError:
        return str(number)

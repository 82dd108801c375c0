"""Fields that a reader of protobuf passes over without a word, though they mean something.

A field whose number is known and whose type on the wire is not that of the contract is kept among
the unknown ones, and reads as if it had not been sent: an amount of "12.99" would be one of 0.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from google.protobuf.message import Message
from google.protobuf.unknown_fields import UnknownFieldSet

from messaging.errors import UnreadableMessageError


class Mistyped(NamedTuple):
    """A field that was sent as something else.

    Args:
        path: Such as ``transaction.amount_minor``.
        description: What is wrong.
    """

    path: str
    description: str


def check_types(message: Message) -> None:
    """Check that every field with a number of the contract was read as what the contract says.

    Raises:
        UnreadableMessageError: Names the first that was not.
    """
    found = find_mistyped(message)
    if found is not None:
        raise UnreadableMessageError(f"{found.path}: {found.description}")


def find_mistyped(message: Message, path: str = "") -> Mistyped | None:
    """The first field that was sent as another type than its number has; None when all is well.

    Fields with other numbers are those of a newer build, and welcome. Messages within are looked
    at too, except those in maps.
    """
    descriptor = message.DESCRIPTOR
    unknown = UnknownFieldSet(message)
    for place in range(len(unknown)):
        field = descriptor.fields_by_number.get(unknown[place].field_number)
        if field is not None:
            return Mistyped(
                f"{path}{field.name}",
                f"field {field.number} was sent as another type than {descriptor.full_name} has: "
                "its sender has an incompatible contract",
            )
    for name, is_repeated in _message_fields(descriptor):
        found = _within(message, name, is_repeated=is_repeated, path=f"{path}{name}")
        if found is not None:
            return found
    return None


def _within(message: Any, name: str, *, is_repeated: bool, path: str) -> Mistyped | None:
    if not is_repeated:
        return find_mistyped(getattr(message, name), f"{path}.") if message.HasField(name) else None
    for number, each in enumerate(getattr(message, name)):
        if found := find_mistyped(each, f"{path}[{number}]."):
            return found
    return None


@lru_cache(maxsize=256)
def _message_fields(descriptor: Any) -> tuple[tuple[str, bool], ...]:
    return tuple(
        (field.name, field.is_repeated)
        for field in descriptor.fields
        if field.message_type is not None and not field.message_type.GetOptions().map_entry
    )

"""Fields that a reader of protobuf passes over without a word, though they mean something.

A field whose number is known and whose type on the wire is not that of the contract is kept among
the unknown ones, and reads as if it had not been sent: an amount of "12.99" would be one of 0.
"""

from functools import lru_cache
from typing import Any

from google.protobuf.message import Message
from google.protobuf.unknown_fields import UnknownFieldSet

from messaging.errors import UnreadableMessageError


def check_types(message: Message, path: str = "") -> None:
    """Check that every field with a number of the contract was read as what the contract says.

    Fields with other numbers are those of a newer build, and welcome. Messages within are checked
    too, except those in maps and protobuf's own.

    Raises:
        UnreadableMessageError: Names the first that was not.
    """
    descriptor = message.DESCRIPTOR
    unknown = UnknownFieldSet(message)
    for place in range(len(unknown)):
        field = descriptor.fields_by_number.get(unknown[place].field_number)
        if field is not None:
            raise UnreadableMessageError(
                f"{path}{field.name}: field {field.number} is of another type than in "
                f"{descriptor.full_name}: its producer has an incompatible contract"
            )
    for name, is_repeated in _message_fields(descriptor):
        if is_repeated:
            for number, each in enumerate(getattr(message, name)):
                check_types(each, f"{path}{name}[{number}].")
        elif message.HasField(name):
            check_types(getattr(message, name), f"{path}{name}.")


@lru_cache(maxsize=256)
def _message_fields(descriptor: Any) -> tuple[tuple[str, bool], ...]:
    return tuple(
        (field.name, field.is_repeated)
        for field in descriptor.fields
        if field.message_type is not None
        and not field.message_type.GetOptions().map_entry
        and not field.message_type.full_name.startswith("google.protobuf.")
    )

"""Whether those who read the released contracts can read what is about to be produced.

What is released is ``proto/baseline.binpb``, kept here as ``released.binpb`` (``make generate``
copies it). Names may change, as they are not on the wire; numbers and what they stand for may not.

>>> from fraud.v1.transaction_pb2 import Transaction
>>> check_released(Transaction.DESCRIPTOR)
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool

from messaging.errors import IncompatibleSchemaError

RELEASED: Final = Path(__file__).with_name("released.binpb")

# Descriptors come in two classes, by the implementation of protobuf; neither has a common type.
type AnyDescriptor = Any
type AnyField = Any


@lru_cache(maxsize=256)
def check_released(current: AnyDescriptor) -> None:
    """Check a message against its released form; one that was never released is free.

    Args:
        current: Descriptor of the message as this build has it.

    Raises:
        IncompatibleSchemaError: As :func:`check_wire_compatible`.
    """
    released = released_form(current.full_name)
    if released is not None:
        check_wire_compatible(released, current)


def released_form(name: str) -> AnyDescriptor | None:
    """The released descriptor of a message such as ``fraud.v1.Label``; None when there is none."""
    try:
        return _released_pool().FindMessageTypeByName(name)
    except KeyError:
        return None


def check_wire_compatible(released: AnyDescriptor, current: AnyDescriptor) -> None:
    """Check that who reads ``released`` reads rightly what is written as ``current``.

    A field number that both have must keep its type, whether it repeats and whether it can be
    absent; one that is gone must not come back as something else; enums must keep their numbers.
    The messages within are checked too.

    Raises:
        IncompatibleSchemaError: Names message, field and number, what changed, and what to do.
    """
    for change in _changes(released, current, set()):
        raise IncompatibleSchemaError(change)


def _changes(released: AnyDescriptor, current: AnyDescriptor, seen: set[str]) -> Iterator[str]:
    if released.full_name in seen:
        return
    seen.add(released.full_name)
    retired = _retired_numbers(released)
    for field in current.fields:
        was = released.fields_by_number.get(field.number)
        place = f"{current.full_name}: field {field.number} (`{field.name}`)"
        if was is None:
            if any(field.number in numbers for numbers in retired):
                yield f"{place} takes a number that was retired: give it one never used"
        elif (before := _form(was)) != (now := _form(field)):
            yield (
                f"{place} was {before}, is {now}: give it a new number and reserve {field.number}"
            )
        else:
            yield from _changes_within(was, field, place, seen)


def _changes_within(was: AnyField, field: AnyField, place: str, seen: set[str]) -> Iterator[str]:
    if was.message_type is not None:
        yield from _changes(was.message_type, field.message_type, seen)
    if was.enum_type is not None:
        for number, value in was.enum_type.values_by_number.items():
            if number not in field.enum_type.values_by_number:
                yield (
                    f"{place}: enum {was.enum_type.full_name} lost {number} (`{value.name}`): "
                    "keep the number, under a new name if need be"
                )


def _form(field: AnyField) -> str:
    """All that is on the wire of a field but its number, such as ``optional int64``."""
    kind = field.message_type or field.enum_type
    name = FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
    form = kind.full_name if kind else name
    if field.is_repeated:
        return f"repeated {form}"
    return f"optional {form}" if field.has_presence and not field.message_type else form


def _retired_numbers(released: AnyDescriptor) -> list[range]:
    proto = DescriptorProto()
    released.CopyToProto(proto)
    return [range(each.start, each.end) for each in proto.reserved_range]


@cache
def _released_pool() -> DescriptorPool:
    pool = DescriptorPool()
    for file in FileDescriptorSet.FromString(RELEASED.read_bytes()).file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool

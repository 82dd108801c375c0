"""One thing that a consumer gave: a message, or that a partition has no more."""

from typing import NamedTuple

from confluent_kafka import KafkaError, KafkaException, Message

from scorer.features.note import Mark, Place

END_OF_PARTITION = KafkaError._PARTITION_EOF  # noqa: SLF001 - the client's name for it


class Taken(NamedTuple):
    """What was taken off a partition.

    Args:
        place: The partition.
        mark: Up to where the partition is contained once this is dealt with.
        message: None when the partition has no more for now.
    """

    place: Place
    mark: Mark
    message: Message | None


def to_taken(message: Message, prefix: str) -> Taken:
    """What a consumer gave.

    Raises:
        KafkaException: It says that the partition cannot be read.
    """
    place = ((message.topic() or "").removeprefix(prefix), message.partition() or 0)
    offset, error = message.offset() or 0, message.error()
    if error is None:
        return Taken(place, Mark(offset + 1, message.timestamp()[1] * 1000), message)
    if error.code() != END_OF_PARTITION:
        raise KafkaException(error)
    # The end may lie behind what is no message, such as the end of a transaction.
    return Taken(place, Mark(offset), None)

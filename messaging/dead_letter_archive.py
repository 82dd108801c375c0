"""The dead letters that are kept: listed, looked at, replayed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from google.protobuf.message import Message

from fraud.settings import KafkaSettings
from fraud.v1.stream_pb2 import DeadLetter
from messaging.codec import (
    SCHEMA,
    Record,
    from_record,
    header,
    headers_in,
    to_record,
)
from messaging.errors import UnknownLetterError, UnreadableMessageError
from messaging.kinds import KINDS, KINDS_BY_TOPIC
from messaging.offsets import read_range, reading, watermarks
from messaging.producer import MessageProducer
from messaging.topics import DEAD_LETTERS

REPLAYED: Final = "replayed"
"""Header of a letter that was replayed: when, in ISO 8601."""
REPLAYED_FROM: Final = "replayed-from"
"""Header of a replayed message: the key of its letter."""


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A letter as it is on the topic.

    Args:
        key: ``<topic>/<partition>/<offset>`` of the message.
        letter: The message, and what is wrong with it.
        replayed: When it was last replayed, ISO 8601 in UTC; None when it never was.
    """

    key: str
    letter: DeadLetter
    replayed: str | None = None

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """Headers of the message."""
        return [(each.name, each.value) for each in self.letter.headers]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters are asked for; what is not said, any.

    Args:
        topic: Where the message was, a name without prefix.
        reason: A part of the reason, in either case.
        since: Set aside at this time or later.
    """

    topic: str | None = None
    reason: str = ""
    since: datetime | None = None

    def __contains__(self, letter: DeadLetter) -> bool:
        return (
            self.topic in (None, letter.topic)
            and self.reason.lower() in letter.reason.lower()
            and (self.since is None or letter.failed_at.ToDatetime(UTC) >= self.since)
        )


class DeadLetterArchive:
    """What the topic of dead letters holds.

    Args:
        settings: Of the broker.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings

    def letters(self, wanted: Wanted | None = None) -> list[KeptLetter]:
        """One letter a message, the newest, in the order of topic, partition and offset.

        Raises:
            BrokerAwayError: No broker answers, or there is no such topic.
        """
        found: dict[str, KeptLetter] = {}
        for kept in self._all():
            # A consumer that finds the message later than it was replayed does not undo that.
            before = found.get(kept.key)
            replayed = kept.replayed or (before.replayed if before else None)
            found[kept.key] = KeptLetter(kept.key, kept.letter, replayed)
        chosen = (each for each in found.values() if wanted is None or each.letter in wanted)
        return sorted(chosen, key=lambda kept: _place(kept.letter))

    def find(self, key: str) -> KeptLetter:
        """The letter with a key.

        Raises:
            UnknownLetterError: There is none.
            BrokerAwayError: No broker answers, or there is no such topic.
        """
        for kept in self.letters():
            if kept.key == key:
                return kept
        raise UnknownLetterError(f"dead letter `{key}`: there is none of this key")

    def decoded(self, kept: KeptLetter) -> Message | None:
        """The message of a letter as far as it can be read; None when it cannot.

        Its bytes may be those of another schema that happen to be readable.
        """
        kinds = KINDS_BY_TOPIC.get(kept.letter.topic, ())
        named = KINDS.get(header(kept.headers, SCHEMA) or "")
        for kind in (named, *kinds) if named else kinds:
            try:
                return from_record(kind, kept.letter.value, None)
            except UnreadableMessageError:
                continue
        return None

    def replay(self, letters: Iterable[KeptLetter], producer: MessageProducer) -> int:
        """Put messages back on their topics, byte for byte, and mark their letters.

        They come back with the header :data:`REPLAYED_FROM`, and to the partition of their key.
        Should this be cut short, some are on their topics and not marked: replaying them again
        does no harm to consumers that take a payment once.

        Returns:
            How many.

        Raises:
            DeliveryError: The broker did not take all of them.
        """
        chosen = list(letters)
        for kept in chosen:
            producer.forward(kept.letter.topic, _original(kept))
        producer.flush()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        for kept in chosen:
            producer.produce(DEAD_LETTERS, _marked(kept, now))
        producer.flush()
        return len(chosen)

    def _all(self) -> Iterator[KeptLetter]:
        with reading(self._settings) as consumer:
            found = watermarks(consumer, self._settings, [DEAD_LETTERS])
            ranges = {number: range_ for (_, number), range_ in found.items()}
            for batch in read_range(consumer, self._settings, DEAD_LETTERS, ranges):
                yield from filter(None, map(self._kept, batch))

    def _kept(self, message: Any) -> KeptLetter | None:
        """None for what is no letter: it must not keep the others from being seen."""
        headers = headers_in(message)
        try:
            letter = from_record(DeadLetter, message.value(), headers)
        except UnreadableMessageError:
            return None
        return KeptLetter(_key(letter), letter, header(headers, REPLAYED))


def _original(kept: KeptLetter) -> Record:
    trace = (REPLAYED_FROM, kept.key.encode())
    return Record(kept.letter.key or None, kept.letter.value, [*kept.headers, trace])


def _marked(kept: KeptLetter, now: str) -> Record:
    record = to_record(kept.letter, key=kept.key, origin="stream")
    return Record(record.key, record.value, [*record.headers, (REPLAYED, now.encode())])


def _key(letter: DeadLetter) -> str:
    return "/".join(map(str, _place(letter)))


def _place(letter: DeadLetter) -> tuple[str, int, int]:
    return letter.topic, letter.partition, letter.offset

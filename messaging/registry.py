"""Values in Confluent Schema Registry's wire format, when one is set.

A framed value is a zero byte, the number of its schema (four bytes, big-endian), where in the
schema its message is (a list of zigzag varints), and the message itself. See "Wire format" in the
documentation of Confluent Schema Registry.

>>> unframed(bytes([0, 0, 0, 0, 7, 0]) + b"message", KafkaSettings(registry_url="mock://demo"))
b'message'
>>> unframed(b"message", KafkaSettings())
b'message'
"""

import importlib
from functools import cache
from typing import Any, Final

from google.protobuf.message import Message

from fraud.errors import MissingExtraError
from fraud.settings import KafkaSettings
from messaging.codec import SCHEMA, Headers, Record, from_record, header
from messaging.errors import IncompatibleSchemaError, RegistryError, UnreadableMessageError
from messaging.kinds import KINDS, KINDS_BY_TOPIC
from messaging.topics import named

MAGIC: Final = 0
INDEX_AT: Final = 5
"""Where the list of places begins, behind the zero byte and the number."""
TIMEOUT_SECONDS: Final = 5.0
CONFLICT: Final = 409
"""What a registry answers to a schema that would break those who read the one before."""


class Framing:
    """Frames values for the registry that is set.

    The frame is the same for all messages of a kind on a topic. It is taken from Confluent's own
    serializer, which registers the schema, and after that costs no more than to join two strings.

    Args:
        settings: With ``registry_url``.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._frames: dict[tuple[str, str | None], bytes] = {}

    def framed(self, topic: str, record: Record) -> bytes:
        """The value of a record, framed.

        Args:
            topic: Name without prefix.
            record: Its header ``schema`` says what it is.

        Raises:
            IncompatibleSchemaError: It is of no schema known here, or the registry refuses it as
                one that would break those who read the one before.
            RegistryError: The registry does not answer, or refuses for another reason.
        """
        schema = header(record.headers, SCHEMA)
        frame = self._frames.get((topic, schema))
        if frame is None:
            frame = self._frames[topic, schema] = self._frame(topic, KINDS.get(schema or ""))
        return frame + record.value

    def _frame(self, topic: str, kind: type[Message] | None) -> bytes:
        if kind is None:
            raise IncompatibleSchemaError(
                f"`{topic}`: a message without the header `{SCHEMA}` of a known schema cannot be "
                "framed for the schema registry"
            )
        protobuf = _confluent("protobuf")
        serialization = importlib.import_module("confluent_kafka.serialization")
        place = named(self._settings, topic)
        context = serialization.SerializationContext(place, serialization.MessageField.VALUE)
        settings = {"subject.name.strategy": subject_strategy(topic)}
        try:
            serializer = protobuf.ProtobufSerializer(
                kind, registry_client(self._settings.registry_url or ""), settings
            )
            # An empty message has no bytes: what comes is the frame alone.
            return bytes(serializer(kind(), context))
        except Exception as exc:
            raise _translated(exc, topic) from exc


def accept[M: Message](
    kind: type[M], value: bytes | None, headers: Headers | None, settings: KafkaSettings
) -> M:
    """Read a message as it was on a topic: its frame, if one is due, its schema, its bytes.

    Raises:
        UnreadableMessageError: Any of them is not what it should be.
    """
    return from_record(kind, unframed(value or b"", settings), headers)


def unframed(value: bytes, settings: KafkaSettings) -> bytes:
    """A value without its frame; as it is when no registry is set.

    The frame's number is not looked up: which message it is is told by its header, and whether it
    can be read by its bytes.

    Raises:
        UnreadableMessageError: A registry is set, and the value is not framed.
    """
    if settings.registry_url is None or not value:
        return value
    if value[0] != MAGIC:
        raise UnreadableMessageError(
            f"frame: the first byte is {value[0]:#04x}, not 0x00: the value is not framed for the "
            "schema registry that kafka.registry_url names"
        )
    # Nearly always the first message of its file, which is written as a single zero.
    if value[INDEX_AT : INDEX_AT + 1] == b"\0":
        return value[INDEX_AT + 1 :]
    count, begin = _varint(value, INDEX_AT)
    for _ in range(count):
        _, begin = _varint(value, begin)
    return value[begin:]


def subject_strategy(topic: str) -> Any:
    """What the registry keeps a schema under: ``<topic>-value``, as Confluent's tools expect.

    A topic with several kinds of messages has ``<topic>-<full name>`` for each.
    """
    registry = _confluent("")
    if len(KINDS_BY_TOPIC.get(topic, ())) > 1:
        return registry.topic_record_subject_name_strategy
    return registry.topic_subject_name_strategy


@cache
def registry_client(url: str) -> Any:
    """Confluent's client of the registry at ``url``; ``mock://...`` is one within this process."""
    client = _confluent("").SchemaRegistryClient
    return client.new_client({"url": url, "timeout": TIMEOUT_SECONDS, "max.retries": 1})


def _confluent(module: str) -> Any:
    name = f"confluent_kafka.schema_registry.{module}".rstrip(".")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as exc:
        raise MissingExtraError(exc.name or name, "registry") from exc


def _translated(error: Exception, topic: str) -> Exception:
    """Confluent's errors, httpx's, and those of bad settings: all mean that there is no frame."""
    told = f"Failed to register the schema of `{topic}` (kafka.registry_url): {error}"
    if getattr(error, "http_status_code", None) == CONFLICT:
        return IncompatibleSchemaError(told)
    return RegistryError(told)


def _varint(value: bytes, begin: int) -> tuple[int, int]:
    """A zigzag varint of at most 32 bits, never negative here; and where it ends."""
    number = 0
    for place, byte in enumerate(value[begin : begin + 5]):
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            if number & 1:
                break
            return number >> 1, begin + place + 1
    raise UnreadableMessageError("frame: the place of the message in its schema is damaged")

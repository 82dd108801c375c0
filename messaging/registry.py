"""Values framed for Confluent Schema Registry, when one is set.

:mod:`messaging.frame` takes the frame off again, whether or not one is set there.
"""

import importlib
from functools import cache
from typing import Any, Final

from google.protobuf.message import Message

from fraud.errors import MissingExtraError
from fraud.settings import KafkaSettings
from messaging.codec import SCHEMA, Record, header
from messaging.errors import IncompatibleSchemaError, RegistryError
from messaging.kinds import KINDS, KINDS_BY_TOPIC
from messaging.topics import named

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
        return self.frame(topic, header(record.headers, SCHEMA)) + record.value

    def frame(self, topic: str, schema: str | None) -> bytes:
        """What stands before each value of a topic that is a ``schema``.

        Raises:
            IncompatibleSchemaError: As :meth:`framed`.
            RegistryError: As :meth:`framed`.
        """
        frame = self._frames.get((topic, schema))
        if frame is None:
            frame = self._frames[topic, schema] = self._register(topic, KINDS.get(schema or ""))
        return frame

    def _register(self, topic: str, kind: type[Message] | None) -> bytes:
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

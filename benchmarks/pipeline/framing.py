"""What a schema registry costs a message; ``python -m benchmarks.pipeline.framing``.

A payment is encoded and decoded as it is, framed by us, and by Confluent's own serializer and
deserializer. All must give the same message before any is timed. No registry server is asked: the
client's own in-process one answers, and each schema is looked up once.
"""

import timeit
from collections.abc import Callable
from functools import partial

from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from rich.console import Console
from rich.table import Table

from fraud.settings import KafkaSettings
from fraud.v1.transaction_pb2 import CHANNEL_ECOMMERCE, Transaction
from messaging.codec import Record, headers_of
from messaging.frame import unframed
from messaging.registry import Framing, registry_client, subject_strategy
from messaging.topics import RAW_TRANSACTIONS

CALLS = 20_000
ROUNDS = 7
SETTINGS = KafkaSettings(registry_url="mock://framing")


def main() -> None:
    """Check, measure and print."""
    made = payment()
    encoders, decoders = ways(made)
    for name, encode in encoders.items():
        assert decoders[name](encode()) == made, name
    table = Table("value", "encode us", "decode us", title=f"A payment of {made.ByteSize()} bytes")
    for name, encode in encoders.items():
        decode = best(partial(decoders[name], encode()))
        table.add_row(name, f"{best(encode):.2f}", f"{decode:.2f}")
    Console(width=80).print(table)


def ways(
    made: Transaction,
) -> tuple[dict[str, Callable[[], bytes]], dict[str, Callable[[bytes], Transaction]]]:
    """Encoders of the payment and decoders, by name."""
    framing, headers = Framing(SETTINGS), headers_of(Transaction, "demo")
    client = registry_client(SETTINGS.registry_url or "")
    settings = {"subject.name.strategy": subject_strategy(RAW_TRANSACTIONS)}
    place = SerializationContext(RAW_TRANSACTIONS, MessageField.VALUE)
    serialize = ProtobufSerializer(Transaction, client, settings)
    deserialize = ProtobufDeserializer(Transaction, settings, client)

    def frame() -> bytes:
        return framing.framed(RAW_TRANSACTIONS, Record(None, made.SerializeToString(), headers))

    encoders: dict[str, Callable[[], bytes]] = {
        "raw": made.SerializeToString,
        "framed, ours": frame,
        "framed, Confluent's serializer": lambda: bytes(serialize(made, place)),
    }
    decoders: dict[str, Callable[[bytes], Transaction]] = {
        "raw": Transaction.FromString,
        "framed, ours": lambda value: Transaction.FromString(unframed(value)),
        "framed, Confluent's serializer": lambda value: deserialize(value, place),
    }
    return encoders, decoders


def payment() -> Transaction:
    """One as a gateway sends it."""
    made = Transaction(
        transaction_id="4f1c2a9e-0000-4000-8000-000000000001",
        account_id="account-001234",
        merchant_id="merchant-0042",
        category="5411",
        amount_minor=1299,
        currency="EUR",
        channel=CHANNEL_ECOMMERCE,
        country="DE",
        device_id="device-0007",
    )
    made.event_time.FromSeconds(1_700_000_000)
    return made


def best(call: Callable[[], object]) -> float:
    """Microseconds a call, in the fastest round."""
    return min(timeit.repeat(call, number=CALLS, repeat=ROUNDS)) / CALLS * 1e6


if __name__ == "__main__":
    main()

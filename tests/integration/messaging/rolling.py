"""A producer of payments that rolls from version to version, with unreadable messages between."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from fraud.settings import KafkaSettings
from fraud.v1.transaction_pb2 import CHANNEL_ECOMMERCE, ENTRY_MODE_CHIP, Transaction
from messaging.codec import SCHEMA, SCHEMA_VERSION, Record, headers_in, to_record
from messaging.producer import MessageProducer
from messaging.topics import RAW_TRANSACTIONS
from tests.integration.messaging.test_producer import read_all
from tests.unit.messaging.variants import Variant

BEGIN_SECONDS = 1_700_000_000
FOLLOWS_ONE_IN = 20
"""So many payments to one message that cannot be taken."""
NUMBER = "number"
"""Header by which the test finds a message again."""

type Spoil = Callable[[Record, Transaction], Record]


@dataclass
class Rolled:
    """What was produced.

    Args:
        read_by_old: What the build of today is to read, by transaction id.
        read_by_new: What the newest version is to read.
        spoiled: Of messages that cannot be taken, what was done to them, by number.
    """

    read_by_old: dict[str, Transaction] = field(default_factory=dict)
    read_by_new: dict[str, Any] = field(default_factory=dict)
    spoiled: dict[int, str] = field(default_factory=dict)

    def places(self, settings: KafkaSettings) -> dict[str, str]:
        """Of those that cannot be taken, by topic, partition and offset, what was done to them."""
        found = {}
        for message in read_all(settings, RAW_TRANSACTIONS):
            number = int(dict(headers_in(message))[NUMBER])
            if number in self.spoiled:
                place = f"{RAW_TRANSACTIONS}/{message.partition()}/{message.offset()}"
                found[place] = self.spoiled[number]
        return found


class RollingProducer:
    """Writes each payment in the version that it is at, and spoils some.

    Args:
        settings: Of the broker.
        newest: What ``read_by_new`` is made with.
        spoils: By name, what makes a message that no reader can take.
        rate: Messages a second.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        newest: Variant,
        spoils: dict[str, Spoil],
        rate: float = 300.0,
    ) -> None:
        self._settings = settings
        self._newest = newest
        self._spoils = spoils
        self._rate = rate
        self._chance = random.Random(4)
        self._number = 0
        self.rolled = Rolled()

    def roll(self, versions: Sequence[Variant], seconds_each: float) -> None:
        """Produce, each version in turn; ``rolled`` has all that was produced so far."""
        count = int(self._rate * seconds_each)
        began = time.monotonic()
        with MessageProducer(self._settings) as producer:
            for place in range(count * len(versions)):
                time.sleep(max(0.0, began + place / self._rate - time.monotonic()))
                record = self._next(self._number, versions[place // count])
                producer.produce(RAW_TRANSACTIONS, record)
                self._number += 1
        assert producer.delivered == count * len(versions)

    def _next(self, number: int, version: Variant) -> Record:
        payment = payment_of(number)
        record = to_versioned(payment, number, version)
        if self._chance.randrange(FOLLOWS_ONE_IN) == 0:
            name = self._chance.choice(list(self._spoils))
            self.rolled.spoiled[number] = name
            return self._spoils[name](record, payment)
        self._expect(payment, number, version)
        return record

    def _expect(self, payment: Transaction, number: int, version: Variant) -> None:
        if "ip_prefix" not in version.kind.DESCRIPTOR.fields_by_name:
            payment.ClearField("ip_prefix")
        newest = self._newest.kind.FromString(payment.SerializeToString())
        newest.DiscardUnknownFields()
        if version.number > 1:
            newest.payment_token = token_of(number)
        self.rolled.read_by_old[payment.transaction_id] = payment
        self.rolled.read_by_new[payment.transaction_id] = newest


def payment_of(number: int) -> Transaction:
    """Payment ``number``, with something in every field."""
    made = Transaction(
        transaction_id=f"t{number:05}",
        account_id=f"account-{number % 37}",
        merchant_id=f"merchant-{number % 11}",
        category="5411",
        amount_minor=100 + number,
        currency="EUR",
        channel=CHANNEL_ECOMMERCE,
        entry_mode=ENTRY_MODE_CHIP,
        country="DE",
        device_id=f"device-{number % 53}",
        ip_prefix=f"203.0.{number % 256}.0/24",
        utc_offset_minutes=-60,
    )
    made.event_time.FromSeconds(BEGIN_SECONDS + number)
    made.coordinates.latitude, made.coordinates.longitude = 52.5 + number % 3, 13.4
    return made


def token_of(number: int) -> str:
    """What the field holds that version 2 added and version 3 renamed."""
    return f"wallet-{number}"


def to_versioned(payment: Transaction, number: int, version: Variant) -> Record:
    """A payment as a producer of that version writes it."""
    names = {2: "wallet_id", 3: "payment_token"}
    more = {names[version.number]: token_of(number)} if version.number in names else {}
    record = to_record(payment, key=payment.account_id, origin="producer")
    headers = dict(record.headers) | {
        SCHEMA_VERSION: str(version.number).encode(),
        NUMBER: str(number).encode(),
    }
    return Record(record.key, version.encode(payment, **more), list(headers.items()))


def with_schema(record: Record, schema: str) -> Record:
    """A message that says it is another."""
    headers = dict(record.headers) | {SCHEMA: schema.encode()}
    return Record(record.key, record.value, list(headers.items()))

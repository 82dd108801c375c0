"""The broker away at start, and away later."""

import time
from pathlib import Path

import grpc
import pytest

from fraud.client import ScorerClient
from fraud.local.kafka import LocalKafka
from fraud.local.port import free_port
from fraud.settings import KafkaSettings
from messaging.admin import reconcile
from scorer.service import ScorerService
from tests.integration.tail.conftest import applied, is_serving, target_of
from tests.integration.tail.support import (
    Feed,
    assert_same_bits,
    expected,
    following,
    paid,
    reference,
    served,
)
from tests.unit.scorer.support import payment
from tests.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_it_waits_for_the_broker_then_serves_and_outlives_it(tmp_path: Path, bundles: Path) -> None:
    broker = LocalKafka(tmp_path / "kafka", free_port())
    kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
    settings = following(tmp_path / "one", kafka, bundles)
    service = ScorerService(settings)
    service.start()
    client = ScorerClient(target_of(service), attempts=1)
    payments = [paid(number, step=10) for number in range(300)]
    try:
        time.sleep(1)
        assert not client.is_serving()
        assert not client.freshness().caught_up
        assert client.score(payment("early", account_id="other"), timeout=5).transaction_id

        broker.start()
        reconcile(kafka)
        feed = Feed(kafka)
        feed.pay(payments[:100])
        wait_until(lambda: is_serving(service), seconds=60)
        wait_until(lambda: applied(service) == 100)
        wait_until(lambda: age(client) < 2.0)

        broker.kill()
        gone = time.monotonic()
        time.sleep(3)
        assert client.is_serving()
        assert client.score(payment("later", account_id="other"), timeout=5).transaction_id
        # An age says what may be missing: it grows with the time that the broker is away.
        away = time.monotonic() - gone
        assert age(client) > away - 1.0

        broker.start()
        feed.pay(payments[100:])
        wait_until(lambda: applied(service) == 300, seconds=60)
        wait_until(lambda: age(client) < 2.0)
        feed.producer.close()
        own = [payment(name, account_id="other") for name in ("early", "later")]
        wanted = expected(reference(own + payments))
        assert_same_bits(served(target_of(service), settings), wanted)
    finally:
        client.close()
        service.stop()
        broker.stop()


def age(client: ScorerClient) -> float:
    """Seconds, of the oldest partition."""
    try:
        return max(each.age_us for each in client.freshness().partitions) / 1e6
    except grpc.RpcError:
        return float("inf")

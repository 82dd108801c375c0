"""What is produced counts for the next score, and every answer says how fresh the state is."""

import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from features_rs import contract
from fraud.client import ScorerClient
from fraud.priority import NICENESS
from fraud.settings import KafkaSettings
from scorer.features.convert import to_event
from scorer.service import ScorerService
from tests.integration.tail.conftest import StartScorer, applied, target_of
from tests.integration.tail.support import (
    Feed,
    assert_same_bits,
    expected,
    following,
    paid,
    reference,
    said,
    served,
)
from tests.unit.scorer.support import WIDTH, payment
from tests.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def test_every_produced_payment_counts_for_the_next_score(
    start: StartScorer, feed: Feed, tmp_path: Path, kafka_settings: KafkaSettings, bundles: Path
) -> None:
    payments = [paid(number, step=10) for number in range(300)]
    feed.pay(payments[:200])
    service = start()
    assert applied(service) == 200
    feed.pay(payments[200:])
    wait_until(lambda: applied(service) == 300)
    settings = following(tmp_path / "one", kafka_settings, bundles)
    assert_same_bits(served(target_of(service), settings), expected(reference(payments)))


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness of their own here")
def test_what_follows_topics_and_models_gives_way_to_what_scores(start: StartScorer) -> None:
    before = set(threading.enumerate())
    start()
    niceness = {
        thread.name: os.getpriority(os.PRIO_PROCESS, thread.native_id or 0)
        for thread in set(threading.enumerate()) - before
    }
    nice = {name for name, value in niceness.items() if value == NICENESS}
    assert nice == {"tail", "tail-joiner", "model"}


def test_answers_and_status_tell_the_age(start: StartScorer, feed: Feed) -> None:
    service = start()
    feed.pay([paid(1)])
    wait_until(lambda: applied(service) == 1)
    wait_until(lambda: service.freshness is not None and service.freshness.age_us() < 900_000)
    with ScorerClient(target_of(service)) as client:
        first = client.score(payment("x1"))
        again = client.score(payment("x1"))
        found = client.freshness()
    assert first.server_timing.HasField("state_age_us")
    assert 0 < first.server_timing.state_age_us < 2_000_000
    assert again.flags.duplicate
    assert again.server_timing.HasField("state_age_us")
    assert found.caught_up
    assert [(each.topic, each.partition) for each in found.partitions] == [
        *(("labels", number) for number in range(4)),
        *(("raw_transactions", number) for number in range(8)),
    ]
    assert sum(each.next_offset for each in found.partitions) == 1
    assert all(each.next_offset == each.end_offset for each in found.partitions)
    assert all(0 < each.age_us < 2_000_000 for each in found.partitions)


def test_labels_reach_the_risk_features_of_every_scorer(
    start: StartScorer, feed: Feed, tmp_path: Path, kafka_settings: KafkaSettings, bundles: Path
) -> None:
    payments, labels = [paid(number) for number in range(60)], [said(3), said(7), said(59)]
    services = {name: start(name) for name in ("one", "two")}
    feed.say(labels[:2])  # two of them before their payments
    feed.pay(payments)
    feed.say(labels[2:])
    wanted = expected(reference(payments, labels))
    for name, service in services.items():
        settings = following(tmp_path / name, kafka_settings, bundles)
        wait_until(lambda found=service: known_frauds(found) == 3)  # type: ignore[misc]
        assert_same_bits(served(target_of(service), settings), wanted)


def known_frauds(service: ScorerService) -> int:
    total = 0
    for merchant in range(3):
        row = np.empty(WIDTH, np.float32)
        event = to_event(payment("p", merchant_id=f"merchant-{merchant}", seconds=3 * 86_400))
        service.state._store.assemble(event, row)
        total += int(row[contract().index("merchant_frauds_known_30d")])
    return total


def test_a_scorer_without_topics_tells_no_age(tmp_path: Path, bundles: Path) -> None:
    service = ScorerService(following(tmp_path / "alone", KafkaSettings(), bundles))
    service.start()
    with ScorerClient(target_of(service)) as client:
        assert not client.score(payment("x1")).server_timing.HasField("state_age_us")
        assert client.freshness().caught_up
        assert not client.freshness().partitions
    service.stop()

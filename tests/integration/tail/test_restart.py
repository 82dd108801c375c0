"""Stopped or killed, a scorer goes on where its snapshot ends, and ends with the same state."""

import time
from pathlib import Path

import pytest

from fraud.client import ScorerClient
from fraud.local.scorer import LocalScorer
from fraud.settings import KafkaSettings
from scorer.service import ScorerService
from tests.integration.tail.conftest import StartScorer, applied, joined, target_of
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
from tests.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_stopped_it_goes_on_from_the_offsets_that_it_noted(
    start: StartScorer, feed: Feed, tmp_path: Path, kafka_settings: KafkaSettings, bundles: Path
) -> None:
    payments = [paid(number) for number in range(600)]
    labels = [said(3), said(250), said(4, hour=25)]
    feed.pay(payments[:300])
    first = start()
    feed.say(labels[:1])
    wait_until(lambda: applied(first, "labels") == 1)
    wait_until(lambda: noted(first) == 301)
    first.stop()
    # Five hours of payments that come one partition after the other.
    feed.pay(payments[300:])
    feed.say(labels[1:])
    second = start()
    assert applied(second) == 600
    wait_until(lambda: applied(second, "labels") == 3)
    settings = following(tmp_path / "one", kafka_settings, bundles)
    wanted = expected(reference(payments, labels))
    assert_same_bits(served(target_of(second), settings), wanted)


def noted(service: ScorerService) -> int:
    return sum(mark.next_offset for mark in service.state._marks().values())


def test_killed_again_and_again_it_loses_nothing(
    start: StartScorer, feed: Feed, tmp_path: Path, kafka_settings: KafkaSettings, bundles: Path
) -> None:
    settings = following(tmp_path / "one", kafka_settings, bundles, snapshot_seconds=0.2)
    # Its own decisions are replayed before the topics are read: what came meanwhile from others
    # must not be an hour older.
    everything = [paid(number, step=10) for number in range(440)]
    own = [each for number, each in enumerate(everything) if number % 110 >= 100]
    labels = [said(number) for number in (5, 150, 301, 430)]
    for part in range(4):
        with LocalScorer(settings) as scorer, ScorerClient(scorer.target) as client:
            feed.pay(everything[110 * part : 110 * part + 100])
            feed.say(
                [label for label in labels[:-1] if int(label.transaction_id[1:]) // 110 == part]
            )
            for each in own[10 * part : 10 * part + 10]:
                client.score(each, timeout=5)
            time.sleep(0.1 * part)
            scorer.kill()
    feed.pay(own)  # as the recorder does, behind the scorer
    feed.say(labels[-1:])
    wanted = expected(reference(everything, labels))
    # In this process, since a scorer tells nobody whether labels are joined with their payments.
    last = start("one")
    wait_until(lambda: applied(last, "labels") == 4)
    assert applied(last) == 440
    wait_until(lambda: joined(last) == 444)
    assert_same_bits(served(target_of(last), settings), wanted)

"""A new scorer begins with the states that the stream has published, then follows."""

from pathlib import Path

import pytest

from fraud.settings import KafkaSettings
from messaging.offsets import end_offsets
from messaging.topics import LABELS, RAW_TRANSACTIONS
from scorer.features.payments import PaymentIndex
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

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

PAYMENTS = [paid(number) for number in range(300)]


@pytest.fixture
def offsets(feed: Feed, kafka_settings: KafkaSettings) -> dict[tuple[str, int], int]:
    """Where the topics end when 200 payments and two labels are in them."""
    feed.pay(PAYMENTS[:200])
    feed.say([said(3), said(7)])
    return end_offsets(kafka_settings, [RAW_TRANSACTIONS, LABELS])


def test_vectors_and_what_came_after_them_make_the_state(
    start: StartScorer,
    feed: Feed,
    offsets: dict[tuple[str, int], int],
    tmp_path: Path,
    kafka_settings: KafkaSettings,
    bundles: Path,
) -> None:
    # The first hundred payments in the vectors are in no topic any more, as far as a scorer can
    # tell: it does not read them again.
    ancient = [paid(number) for number in range(-100, 0)]
    feed.publish(reference([*ancient, *PAYMENTS[:200]], [said(3), said(7)]))
    feed.claim(offsets)
    feed.pay(PAYMENTS[200:])
    service = start()
    assert applied(service) == 300
    # A correction of a label before the vectors, and a label of a payment before them.
    feed.say([said(9, hour=30)])
    settings = following(tmp_path / "one", kafka_settings, bundles)
    wait_until(lambda: applied(service, LABELS) == 3)
    wait_until(lambda: has_read_everything(settings.payments_path))
    labels = [said(3), said(7), said(9, hour=30)]
    wanted = expected(reference([*ancient, *PAYMENTS], labels))
    assert_same_bits(served(target_of(service), settings), wanted)


def has_read_everything(path: Path) -> bool:
    index = PaymentIndex(path)
    unread = {**index.unread(RAW_TRANSACTIONS), **index.unread(LABELS)}
    index.close()
    return not unread


@pytest.mark.parametrize("claimed", [True, False])
def test_vectors_of_another_contract_are_passed_over(
    claimed: bool,
    start: StartScorer,
    feed: Feed,
    offsets: dict[tuple[str, int], int],
    tmp_path: Path,
    kafka_settings: KafkaSettings,
    bundles: Path,
) -> None:
    feed.publish(reference([paid(number) for number in range(1_000, 1_100)]), digest="f" * 32)
    if claimed:
        feed.claim(offsets, digest="f" * 32)
    service = start()
    assert applied(service) == 200
    settings = following(tmp_path / "one", kafka_settings, bundles)
    wait_until(lambda: joined(service) == 202)
    wanted = expected(reference(PAYMENTS[:200], [said(3), said(7)]))
    assert_same_bits(served(target_of(service), settings), wanted)


def test_a_scorer_that_was_away_for_longer_than_the_topics_reach_takes_the_vectors(
    start: StartScorer,
    feed: Feed,
    offsets: dict[tuple[str, int], int],
    tmp_path: Path,
    kafka_settings: KafkaSettings,
    bundles: Path,
) -> None:
    first = start()
    assert applied(first) == 200
    wait_until(lambda: joined(first) == 202)
    first.stop()
    feed.pay(PAYMENTS[200:])
    feed.forget(end_offsets(kafka_settings, [RAW_TRANSACTIONS]))
    feed.publish(reference(PAYMENTS, [said(3), said(7)]))
    feed.claim(end_offsets(kafka_settings, [RAW_TRANSACTIONS, LABELS]))
    settings = following(tmp_path / "one", kafka_settings, bundles)
    wanted = expected(reference(PAYMENTS, [said(3), said(7)]))
    second = start()
    assert_same_bits(served(target_of(second), settings), wanted)

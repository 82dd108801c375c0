"""A worker between a real broker and two real scorers."""

from itertools import groupby

import pytest

from messaging.codec import SCHEMA, Record
from tests.integration.worker.scene import Scene, payments_of
from tests.unit.scorer.support import payment
from tests.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def test_every_payment_is_decided_once_in_the_order_of_its_account(scene: Scene) -> None:
    payments = payments_of("all", 1_000)
    with scene.worker():
        scene.produce(payments)
        scene.wait_for_decisions("all", len(payments))
    scene.assert_decided_once(payments, "all")
    account_of = {each.transaction_id: each.account_id for each in payments}
    for names in scene.decided("all"):
        by_account = sorted(names, key=lambda name: account_of[name])
        for _, group in groupby(by_account, key=lambda name: account_of[name]):
            found = list(group)
            assert found == sorted(found)


def test_what_a_gateway_had_scored_is_skipped(scene: Scene) -> None:
    payments = payments_of("gateway", 20)
    with scene.worker() as worker:
        scene.produce(payments[:15], origin="scorer")
        scene.produce(payments[15:], origin="replay")
        scene.wait_for_decisions("gateway", 5)
        wait_until(
            lambda: worker.metric("fraud_worker_payments_total", outcome="skipped") == 15,
            seconds=60,
        )
    scene.assert_decided_once(payments[15:], "gateway")


def test_poison_is_set_aside_once_and_the_stream_goes_on(scene: Scene) -> None:
    first = payment("poison-first", account_id="poison")
    other = payment("poison-first", account_id="poison", amount_minor=7)
    negative = payment("poison-negative", account_id="poison", amount_minor=-5)
    huge = payment("poison-huge", account_id="poison", country="x" * 200_000)
    last = payment("poison-last", account_id="poison", seconds=9)
    schema = [(SCHEMA, b"fraud.v1.Label")]
    with scene.worker() as worker:
        scene.produce([first])
        scene.produce_records(
            [
                Record(b"poison-garbage", b"\xff\xff\xff", []),
                Record(b"poison-schema", first.SerializeToString(), schema),
                Record(b"poison-empty", b"", []),
            ]
        )
        scene.produce([other, negative, huge, last])
        scene.wait_for_decisions("poison", 2)
        wait_until(
            lambda: worker.metric("fraud_worker_payments_total", outcome="dead_lettered") == 6,
            seconds=60,
        )
    scene.assert_decided_once([first, last], "poison")
    letters = scene.letters("poison")
    reasons = sorted(letter.reason for letter in letters)
    assert len(reasons) == len({(each.partition, each.offset) for each in letters}) == 6
    for told in ("amount_minor", "another payload", "Label", "is empty", "200,0"):
        assert [reason for reason in reasons if told in reason], (told, reasons)
    assert {letter.consumer for letter in letters} == {"worker"}


def test_what_was_settled_is_committed_when_it_stops(scene: Scene) -> None:
    payments = payments_of("stop", 200)
    with scene.worker():
        scene.produce(payments)
        scene.wait_for_decisions("stop", len(payments))
    more = payments_of("stop-more", 10)
    with scene.worker() as worker:
        scene.produce(more)
        scene.wait_for_decisions("stop-more", len(more))
        wait_until(lambda: worker.metric("fraud_worker_lag_messages") == 0, seconds=60)
        assert worker.metric("fraud_worker_payments_total", outcome="duplicate") == 0
        assert worker.metric("fraud_worker_payments_total", outcome="decided") == len(more)


def test_metrics_are_there_for_prometheus(scene: Scene) -> None:
    payments = payments_of("metrics", 50)
    with scene.worker() as worker:
        scene.produce(payments)
        scene.wait_for_decisions("metrics", len(payments))
        wait_until(
            lambda: worker.metric("fraud_worker_processing_seconds_count") == len(payments),
            seconds=60,
        )
        assert worker.metric("fraud_worker_partitions") == 8
        assert worker.metric("fraud_worker_rebalances_total", kind="assigned") == 1
        assert worker.metric("fraud_worker_processing_seconds_bucket", le="60.0") == len(payments)
        assert worker.metric("fraud_worker_in_flight") == 0
        for cause in ("shed", "away", "failed"):
            assert worker.metric("fraud_worker_retries_total", cause=cause) == 0
        wait_until(
            lambda: worker.metric("fraud_worker_lag_messages", partition="0") == 0, seconds=60
        )
        wait_until(lambda: worker.metric("fraud_worker_ping_seconds_count") >= 2, seconds=60)
        assert worker.metric("fraud_worker_ping_seconds_sum") > 0


def test_a_scorer_that_sheds_is_asked_again(busy_scene: Scene) -> None:
    payments = payments_of("shed", 400)
    with busy_scene.worker() as worker:
        busy_scene.produce(payments)
        busy_scene.wait_for_decisions("shed", len(payments))
        assert worker.metric("fraud_worker_retries_total", cause="shed") > 0
        assert worker.metric("fraud_worker_payments_total", outcome="dead_lettered") == 0
    busy_scene.assert_decided_once(payments, "shed")

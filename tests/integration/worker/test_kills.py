"""Killed in mid-stream: nothing is lost, nothing is decided twice, nobody else waits."""

import time

import pytest

from benchmarks.pipeline.rebalance.ledger import read_ledger
from benchmarks.pipeline.rebalance.source import Source
from tests.integration.worker.scene import Scene, payments_of
from tests.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def test_a_worker_killed_twice_loses_and_doubles_nothing(scene: Scene) -> None:
    source = Source(scene.stage.kafka, rate=300)
    with scene.worker() as worker:
        source.start()
        for _ in range(2):
            time.sleep(1.5)
            worker.kill()
            worker.start()
        produced = source.stop()
        scene.wait_for_decisions("rebalance", produced)
    ledger = read_ledger(scene.stage.kafka, scene.stage.outboxes)
    assert sum(map(len, ledger.produced_us.values())) >= produced > 600
    assert (ledger.lost, ledger.doubled) == (0, 0)


def test_a_scorer_away_holds_up_its_own_accounts_alone(scene: Scene) -> None:
    payments = payments_of("away", 400)
    gone, stays = scene.stage.settings.worker.scorers
    theirs = [each for each in payments if scene.router.target_of(each.account_id) == stays]
    with scene.worker() as worker:
        scene.stage.processes[0].kill()
        scene.produce(payments)
        scene.wait_for_decisions("away", len(theirs))
        wait_until(
            lambda: worker.metric("fraud_worker_retries_total", cause="away") > 3, seconds=60
        )
        assert list(map(len, scene.decided("away"))) == [0, len(theirs)]
        scene.stage.processes[0].start()
        scene.wait_for_decisions("away", len(payments))
    assert gone != stays
    scene.assert_decided_once(payments, "away")

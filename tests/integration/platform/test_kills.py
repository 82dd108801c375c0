"""Killed again and again under load: nothing answered is lost, nothing is doubled."""

import random
import time

import pytest

from tests.integration.platform.conftest import Platform
from tests.integration.platform.payers import Payers
from tests.integration.platform.records import await_recorded
from tests.unit.scorer.support import payment

KILLS = 20

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_scorer_killed_twenty_times_keeps_every_answer(platform: Platform) -> None:
    rng = random.Random(1)
    with Payers(platform.target, attempts=200) as payers:
        for _ in range(KILLS):
            payers.wait_for(rng.randrange(5, 60))
            platform.scorer.kill()
            platform.scorer.start()
        payers.wait_for(50)
    assert payers.errors == []
    await_recorded(platform.postgres.dsn, payers.answers)
    _assert_repeats(platform, payers)


def test_recorder_killed_twenty_times_loses_and_doubles_nothing(platform: Platform) -> None:
    rng = random.Random(2)
    with Payers(platform.target, rate=200) as payers:
        for _ in range(KILLS):
            time.sleep(rng.uniform(0.0, 0.6))
            platform.recorder.kill()
            platform.recorder.start()
        payers.wait_for(50)
    assert payers.errors == []
    await_recorded(platform.postgres.dsn, payers.answers)


def _assert_repeats(platform: Platform, payers: Payers) -> None:
    """Asked again, the scorer gives the answers that it gave."""
    with platform.client() as client:
        for name, answer in list(payers.answers.items())[::7]:
            number, count = name.removeprefix("payer-").split("-")
            again = client.score(
                payment(
                    name,
                    seconds=int(count),
                    amount_minor=100 * (int(count) % 120),
                    account_id=f"a{number}",
                )
            )
            assert again.flags.duplicate
            assert again.probability == answer.probability
            assert again.decision == answer.decision

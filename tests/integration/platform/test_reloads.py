"""A hundred model swaps under load: every call is answered, by one of the two versions."""

from itertools import pairwise

import pytest

from tests.integration.platform.conftest import Platform
from tests.integration.platform.payers import Payers
from tests.unit.scorer.support import amount_bundle, write_champion

RELOADS = 100

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_a_hundred_reloads_fail_no_call(platform: Platform) -> None:
    bundles = platform.settings.home / "bundles"
    champions = [amount_bundle(bias) for bias in (-5.0, -6.0)]
    versions = []
    with Payers(platform.target) as payers, platform.client() as client:
        for number in range(RELOADS):
            write_champion(bundles, champions[number % 2])
            versions.append(client.reload().models[0].version)
            payers.wait_for(3)
    assert payers.errors == []
    assert len(set(versions)) == 2
    assert all(a != b for a, b in pairwise(versions))
    assert {answer.model_version for answer in payers.answers.values()} >= set(versions)

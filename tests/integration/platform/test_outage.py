"""PostgreSQL away under load: no call notices, and all rows are there afterwards."""

import time

import pytest

from tests.integration.platform.conftest import Platform
from tests.integration.platform.payers import Payers
from tests.integration.platform.records import await_recorded

AWAY_SECONDS = 10

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_postgres_away_for_ten_seconds(platform: Platform) -> None:
    with Payers(platform.target) as payers:
        payers.wait_for(100)
        platform.postgres.stop()
        before = len(payers.answers)
        time.sleep(AWAY_SECONDS)
        assert len(payers.answers) > before + AWAY_SECONDS
        platform.postgres.start()
        payers.wait_for(100)
    assert payers.errors == []
    await_recorded(platform.postgres.dsn, payers.answers)

"""Calls are traced where Python answers them: the native edge gives way to the threads."""

import pytest
from structlog.testing import capture_logs

from fraud.client import ScorerClient
from tests.integration.tracing.collector import Collector
from tests.integration.tracing.conftest import StartTraced
from tests.integration.tracing.test_traces import CALL, CALLER, target
from tests.unit.scorer.support import payment


@pytest.fixture
def edge() -> str:
    """The one that is asked for."""
    return "native"


def test_where_calls_are_traced_the_threads_serve_and_the_log_says_so(
    start: StartTraced, collector: Collector
) -> None:
    with capture_logs() as logs:
        service = start()
    assert service.engine is None
    [told] = [entry for entry in logs if entry["event"] == "native.unavailable"]
    assert told["log_level"] == "warning"
    assert (told["error"], told["served_by"]) == ("calls are traced", "threads")
    with ScorerClient(target(service)) as client:
        client.score(payment("t1"), traceparent=CALLER + "01")
    service.stop()
    assert collector.only(CALL).attributes["fraud.transaction_id"] == "t1"

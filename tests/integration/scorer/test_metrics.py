"""What a running scorer tells Prometheus, read over HTTP as Prometheus reads it."""

import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import grpc
import pytest
from google.protobuf.proto import parse_length_prefixed
from prometheus_client.parser import text_string_to_metric_families

from fraud.client import ScorerClient
from fraud.exposition.errors import EndpointError
from fraud.exposition.protobuf import CONTENT_TYPE
from fraud.local.port import free_port
from fraud.v1.exposition_pb2 import MetricFamily
from fraud.v1.scoring_pb2 import DECISION_DECLINE, ScoreRequest, ScoreResponse
from fraud.v1.transaction_pb2 import CHANNEL_ECOMMERCE
from scorer.service import ScorerService
from tests.integration.scorer.conftest import StartScorer
from tests.unit.scorer.support import payment

DECLINED = 90_000


class Page:
    """The metrics page of one scorer."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/metrics"

    def values(self) -> dict[str, float]:
        """Every sample by its name and labels, as text tells it."""
        with urllib.request.urlopen(self.url, timeout=5) as answer:
            families = list(text_string_to_metric_families(answer.read().decode()))
        return {
            sample.name + ",".join(f"|{k}={v}" for k, v in sorted(sample.labels.items())): (
                sample.value
            )
            for family in families
            for sample in family.samples
        }

    def families(self) -> dict[str, MetricFamily]:
        """Every family as protobuf tells it."""
        request = urllib.request.Request(self.url, headers={"Accept": CONTENT_TYPE})
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert answer.headers["Content-Type"] == CONTENT_TYPE
            stream = BytesIO(answer.read())
        found = {}
        while (family := parse_length_prefixed(MetricFamily, stream)) is not None:
            found[family.name] = family
        return found


@pytest.fixture
def metered(start: StartScorer) -> Iterator[tuple[ScorerService, ScorerClient, Page]]:
    port = free_port()
    service = start(metrics_port=port, threads=1, max_concurrent_calls=2)
    with ScorerClient(f"127.0.0.1:{service.port}", attempts=1) as client:
        yield service, client, Page(port)


type Metered = tuple[ScorerService, ScorerClient, Page]


def test_series_are_there_before_the_first_call(metered: Metered) -> None:
    """Of a series that begins at 1, the rates of Prometheus do not see the first."""
    _, _, page = metered
    counts = {
        name: value
        for name, value in page.values().items()
        if name.startswith(("fraud_scorer_predictions_total", "fraud_scorer_errors_total"))
    }
    assert sum("|variant=champion" in name for name in counts) == 3
    assert "fraud_scorer_errors_total|code=INTERNAL" in counts
    assert set(counts.values()) == {0}


def test_calls_are_counted_as_they_were_answered(metered: Metered) -> None:
    _, client, page = metered
    for number in range(3):
        client.score(payment(f"ok{number}", amount_minor=100))
    answer = client.score(payment("bad", amount_minor=DECLINED, channel=CHANNEL_ECOMMERCE))
    assert answer.decision == DECISION_DECLINE
    client.score(payment("bad", amount_minor=DECLINED, channel=CHANNEL_ECOMMERCE))
    with pytest.raises(grpc.RpcError):
        client.score(payment("", amount_minor=1))
    found = page.values()
    version = answer.model_version
    series = "fraud_scorer_predictions_total|decision={},|model_version={},|variant=champion"
    assert found[series.format("approve", version)] == 3
    assert found[series.format("decline", version)] == 1
    assert found["fraud_scorer_duplicates_total"] == 1
    assert found["fraud_scorer_errors_total|code=INVALID_ARGUMENT"] == 1
    assert found["fraud_scorer_ready"] == 1
    assert found["fraud_scorer_outbox_entries|sink=recorded"] == 4
    assert 0 < found["fraud_scorer_outbox_age_seconds|sink=recorded"] < 60
    assert found["fraud_scorer_state_entities|kind=account"] == 1


def test_both_kinds_of_histogram_hold_each_call_once(metered: Metered) -> None:
    _, client, page = metered
    answers = [client.score(payment(f"t{n}", channel=CHANNEL_ECOMMERCE)) for n in range(5)]
    totals = [answer.server_timing.total_us for answer in answers]
    families = page.families()
    (metric,) = families["fraud_scorer_call_duration_seconds"].metric
    assert [(label.name, label.value) for label in metric.label] == [("channel", "ecommerce")]
    histogram = metric.histogram
    assert histogram.sample_count == 5
    assert histogram.sample_sum == pytest.approx(sum(totals) / 1e6)
    for bucket in histogram.bucket:
        below = sum(total <= round(bucket.upper_bound * 1e6) for total in totals)
        assert bucket.cumulative_count == below, bucket.upper_bound
    assert counts_of(histogram) == 5
    stages = families["fraud_scorer_stage_duration_seconds"].metric
    assert {metric.label[1].value for metric in stages} >= {"model", "append", "assemble"}
    assert {metric.histogram.sample_count for metric in stages} == {5}


def counts_of(histogram: object) -> int:
    """Values in the native buckets of a histogram."""
    count = total = 0
    for delta in histogram.positive_delta:  # type: ignore[attr-defined]
        count += delta
        total += count
    return total


@pytest.mark.parametrize("edge", ["threads"], indirect=True)
def test_calls_that_wait_and_calls_turned_away_are_seen(
    metered: Metered, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, client, page = metered
    opened, score = threading.Event(), service.pipeline.score

    def held(request: ScoreRequest) -> ScoreResponse:
        assert opened.wait(10)
        return score(request)

    monkeypatch.setattr(service.pipeline, "score", held)
    with ThreadPoolExecutor(5) as pool:
        calls = [pool.submit(client.score, payment(f"w{n}")) for n in range(5)]
        while sum(call.done() for call in calls) < 3:
            threading.Event().wait(0.01)
        found = page.values()
        opened.set()
    assert found["fraud_scorer_shed_total"] == 3
    assert found["fraud_scorer_in_flight"] == 2
    assert found["fraud_scorer_queue_depth"] == 1
    assert page.values()["fraud_scorer_in_flight"] == 0


def test_models_and_reloads_are_told(metered: Metered) -> None:
    service, _, page = metered
    found = page.values()
    assert found["fraud_scorer_model_reloads_total|outcome=swapped"] == 1
    current = service.models.current
    assert current is not None
    version, digest = current.champion.version.version, current.champion.model_digest
    info = f"fraud_scorer_model_info|model_digest={digest},|model_version={version}"
    assert found[f"{info},|variant=champion"] == 1


@pytest.mark.parametrize("edge", ["threads"], indirect=True)
def test_a_taken_port_is_told_with_the_setting(start: StartScorer) -> None:
    port = free_port()
    first = start(metrics_port=port)
    first_home = first._settings.home
    settings = first._settings.model_copy(update={"home": first_home / "second"})
    second = ScorerService(settings)
    with pytest.raises(EndpointError, match=r"FRAUD_SCORER__METRICS_PORT"):
        second.start()
    second.stop()

"""Names of metrics, their number of series, and what is written about them."""

import re

import pytest
from prometheus_client import generate_latest

from fraud.v1.scoring_pb2 import Decision, ScoreResponse, Variant
from fraud.v1.transaction_pb2 import Channel
from scorer.metrics.tally import CallTally
from tests.unit.ops.alert_rules import RUNBOOKS, promtool, rule_files
from tools.metric_list import PROCESSES, MetricEntry, list_metrics, scorer_registry

# What a name may end in: a base unit or what is counted.
UNITS = (
    *("seconds", "bytes", "ratio", "info", "messages", "rows", "entries", "entities", "payments"),
    *("per_second", "labels", "partitions", "statistic"),
)
# Gauges that are 0 or 1, and counts of what is there at the moment.
PLAIN = {
    "fraud_scorer_ready",
    "fraud_scorer_caught_up",
    "fraud_scorer_in_flight",
    "fraud_scorer_queue_depth",
    "fraud_worker_in_flight",
    "fraud_drift_drifted",
}
MOST_SERIES_OF_A_SCORER = 2_000
OURS = re.compile(r"\bfraud_(?:scorer|worker|stream|quality|drift|dag)_\w+")


def entries() -> list[MetricEntry]:
    return [entry for found in list_metrics().values() for entry in found]


@pytest.mark.parametrize("job", PROCESSES)
def test_promtool_finds_nothing_to_better(job: str) -> None:
    promtool("check", "metrics", stdin=generate_latest(PROCESSES[job]()))


def test_names_tell_process_and_unit() -> None:
    for job, found in list_metrics().items():
        assert found, job
        for entry in found:
            assert re.fullmatch(rf"fraud_({job}|drift)_[a-z_]+", entry.name), entry
            assert (entry.kind == "counter") == entry.name.endswith("_total"), entry
            if entry.kind == "histogram":
                assert entry.name.endswith("_seconds"), entry
            if entry.kind == "gauge" and entry.name not in PLAIN:
                assert entry.name.endswith(UNITS), entry
            assert entry.meaning.endswith("."), entry


def test_a_scorer_has_few_series_however_many_models_it_has_seen() -> None:
    tally = CallTally()
    for version in range(200):
        for decision in Decision.values():
            for variant in Variant.values():
                for channel in Channel.values():
                    response = ScoreResponse(
                        decision=Decision.ValueType(decision),
                        variant=Variant.ValueType(variant),
                        model_version=str(version),
                    )
                    tally.observe(channel, response)
    for code in ("INTERNAL", "UNAVAILABLE", "INVALID_ARGUMENT", "ALREADY_EXISTS"):
        tally.fail(code)
    samples = [sample for family in scorer_registry(tally).collect() for sample in family.samples]
    channels = {each.labels["channel"] for each in samples if "channel" in each.labels}
    assert len(channels) == len(Channel.values())
    assert len(samples) < MOST_SERIES_OF_A_SCORER


def _known_names() -> set[str]:
    names = {"up", "process_resident_memory_bytes", "fraud_dag_event_timestamp_seconds"}
    for entry in entries():
        names.add(entry.name)
        if entry.kind == "histogram":
            names.update(f"{entry.name}_{part}" for part in ("bucket", "sum", "count"))
    return names


def test_rules_and_runbooks_ask_for_series_that_there_are() -> None:
    known = _known_names()
    for path in (*rule_files(), *RUNBOOKS.glob("*.md")):
        for name in re.findall(
            r"\bfraud_(?:scorer|worker|stream|quality|drift|dag)_\w+", path.read_text()
        ):
            assert name in known, f"{path.name}: {name}"

"""Rows and messages say the same, and every message is one that the scorer takes."""

from pathlib import Path

import protovalidate
import pyarrow as pa

from features_rs import contract
from fraud.loadgen import read_requests
from simulator import World, from_transactions, to_labels, to_transactions, write_requests
from tests.unit.simulator.conftest import History


def sample(history: History) -> pa.RecordBatch:
    return history.events.combine_chunks().to_batches()[0].slice(0, 5_000)


def test_every_message_is_valid(history: History) -> None:
    for transaction in to_transactions(sample(history)):
        protovalidate.validate(transaction)
    for label in to_labels(history.labels):
        protovalidate.validate(label)


def test_there_and_back(history: History) -> None:
    events = sample(history)
    again = from_transactions(to_transactions(events))
    assert again.schema == events.schema
    assert again.to_pylist() == events.to_pylist()


def test_only_what_was_reported_becomes_a_label(history: History) -> None:
    known = len(history.labels) - history.labels["known_at"].null_count
    assert sum(label.fraud for label in to_labels(history.labels)) == known


def test_requests_are_what_the_load_client_reads(history: History, tmp_path: Path) -> None:
    events = sample(history).slice(0, 100)
    assert write_requests(events, tmp_path / "requests.bin") == 100
    read = [request.transaction for request in read_requests(tmp_path / "requests.bin")]
    assert read == list(to_transactions(events))


def test_a_world_sends_its_own_payments(world: World) -> None:
    first = next(world.iter_transactions(40, 1))
    assert first == next(to_transactions(next(world.generate(40, 1)).events))


def test_currencies_are_in_the_contract(history: History) -> None:
    assert set(history.events["currency"].unique().to_pylist()) <= contract().rates.keys()

"""A platform saved while it runs, and brought back on another machine."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from confluent_kafka import TopicPartition

from fraud.cli.group import USAGE_ERROR
from fraud.client import ScorerClient
from fraud.local.kafka import LocalKafka
from fraud.local.mlflow import LocalMlflow
from fraud.local.postgres import EmbeddedPostgres
from fraud.settings import KafkaSettings, Settings
from messaging.admin import delete_topics, reconcile
from messaging.admin_client import administering
from messaging.group_offsets import read_groups, write_groups
from messaging.offsets import begin_offsets, end_offsets
from messaging.topics import LABELS, RAW_TRANSACTIONS, named
from messaging.vectors import read_progress
from tests.integration.backup.support import fraud, machine, recording, rows_of, serving
from tests.integration.tail.conftest import target_of
from tests.integration.tail.support import (
    Feed,
    assert_same_bits,
    expected,
    paid,
    reference,
    said,
    served,
)
from tests.unit.scorer.support import amount_bundle
from tests.waiting import wait_until
from training.registry.record import RunRecord
from training.registry.register import register

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

ANCIENT = [paid(number) for number in range(-40, 0)]
STREAMED = [paid(number) for number in range(80)]
ASKED = [paid(number) for number in range(80, 120)]
TOLD = [said(3), said(7)]
GROUP = "fraud-worker"


@dataclass
class Saved:
    """A machine that is gone, and its backup."""

    folder: Path
    decisions: dict[str, bytes]
    rows: dict[str, list[str]]
    committed: dict[tuple[str, int], int]
    printed: str


@pytest.fixture(scope="module")
def saved(
    kafka: LocalKafka, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Saved]:
    """A platform with a model, a stream, decisions and labels; saved while it runs, then ended."""
    home = tmp_path_factory.mktemp("machines") / "old"
    brokers = KafkaSettings(bootstrap_servers=kafka.bootstrap_servers)
    dsn = postgres.dsn.replace("dbname=fraud", "dbname=old_machine")
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute("CREATE DATABASE old_machine")
    settings = machine(home, brokers, dsn)
    reconcile(settings.kafka)
    with ExitStack() as running:
        running.callback(delete_topics, settings.kafka)
        running.enter_context(LocalMlflow(settings.registry.url, settings.mlflow_dir))
        register_champion(settings, home / "made")
        committed = stream(settings.kafka)
        service = running.enter_context(serving(settings))
        running.enter_context(recording(settings))
        with ScorerClient(target_of(service)) as client:
            decisions = {
                each.transaction_id: client.score(each, timeout=5).SerializeToString()
                for each in ASKED
            }
        outbox = service._outbox
        wait_until(lambda: min(outbox.recorded_through(), outbox.published_through()) == len(ASKED))
        folder = home.with_name("backup")
        done = fraud(settings, "backup", str(folder))
        assert done.returncode == 0, done.stderr
        yield Saved(folder, decisions, rows_of(dsn), committed, done.stdout)


def register_champion(settings: Settings, folder: Path) -> None:
    bundle = amount_bundle()
    bundle.write(folder / "bundle")
    (folder / "plots").mkdir()
    digest = {"model_sha256": bundle.manifest.model_sha256}
    record = RunRecord({}, {"review_f1": 0.5}, digest, folder / "bundle", folder / "plots")
    register(record, settings.registry, promote=None)


def stream(kafka: KafkaSettings) -> dict[tuple[str, int], int]:
    """Payments, of which the broker has lost the first but the vectors contain them."""
    feed = Feed(kafka)
    feed.pay(ANCIENT)
    lost = end_offsets(kafka, [RAW_TRANSACTIONS])
    with administering(kafka) as admin:
        places = [TopicPartition(named(kafka, t), n, end) for (t, n), end in lost.items()]
        for answer in admin.delete_records(places).values():
            answer.result()
    feed.pay(STREAMED[:30])
    feed.say(TOLD)
    feed.publish(reference([*ANCIENT, *STREAMED[:30]], TOLD))
    feed.claim(end_offsets(kafka, [RAW_TRANSACTIONS, LABELS]))
    feed.pay(STREAMED[30:])
    feed.producer.close()
    settled = end_offsets(kafka, [RAW_TRANSACTIONS])
    write_groups(kafka, {GROUP: settled})
    gone = begin_offsets(kafka, [RAW_TRANSACTIONS])
    assert sum(gone.values()) == len(ANCIENT)
    return {place: offset - gone[place] for place, offset in settled.items()}


def test_a_new_machine_goes_on_where_the_old_one_was(
    saved: Saved, kafka: LocalKafka, dsn: str, tmp_path: Path
) -> None:
    brokers = KafkaSettings(bootstrap_servers=kafka.bootstrap_servers)
    settings = machine(tmp_path / "new", brokers, dsn)
    done = fraud(settings, "restore", str(saved.folder))
    assert done.returncode == 0, done.stderr
    with ExitStack() as running:
        running.callback(delete_topics, settings.kafka)
        assert rows_of(dsn) == saved.rows
        assert len(saved.rows["predictions"]) == len(ASKED)
        assert read_groups(settings.kafka)[GROUP] == saved.committed
        progress = read_progress(settings.kafka)
        assert sum(n for (topic, _), n in progress.items() if topic == RAW_TRANSACTIONS) == 30

        running.enter_context(LocalMlflow(settings.registry.url, settings.mlflow_dir))
        service = running.enter_context(serving(settings))
        with ScorerClient(target_of(service)) as client:
            [champion] = client.models().models
            assert champion.version == "1"
            assert champion.model_digest == amount_bundle().manifest.model_sha256
            for each in ASKED:
                # The outbox remembers: what was answered is answered again.
                again = client.score(each, timeout=5)
                assert again.flags.duplicate
                again.flags.ClearField("duplicate")
                first = type(again).FromString(saved.decisions[each.transaction_id])
                again.server_timing.CopyFrom(first.server_timing)
                assert again == first
        wanted = expected(reference([*ANCIENT, *STREAMED, *ASKED], TOLD))
        assert_same_bits(served(target_of(service), settings), wanted)

        refused = fraud(settings, "restore", str(saved.folder))
        assert refused.returncode == USAGE_ERROR
        assert "the database" in refused.stderr
        assert "tables and the like already" in refused.stderr


def test_a_damaged_folder_is_refused_before_anything_is_written(
    saved: Saved, kafka: LocalKafka, dsn: str, tmp_path: Path
) -> None:
    [file] = saved.folder.glob("topics/raw_transactions.parquet")
    whole = file.read_bytes()
    settings = machine(tmp_path / "new", KafkaSettings(), dsn)
    for damaged in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1])):
        file.write_bytes(damaged)
        refused = fraud(settings, "restore", str(saved.folder))
        assert refused.returncode == USAGE_ERROR
        assert "topics/raw_transactions.parquet" in refused.stderr
        assert not settings.home.exists()
    file.write_bytes(whole)
    again = fraud(settings, "backup", str(saved.folder))
    assert again.returncode == USAGE_ERROR
    assert "has files already" in again.stderr


def test_what_is_printed_says_what_was_saved(saved: Saved) -> None:
    rows = [line.strip("│ ").split("│") for line in saved.printed.splitlines() if "│" in line]
    told = {name.strip(): number.strip() for name, number in rows}
    assert told["decisions in PostgreSQL"] == told["messages of decisions"] == str(len(ASKED))
    assert told["messages of raw_transactions"] == str(len(STREAMED) + len(ASKED))
    assert told["messages of labels"] == str(len(TOLD))

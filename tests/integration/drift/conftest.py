"""A simulated world whose version and payments lie in a real registry and a real PostgreSQL.

Amounts double with its last live day.
"""

import uuid
from collections.abc import Iterator

import numpy as np
import psycopg
import pytest

from benchmarks.drift.shift import Kind, Shift
from benchmarks.drift.trial import VERSION, Live, Plan, Trial
from fraud.local.mlflow import LocalMlflow
from fraud.local.postgres import EmbeddedPostgres
from fraud.settings import RegistrySettings
from scorer.recorder.column import to_array
from scorer.recorder.database import RecordDatabase
from tests.unit.scorer.support import amount_bundle
from training.datasets.history import NEVER_US
from training.drift.reference import ARTIFACT
from training.registry.record import RunRecord
from training.registry.register import register

PLAN = Plan(customers=1_300, warm=35, train=14, live=13, trees=30)
SHIFT = Shift(Kind.AMOUNTS, 1.0)
BEFORE_US = 40 * 86_400_000_000

PREDICTIONS = """
COPY predictions (transaction_id, account_id, merchant_id, category, amount_minor, currency,
    event_time, channel, entry_mode, decision, probability, risk_score, reason_codes,
    reason_weights, model_version, variant, model_digest, contract_digest, review_threshold,
    decline_threshold, features, degraded, late, latency_us, decided_at, prediction) FROM STDIN
"""
LABELS = """
COPY labels (transaction_id, fraud, kind, happened_at, known_at, source, label, label_digest)
FROM STDIN
"""


@pytest.fixture(scope="session")
def trial() -> Trial:
    return Trial(PLAN, seed=3)


@pytest.fixture(scope="session")
def live(trial: Trial) -> Live:
    return trial.live(SHIFT, after=PLAN.live - 1)


@pytest.fixture(scope="session")
def recorded(postgres: EmbeddedPostgres, live: Live) -> Iterator[str]:
    """Address of a database with the live payments, older frauds, and all labels."""
    name = f"drift_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        dsn = postgres.dsn.replace("dbname=fraud", f"dbname={name}")
        RecordDatabase(dsn).close()
        record(dsn, live)
        yield dsn
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def registry(
    trial: Trial, mlflow: LocalMlflow, tmp_path_factory: pytest.TempPathFactory
) -> RegistrySettings:
    """Version 1, the champion, has the world's reference; version 2 has none."""
    folder = tmp_path_factory.mktemp("version")
    amount_bundle().write(folder / "bundle")
    (folder / "plots").mkdir()
    trial.reference.write(folder / "files" / ARTIFACT)
    settings = RegistrySettings(url=mlflow.url, timeout_seconds=30)
    for files in (folder / "files", None):
        record = RunRecord({}, {}, {}, folder / "bundle", folder / "plots", files)
        register(record, settings, promote=files is not None)
    return settings


def record(dsn: str, live: Live) -> None:
    """Write what a recorder would have written by the end; version 0 decided before."""
    dataset, probability = live.dataset, np.zeros(len(live.dataset), np.float32)
    probability[live.rows] = live.probability
    history = dataset.history
    since_us = history.event_time_us[live.rows[0]] - BEFORE_US
    older = np.flatnonzero(history.fraud & (history.event_time_us >= since_us))
    rows = np.union1d(older, live.rows)
    columns = [history.events[name].to_pylist() for name in ("transaction_id", "account_id")]
    version = np.where(dataset.day < live.first_day, "0", VERSION).tolist()
    moments = history.event_time_us.astype("M8[us]").astype(object)
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        connection.execute("CREATE TABLE predictions_all PARTITION OF predictions DEFAULT")
        connection.execute("SET TIME ZONE 'UTC'")
        with cursor.copy(PREDICTIONS) as copy:
            for row in rows.tolist():
                copy.write_row(
                    (
                        *(column[row] for column in columns),
                        *("m", "5411", 100, "EUR", moments[row], "ecommerce", "unspecified"),
                        *(
                            "approve",
                            float(probability[row]),
                            0,
                            "{}",
                            "{}",
                            version[row],
                            "champion",
                        ),
                        *("digest", dataset.contract_digest, live.threshold, 1.0),
                        *(to_array(dataset.features[row].tolist()), False, False, 0),
                        *(moments[row], b""),
                    )
                )
        learned = rows[history.fraud[rows] & (history.known_at_us[rows] < NEVER_US)]
        known = history.known_at_us.astype("M8[us]")
        with cursor.copy(LABELS) as copy:
            for row in learned.tolist():
                copy.write_row(
                    (columns[0][row], True, "other", moments[row], known[row].item(), "t", b"", b"")
                )

"""How fast the recorder drains an outbox; ``python -m benchmarks.pipeline.recorder``.

Against the embedded PostgreSQL on the same machine, so both share its processors. That every row
is there, once, is checked before the figure is printed.
"""

import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
import psycopg
from rich.console import Console
from rich.table import Table

from fraud.local.postgres import EmbeddedPostgres
from fraud.settings import RecorderSettings
from fraud.v1.records_pb2 import Prediction
from scorer.recorder.database import RecordDatabase
from scorer.recorder.recorder import Recorder
from scorer.sinks.outbox import Outbox

ROWS = 10_000
BATCHES = (100, 500, 2000)
FEATURES = 60


def main() -> None:
    """Measure and print."""
    table = Table(
        "rows a batch", "rows/s", "us of the recorder's processor a row", title="recorder"
    )
    root = Path(tempfile.mkdtemp(prefix="fraud-recorder-"))
    with EmbeddedPostgres(root / "postgres") as postgres:
        for batch_rows in BATCHES:
            rate, cost_us = drain(root / f"{batch_rows}.sqlite", postgres.dsn, batch_rows)
            table.add_row(f"{batch_rows:,}", f"{rate:,.0f}", f"{cost_us:.0f}")
    shutil.rmtree(root)
    Console(width=100).print(table)


def drain(path: Path, dsn: str, batch_rows: int) -> tuple[float, float]:
    """Rows per second, and microseconds of processor time a row."""
    outbox = Outbox(path, "normal")
    for number, payload in enumerate(predictions(batch_rows)):
        outbox.append_prediction(f"{batch_rows}-{number}", b"digest", payload)
    RecordDatabase(dsn).close()
    started, spent = time.perf_counter(), time.process_time()
    drained = Recorder(path, dsn, RecorderSettings(batch_rows=batch_rows)).drain()
    seconds, spent = time.perf_counter() - started, time.process_time() - spent
    outbox.close()
    assert drained == ROWS
    assert recorded(dsn, batch_rows) == ROWS
    return ROWS / seconds, spent / ROWS * 1e6


def predictions(name: int) -> list[bytes]:
    """Decisions on payments of 97 accounts."""
    numbers = np.random.default_rng(7)
    made = []
    for number in range(ROWS):
        prediction = Prediction(features=numbers.normal(size=FEATURES), model_digest="ab" * 32)
        prediction.decided_at.GetCurrentTime()
        payment = prediction.transaction
        payment.transaction_id, payment.account_id = f"{name}-{number}", f"account-{number % 97}"
        payment.merchant_id, payment.category, payment.currency = "merchant", "5411", "EUR"
        payment.event_time.FromSeconds(1_700_000_000 + number)
        prediction.response.contract_digest = "cd" * 32
        prediction.response.reasons.add(code="AMOUNT_UNUSUAL", weight=0.5)
        made.append(prediction.SerializeToString())
    return made


def recorded(dsn: str, name: int) -> int:
    """Distinct decisions of one outbox that are in the database."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "SELECT count(DISTINCT transaction_id) FROM predictions WHERE transaction_id LIKE %s",
            (f"{name}-%",),
        ).fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    main()

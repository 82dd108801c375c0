"""Whether explaining keeps up with 500 payments/s on one core.

Run it as ``python -m benchmarks.pipeline.explain``.

The process is held to one processor, and so is the PostgreSQL that it starts. 300 trees of
depth 4 explain rows of the contract's width. That every payment has its row, and that the
contributions in it add up to the margin, is checked before a figure is printed.
"""

import json
import os
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
import psycopg
from rich.console import Console
from rich.table import Table

from features_rs import contract
from fraud.local.postgres import EmbeddedPostgres
from fraud.settings import RecorderSettings, RegistrySettings, Settings
from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import DECISION_APPROVE
from hindsight.database import HindsightDatabase
from hindsight.decided import Rows
from hindsight.drains import Explainer
from hindsight.trees import TOLERANCE, Trees
from scorer.model.bundle import ModelBundle
from scorer.model.registry import source_of
from scorer.sinks.outbox import Outbox
from training.bundles.export import to_onnx
from training.config import ModelConfig
from training.models.model import fit

PAYMENTS = 10_000
BATCHES = (100, 500, 2000)
WANTED = 500
SUMS = """
SELECT count(*), max(abs(
    base_value + (SELECT sum(c::float8) FROM unnest(contributions) c) - margin
))
FROM explanations WHERE transaction_id LIKE %s
"""


def main() -> None:
    """Measure, print, and leave the figures as JSON."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    table = Table(
        "rows a batch", "payments/s", "us a payment", "of which TreeSHAP", title="explain"
    )
    root = Path(tempfile.mkdtemp(prefix="fraud-explain-"))
    bundle = make_bundle()
    shap_us = time_trees(bundle)
    figures = {}
    with EmbeddedPostgres(root / "postgres") as postgres:
        HindsightDatabase(postgres.dsn).close()
        for batch_rows in BATCHES:
            rate, cost_us = drain(root / str(batch_rows), bundle, postgres.dsn, batch_rows)
            table.add_row(f"{batch_rows:,}", f"{rate:,.0f}", f"{cost_us:.0f}", f"{shap_us:.0f}")
            figures[batch_rows] = {"payments_per_second": rate, "cpu_us": cost_us}
    shutil.rmtree(root)
    Console(width=100).print(table)
    best = max(each["payments_per_second"] for each in figures.values())
    verdict = "keeps up with" if best >= WANTED else "does NOT keep up with"
    print(f"{verdict} {WANTED} payments/s on one core: {best:,.0f} payments/s")
    print(json.dumps({"tree_shap_us": shap_us, "batches": figures}))


def drain(home: Path, bundle: ModelBundle, dsn: str, batch_rows: int) -> tuple[float, float]:
    """Payments per second, and microseconds of this process's processor time a payment."""
    settings = Settings(
        home=home,
        registry=RegistrySettings(directory=home / "bundles"),
        recorder=RecorderSettings(dsn=dsn, batch_rows=batch_rows),
    )
    bundle.write(home / "bundles" / "champion")
    version = source_of(settings.registry).aliases()["champion"].version
    outbox = Outbox(settings.outbox_path, "normal")
    for key, payload in predictions(bundle, version, f"{batch_rows}"):
        outbox.append_prediction(key, b"digest", payload)
    started, spent = time.perf_counter(), time.process_time()
    drained = Explainer(settings, dsn).drain()
    seconds, spent = time.perf_counter() - started, time.process_time() - spent
    outbox.close()
    assert drained == PAYMENTS
    check_sums(dsn, f"{batch_rows}-%")
    return PAYMENTS / seconds, spent / PAYMENTS * 1e6


def check_sums(dsn: str, pattern: str) -> None:
    """Every payment has a row, and each row's contributions add up."""
    with psycopg.connect(dsn) as connection:
        count, error = connection.execute(SUMS, (pattern,)).fetchone() or (0, 0)
    assert count == PAYMENTS, count
    assert error <= TOLERANCE, error


def time_trees(bundle: ModelBundle) -> float:
    """Microseconds of TreeSHAP and of the check against the margin, a row, in batches of 500."""
    trees, rows = Trees(bundle), make_rows(500)
    assert trees.explain(rows).error.max() <= TOLERANCE
    started = time.perf_counter()
    for _ in range(10):
        trees.explain(rows)
    return (time.perf_counter() - started) / 5_000 * 1e6


def make_rows(count: int, seed: int = 7) -> Rows:
    """Rows of the contract's width, a tenth of each missing."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, len(contract().names))).astype(np.float32)
    rows[rng.random(rows.shape) < 0.1] = np.nan
    return rows


def make_bundle() -> ModelBundle:
    """300 trees of depth 4, as training makes them unless told otherwise."""
    rows = make_rows(20_000)
    fraud = np.nan_to_num(rows[:, :8]).sum(axis=1) > 6
    model = fit(ModelConfig(), rows, fraud)
    return ModelBundle.create(
        model=to_onnx(model, rows.shape[1]),
        contract=contract(),
        review_threshold=0.5,
        decline_threshold=0.9,
        reference=[0.0] * rows.shape[1],
        golden_rows=rows[:16],
        golden_probabilities=model.probabilities(rows[:16]),
        trees=bytes(model.classifier.get_booster().save_raw("ubj")),
    )


def predictions(bundle: ModelBundle, version: str, name: str) -> list[tuple[str, bytes]]:
    """Approved payments with their keys."""
    made = []
    for number, row in enumerate(make_rows(PAYMENTS, seed=11).tolist()):
        key = f"{name}-{number}"
        each = Prediction(features=row, model_digest=bundle.manifest.model_sha256)
        each.decided_at.FromSeconds(1_700_000_000 + number)
        each.transaction.transaction_id = key
        each.response.decision, each.response.model_version = DECISION_APPROVE, version
        each.response.contract_digest = bundle.manifest.contract_digest
        made.append((key, each.SerializeToString()))
    return made


if __name__ == "__main__":
    main()

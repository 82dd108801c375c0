"""What each kind of entity takes in memory; ``python -m benchmarks.pipeline.memory``.

Every account pays 50 times in 30 days with one of two devices of its own. Each kind is recorded
alone, in a process of its own, so that resident memory is that kind's. docs/scale.md rests on it.
"""

import multiprocessing
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import pyarrow as pa
import typer
from rich.console import Console
from rich.table import Table

from features_rs import Store

if TYPE_CHECKING:
    from features_rs._kernel import EntityKind

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

PAYMENTS_EACH = 50
DAYS = 30
MERCHANTS = 2_000
CATEGORIES = 200
BATCH = 100_000
BEGIN_US = 1_760_000_000_000_000
KINDS: "tuple[EntityKind, ...]" = ("account", "device", "merchant", "category")


@app.command()
def main(accounts: Annotated[int, typer.Option(help="That pay.")] = 20_000) -> None:
    """Measure and print."""
    table = Table("kind", title=f"{accounts:,} accounts, {accounts * PAYMENTS_EACH:,} payments")
    for name in ("entities", "MB", "bytes an entity"):
        table.add_column(name, justify="right")
    context = multiprocessing.get_context("spawn")
    for kind in KINDS:
        with context.Pool(1) as pool:
            entities, size = pool.apply(measure, (kind, accounts))
        table.add_row(kind, f"{entities:,}", f"{size / 1e6:,.1f}", f"{size / entities:,.0f}")
    Console(width=100).print(table)


def measure(kind: "EntityKind", accounts: int) -> tuple[int, int]:
    """Entities of a kind, and the bytes that they take."""
    batch_of(0, BATCH, accounts)
    store, before = Store(), resident_bytes()
    for first in range(0, accounts * PAYMENTS_EACH, BATCH):
        store.record_many(batch_of(first, BATCH, accounts), kinds=[kind])
    assert store.late_events == 0
    return store.entity_count(kind), resident_bytes() - before


def batch_of(first: int, count: int, accounts: int) -> pa.RecordBatch:
    """Payments from number ``first`` on, evenly over the days, accounts by turns."""
    at = np.arange(first, first + count)
    step_us = DAYS * 86_400_000_000 // (accounts * PAYMENTS_EACH)
    account, visit = at % accounts, at // accounts
    columns = {
        "transaction_id": names("transaction-", at),
        "account_id": names("account-", account),
        "merchant_id": names("merchant-", at * 31 % MERCHANTS),
        "category": names("", 5000 + at % CATEGORIES),
        "device_id": names("device-", account * 2 + visit % 2),
        "currency": pa.array(["EUR"] * count),
        "amount_minor": pa.array(500 + at * 37 % 20_000),
        "event_time": pa.array(BEGIN_US + at * step_us, pa.timestamp("us", "UTC")),
        "latitude": pa.array(50 + (at * 13 % 100) / 100),
        "longitude": pa.array(8 + (at * 17 % 100) / 100),
    }
    return pa.RecordBatch.from_pydict(columns)


def names(prefix: str, numbers: np.ndarray) -> pa.Array:
    """Names of numbered things."""
    return pa.array([f"{prefix}{number}" for number in numbers.tolist()])


def resident_bytes() -> int:
    """Memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    app()

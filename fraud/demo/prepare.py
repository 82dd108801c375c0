"""History, model and state: what must be there before the first live payment."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from features_rs import Store
from fraud.settings import Settings
from fraud.v1.label_pb2 import FraudKind
from simulator import World, write_chunks, write_requests
from training.datasets.history import History
from training.datasets.replay import replay
from training.progress import Progress

type Advance = Callable[[int], None]

LIVE_US = 2 * 24 * 3_600_000_000


@dataclass(frozen=True, slots=True)
class LivePart:
    """The payments that will be sent, and what nobody tells the scorer about them.

    Args:
        requests: File for the load client.
        kinds: Transaction id -> kind of fraud, such as ``"stolen_card"``; None when genuine.
    """

    requests: Path
    kinds: dict[str, str | None]


def write_history(world: World, folder: Path, advance: Advance) -> None:
    """Simulate the history, two days at a time."""
    write_chunks(world.generate(chunk_days=2), folder, advance)


def write_live(world: World, payments: int, path: Path) -> LivePart:
    """Let the world go on after its history and keep the next payments to be sent."""
    chunks = world.generate(first_day=world.config.days, days=1 + payments // 1000)
    taken: list[pa.RecordBatch] = []
    kinds: dict[str, str | None] = {}
    for chunk in chunks:
        taken.append(chunk.events.slice(0, payments - len(kinds)))
        kinds |= _kinds(chunk.labels.slice(0, payments - len(kinds)))
        if len(kinds) == payments:
            break
    write_requests(pa.Table.from_batches(taken), path)
    return LivePart(path, kinds)


def _kinds(labels: pa.RecordBatch) -> dict[str, str | None]:
    names = {number: _plain(name) for name, number in FraudKind.items()}
    rows = zip(
        labels["transaction_id"].to_pylist(),
        labels["fraud"].to_pylist(),
        labels["kind"].to_pylist(),
        strict=True,
    )
    return {transaction_id: names[kind] if fraud else None for transaction_id, fraud, kind in rows}


def _plain(name: str) -> str:
    return name.removeprefix("FRAUD_KIND_").lower()


def write_state(folder: Path, settings: Settings, progress: Progress) -> int:
    """Replay the history into a feature state that the scorer starts from; returns its entities.

    Labels that become known on the live day are in it too: the kernel counts each from its
    known-at time.
    """
    store, history = Store(), History.read(folder)
    replay(history, progress, store=store)
    _learn_later(store, history)
    settings.snapshot_path.parent.mkdir(parents=True, exist_ok=True)
    return store.save(settings.snapshot_path)


def _learn_later(store: Store, history: History) -> None:
    """Labels after the last payment, up to the end of the days that are lived through."""
    labels, last = history.learned(), store.newest_event_us
    times = labels["known_at"].cast(pa.int64())
    later = pc.and_(pc.greater(times, last), pc.less(times, last + LIVE_US))
    no_events = pa.RecordBatch.from_pylist([], schema=history.events.schema)
    for batch in labels.filter(later).combine_chunks().to_batches():
        store.assemble_and_record_many(no_events, batch)

"""Labels that come late and correct each other: scorer, stream, backfill and training agree.

To the bit, at every payment, and changing exactly from the instant at which a label became known.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import Row

from features_rs import Event, Store, advance, contract
from fraud.v1.label_pb2 import FRAUD_KIND_STOLEN_CARD, FRAUD_KIND_UNSPECIFIED, Label
from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import ScoreRequest
from fraud.v1.transaction_pb2 import Transaction
from simulator import World, WorldConfig, to_transactions, write_dataset
from simulator.wire import to_labels
from spark_stream.backfill.source import DataSetSource
from spark_stream.backfill.task import rows_of, store_of
from spark_stream.entities import _to_label
from spark_stream.payments import Payment
from tests.unit.scorer.conftest import Parts, open_parts
from tests.unit.scorer.support import amount_bundle, write_champion
from training.datasets.history import History
from training.datasets.replay import replay

WORLD: Final = WorldConfig(
    seed=8, customers=90, merchants=12, days=20, payments_per_day=1.0, fraud_rate=0.04
)
DAY_US: Final = 86_400_000_000
PROBES: Final = 8
PROBE_LABELS: Final = [
    {"transaction_id": f"u{number}", "fraud": False, "kind": 0} for number in range(PROBES)
]
LABELLED: Final = 5
"""The payment that the last labels are of, counted from the last before the probes."""
KINDS: Final = ("account", "merchant", "category", "device")
WIDTH: Final = len(contract().names)
KNOWN: Final = contract().index("merchant_frauds_known_30d")
RISK: Final = [
    place
    for place, name in enumerate(contract().names)
    # Rates and shares change by the probes, too.
    if name.startswith(("merchant_frauds", "merchant_days", "merchant_run_l", "merchant_ordinary"))
]

type States = dict[tuple[str, str], bytes]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Story:
    """Payments and labels in one order each, and the folder that holds them."""

    folder: Path
    payments: list[Transaction]
    labels: list[Label]

    @property
    def history(self) -> History:
        return History.read(self.folder)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("story")
    write_dataset(World(WORLD), folder)
    add_probes(folder / "events.parquet")
    payments = list(to_transactions(pq.read_table(folder / "events.parquet")))
    table = pq.read_table(folder / "labels.parquet")
    labels = [*to_labels(table), *corrections(list(to_labels(table)), payments)]
    labels.sort(key=lambda each: each.known_at.ToMicroseconds())
    write_labels(folder / "labels.parquet", labels, table)
    return Story(folder, payments, labels)


def corrections(labels: Sequence[Label], payments: Sequence[Transaction]) -> Iterator[Label]:
    """Of the frauds: confirmed, withdrawn, withdrawn and said again; of others: found out late."""
    for number, label in enumerate(labels):
        yield again(label, days=0.4 + number % 3, fraud=number % 4 == 0)
        if number % 4 == 1:
            yield again(label, days=4, fraud=True)
    for payment in payments[::40]:
        made = Label(transaction_id=payment.transaction_id, source="analyst")
        made.happened_at.CopyFrom(payment.event_time)
        made.known_at.FromMicroseconds(payment.event_time.ToMicroseconds() + DAY_US)
        yield made
        yield again(made, days=2, fraud=True)
    # The last ones, a day apart, of a payment to the merchant that the probes pay.
    paid, probes = payments[-LABELLED - PROBES], payments[-PROBES:]
    for probe, fraud in zip(probes[1::2], (True, True, False, True), strict=True):
        made = Label(transaction_id=paid.transaction_id, fraud=fraud, source="bank")
        made.happened_at.CopyFrom(paid.event_time)
        made.known_at.CopyFrom(probe.event_time)
        yield made


def add_probes(path: Path) -> None:
    """Payments a microsecond before and at the instants at which the last labels become known."""
    events = pq.read_table(path)
    (paid,) = events.slice(len(events) - LABELLED, 1).to_pylist()
    end = events["event_time"][-1].as_py()
    rows = []
    for number in range(PROBES):
        moment = end + timedelta(days=10 + number // 2, microseconds=number % 2 - 1)
        probe = {"transaction_id": f"u{number}", "account_id": "probe", "event_time": moment}
        rows.append({**paid, **probe, "device_id": "probe"})
    plain = pa.Table.from_pylist(rows).select(events.column_names).cast(events.schema)
    pq.write_table(pa.concat_tables([events, plain]).unify_dictionaries(), path)


def again(label: Label, *, days: float, fraud: bool) -> Label:
    """What somebody else said of the same payment, some days later."""
    made = Label()
    made.CopyFrom(label)
    made.fraud, made.source = fraud, "analyst"
    made.kind = FRAUD_KIND_STOLEN_CARD if fraud else FRAUD_KIND_UNSPECIFIED
    made.known_at.FromMicroseconds(label.known_at.ToMicroseconds() + round(days * DAY_US))
    return made


def write_labels(path: Path, labels: Sequence[Label], original: Any) -> None:
    """Those that were reported, in another order than they became known, and those never were."""
    unreported = original.filter(original["known_at"].is_null())
    probes = [{**unreported.slice(0, 1).to_pylist()[0], **probe} for probe in PROBE_LABELS]
    unreported = pa.concat_tables(
        [unreported, pa.Table.from_pylist(probes, unreported.schema)]
    ).unify_dictionaries()
    time = pa.timestamp("us", "UTC")
    moments = {
        name: pa.array([getattr(each, name).ToMicroseconds() for each in labels], time)
        for name in ("happened_at", "known_at")
    }
    said = {
        "transaction_id": [each.transaction_id for each in labels],
        "fraud": [each.fraud for each in labels],
        "kind": pa.array([each.kind for each in labels], pa.int8()),
        **moments,
        "source": [each.source for each in labels],
    }
    reported = pa.table(said).select(original.column_names).cast(unreported.schema)
    everything = pa.concat_tables([reported, unreported])
    pq.write_table(everything.take(np.random.default_rng(1).permutation(len(everything))), path)


@pytest.fixture(scope="module")
def scorer(story: Story, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A scorer that was told of everything as it came."""
    home = tmp_path_factory.mktemp("scorer")
    write_champion(home / "bundles", amount_bundle())
    parts = open_parts(home)
    parts.models.load()
    waiting = iter(story.labels)
    label = next(waiting, None)
    for payment in story.payments:
        while label is not None and label.known_at.ToMicroseconds() <= time_of(payment):
            parts.state.report([label])
            label = next(waiting, None)
        parts.pipeline.score(ScoreRequest(transaction=payment))
    while label is not None:
        parts.state.report([label])
        label = next(waiting, None)
    yield parts
    parts.close()


def time_of(payment: Transaction) -> int:
    return payment.event_time.ToMicroseconds()


def test_the_story_has_what_it_takes(story: Story) -> None:
    taught = story.history.labels.taught()
    assert taught.withdraws.sum() > 5
    assert (taught.fraud & (np.bincount(taught.row)[taught.row] > 1)).sum() > 5
    assert len(story.labels) > len(taught.row), "nothing was confirmed"


def test_every_payment_was_scored_on_what_training_replays(story: Story, scorer: Parts) -> None:
    entries = scorer.outbox.read_after(0, 1_000_000)
    served = np.array(
        [
            Prediction.FromString(each.payload).features
            for each in entries
            if each.kind == "prediction"
        ],
        np.float32,
    )
    replayed = replay(story.history).features
    assert served.shape == replayed.shape
    assert int((served.view(np.uint32) != replayed.view(np.uint32)).sum()) == 0
    withdrawn = np.diff(replayed[:, KNOWN])
    assert (withdrawn < 0).any()
    assert (withdrawn > 0).any()


def stores_of(story: Story, scorer: Parts) -> dict[str, Store]:
    replayed = Store()
    replay(story.history, store=replayed)
    # Those that became known after the last payment, too; training has no use for them.
    for batch in story.history.learned().to_batches():
        replayed.learn_many(batch)
    backfilled = Store()
    for shard in range(3):
        part = store_of(DataSetSource(story.folder), (shard, 3))
        backfilled.merge_many(
            [row["state"] for batch in rows_of(part) for row in batch.to_pylist()]
        )
    streamed = Store()
    streamed.merge_many(list(streamed_states(story).values()))
    return {
        "scorer": scorer.store,
        "training": replayed,
        "backfill": backfilled,
        "stream": streamed,
    }


def streamed_states(story: Story) -> States:
    """By the two stages of the streaming job, some messages at a time, labels first."""
    payments: dict[str, Payment] = {}
    states: States = {}
    messages: list[Transaction | Label] = sorted(
        [*story.payments, *story.labels],
        key=lambda each: (
            time_of(each) if isinstance(each, Transaction) else each.known_at.ToMicroseconds()
        ),
    )
    for start in range(0, len(messages), 100):
        changes: list[Row] = []
        for message in messages[start : start + 100]:
            state = payments.setdefault(message.transaction_id, Payment(None))
            changes += (
                state.learn(message)
                if isinstance(message, Label)
                else state.arrive(row_of(message))
            )
        step(states, changes)
    return states


def row_of(payment: Transaction) -> Row:
    names = ("account_id", "merchant_id", "category", "device_id")
    entities = {name: getattr(payment, name) or None for name in names}
    return Row(**entities, payload=payment.SerializeToString())


def step(states: States, changes: Sequence[Row]) -> None:
    by_entity: dict[tuple[Any, str], list[Row]] = {}
    for change in changes:
        names = (change.account_id, change.merchant_id, change.category, change.device_id)
        for kind, name in zip(KINDS, names, strict=True):
            if name is not None:
                by_entity.setdefault((kind, name), []).append(change)
    for (kind, name), rows in by_entity.items():
        paid = [row.payment for row in rows if row.known_at_us is None]
        learned = [_to_label(row) for row in rows if row.known_at_us is not None]
        states[kind, name] = advance(kind, name, states.get((kind, name)), paid, learned).state


def test_the_states_are_the_same_to_the_byte(story: Story, scorer: Parts) -> None:
    states = {name: dict(states_in(store)) for name, store in stores_of(story, scorer).items()}
    expected = states.pop("training")
    assert len(expected) > 100
    for name, found in states.items():
        assert found.keys() == expected.keys(), name
        assert [key for key, state in found.items() if state != expected[key]] == [], name


def states_in(store: Store) -> Iterator[tuple[tuple[str, str], bytes]]:
    for batch in rows_of(store):
        for row in batch.to_pylist():
            yield (row["kind"], row["entity_id"]), row["state"]


def test_risk_changes_from_the_instant_on_at_which_a_label_became_known(story: Story) -> None:
    """What was scored is what is replayed, see above; so it holds for the scorer as well."""
    before, at = replay(story.history).features[-PROBES:].reshape(-1, 2, WIDTH).swapaxes(0, 1)
    # Said, confirmed, withdrawn, said again.
    assert (at[:, KNOWN] - before[:, KNOWN]).tolist() == [1, 0, -1, 1]
    changes = [not same(*pair) for pair in zip(before[:, RISK], at[:, RISK], strict=True)]
    assert changes == [True, False, True, True]


def test_later_payments_are_scored_alike_from_every_state(story: Story, scorer: Parts) -> None:
    moment = time_of(story.payments[-1])
    rows = {
        name: [assembled(store, story.payments[-1], moment + days * DAY_US) for days in range(4)]
        for name, store in stores_of(story, scorer).items()
    }
    expected = np.array(rows.pop("training"), np.float32).view(np.uint32)
    for name, found in rows.items():
        assert np.array_equal(np.array(found, np.float32).view(np.uint32), expected), name


def same(one: Any, other: Any) -> bool:
    """Whether they differ by no more than the microsecond between them, in days."""
    return bool(np.allclose(one, other, rtol=0, atol=1e-6, equal_nan=True))


def assembled(store: Store, payment: Transaction, time_us: int) -> Any:
    out = np.empty(WIDTH, np.float32)
    event = Event(
        transaction_id="v",
        account_id="probe",
        merchant_id=payment.merchant_id,
        category=payment.category,
        amount_minor=1_000,
        currency="EUR",
        event_time_us=time_us,
    )
    store.assemble(event, out)
    return out

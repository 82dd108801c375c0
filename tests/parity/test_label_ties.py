"""Labels that were learned in the same instant and differ: what is news holds, come as they may.

Files of labels often tell the day alone, so this is no rarity.
"""

from itertools import permutations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import Row

from features_rs import Event, Label, Store, contract
from features_rs.verdicts import stands_as_fraud
from fraud.v1.label_pb2 import Label as Reported
from fraud.v1.scoring_pb2 import ScoreRequest
from spark_stream.backfill.learned import learned
from spark_stream.entities import _to_label
from spark_stream.payments import Payment
from tests.unit.scorer.conftest import Parts, open_parts
from tests.unit.scorer.support import BEGIN_SECONDS, amount_bundle, payment, write_champion
from training.datasets.history import History

DAY = 86_400
KNOWN = contract().index("merchant_frauds_known_30d")
PAID = payment("t1")
EVENTS = pa.table(
    {
        **{name: [getattr(PAID, name)] for name in ("transaction_id", "account_id", "merchant_id")},
        **{name: [getattr(PAID, name)] for name in ("category", "currency", "amount_minor")},
        "event_time": pa.array([BEGIN_SECONDS * 1_000_000], pa.timestamp("us", "UTC")),
    }
)

# (day, whether it said fraud) of each label in the order in which they came.
STORIES = [
    *(list(order) for order in permutations([(1, True), (1, False)])),
    *([(1, True), *order] for order in permutations([(2, True), (2, False)])),
    *([*order, (3, True)] for order in permutations([(2, True), (2, False)])),
    *([(1, True), *order, (3, True)] for order in permutations([(2, True), (2, False)])),
    *([(1, True), *order, (3, False)] for order in permutations([(2, True), (2, False)])),
    [(1, True), (2, True), (2, False), (2, True), (2, False)],
]

LAST_DAY = 9

type Story = list[tuple[int, bool]]


@pytest.mark.parametrize("story", STORIES, ids=str)
def test_all_learn_the_same(story: Story, tmp_path: Path) -> None:
    expected = frauds_known(trained(story))
    assert expected[-1] == stands_as_fraud(story, LAST_DAY)
    assert frauds_known(served(story, tmp_path)) == expected
    assert frauds_known(streamed(story)) == expected
    assert frauds_known(backfilled(story)) == expected


def frauds_known(store: Store) -> list[float]:
    """At noon of each day, and at last."""
    row, found = np.empty(len(contract().names), np.float32), []
    for day in (0, 1, 2, 3, 4):
        time_us = (BEGIN_SECONDS + day * DAY + DAY // 2) * 1_000_000
        store.assemble(
            Event(
                transaction_id="probe",
                account_id="a",
                merchant_id=PAID.merchant_id,
                category=PAID.category,
                amount_minor=100,
                currency="EUR",
                event_time_us=time_us,
            ),
            row,
        )
        found.append(float(row[KNOWN]))
    return found


def reported(day: int, fraud: bool, number: int) -> Reported:
    label = Reported(transaction_id="t1", fraud=fraud, source=f"source-{number}")
    label.happened_at.seconds = BEGIN_SECONDS
    label.known_at.seconds = BEGIN_SECONDS + day * DAY
    return label


def table_of(story: Story) -> pa.Table:
    known = [(BEGIN_SECONDS + day * DAY) * 1_000_000 for day, _ in story]
    return pa.table(
        {
            "transaction_id": ["t1"] * len(story),
            "fraud": [fraud for _, fraud in story],
            "kind": pa.array([0] * len(story), pa.int8()),
            "known_at": pa.array(known, pa.timestamp("us", "UTC")),
        }
    )


def trained(story: Story) -> Store:
    return taught(History.of_tables(EVENTS, table_of(story)).learned())


def backfilled(story: Story) -> Store:
    return taught(learned(EVENTS, table_of(story)))


def taught(table: pa.Table) -> Store:
    store = Store()
    store.learn_many(table.combine_chunks().to_batches()[0])
    return store


def served(story: Story, home: Path) -> Store:
    write_champion(home / "bundles", amount_bundle())
    parts: Parts = open_parts(home)
    parts.models.load()
    parts.pipeline.score(ScoreRequest(transaction=PAID))
    for number, (day, fraud) in enumerate(story):
        parts.state.report([reported(day, fraud, number)])
    parts.close()
    return parts.store


def streamed(story: Story) -> Store:
    state, store = Payment(None), Store()
    arrival = Row(
        account_id=PAID.account_id,
        merchant_id=PAID.merchant_id,
        category=PAID.category,
        device_id=PAID.device_id,
        payload=PAID.SerializeToString(),
    )
    list(state.arrive(arrival))
    for number, (day, fraud) in enumerate(story):
        for change in state.learn(reported(day, fraud, number)):
            label: Label = _to_label(change)
            store.learn(label)
    return store

"""An export holds every entity's snapshot, in pieces of any size."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.batches import TIMESTAMP
from tests.laws.oracle import Payment
from tests.laws.replica import KINDS, Deed, Kind, Replica, States, entities_of, states_of
from tests.laws.strategies import START, deeds

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def exported(replica: Replica, kind: Kind, limit: int) -> list[dict[str, object]]:
    """All rows of a kind, so many at a time."""
    rows: list[dict[str, object]] = []
    while piece := pa.record_batch(replica.store.export(kind, len(rows), limit)).to_pylist():
        assert len(piece) <= limit
        rows += piece
    return rows


@given(deeds(), st.integers(1, 3))
def test_rows_are_snapshots(stream: list[Deed], limit: int) -> None:
    replica = Replica.of(stream)
    found: States = {}
    for kind in KINDS:
        rows = exported(replica, kind, limit)
        assert len(rows) == replica.store.entity_count(kind)
        for row in rows:
            entity, state = row["entity_id"], row["state"]
            assert isinstance(entity, str)
            assert isinstance(state, bytes)
            found[kind, entity] = state
            assert row["as_of"] == as_of(stream, kind, entity)
    assert found == states_of(replica, stream)


def as_of(stream: list[Deed], kind: Kind, entity: str) -> datetime:
    """When the entity's newest payment was made."""
    times = [
        deed.event_time_us
        for deed in stream
        if isinstance(deed, Payment) and (kind, entity) in entities_of([deed])
    ]
    return EPOCH + timedelta(microseconds=max(times, default=0))


def test_the_columns() -> None:
    for replica in (Replica(), Replica.of([Payment(transaction_id="t", event_time_us=START)])):
        schema = pa.record_batch(replica.store.export("account", 0, 10)).schema
        assert schema.names == ["entity_id", "as_of", "state"]
        assert schema.types == [pa.string(), TIMESTAMP, pa.binary()]


def test_more_entities_than_a_step_takes() -> None:
    made = [
        Payment(transaction_id=f"t{n}", event_time_us=START + n, account_id=f"a{n % 500}")
        for n in range(5000)
    ]
    replica = Replica.of(made)
    rows = exported(replica, "account", 1000)
    assert [row["entity_id"] for row in rows] == [f"a{n}" for n in range(500)]
    assert exported(replica, "account", 77) == rows
    restored = Replica()
    restored.store.merge_many([row["state"] for row in rows])  # type: ignore[misc]
    assert exported(restored, "account", 1000) == rows
    assert exported(replica, "merchant", 1)[0]["state"] == replica.store.snapshot(
        "merchant", "merchant"
    )


def test_nothing_beyond_the_end_and_no_rows_at_all() -> None:
    replica = Replica.of([Payment(transaction_id="t", event_time_us=START)])
    for start, limit in ((1, 10), (0, 0), (2**60, 2**62)):
        assert pa.record_batch(replica.store.export("account", start, limit)).num_rows == 0

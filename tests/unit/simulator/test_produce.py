"""A run's messages: the same again from any point on, labels when they are known."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud.v1.label_pb2 import Label
from fraud.v1.transaction_pb2 import Transaction
from simulator import World, WorldConfig, to_labels, to_transactions, write_dataset
from simulator.produce import (
    Arrivals,
    Checkpoint,
    ProduceError,
    ProducePlan,
    ReplayError,
    ReplaySource,
    ResumeError,
    TimeMode,
    WorldSource,
)
from simulator.produce.cursor import Cursor
from simulator.produce.ledger import Ledger
from simulator.produce.sequence import Block, Item, Sequence, Start
from simulator.produce.timeline import Timeline
from simulator.world import Chunk

CONFIG = WorldConfig(
    seed=3, customers=150, merchants=60, days=3, fraud_rate=0.2, label_delay_days=0.5
)
DAYS = [Chunk(*chunk) for chunk in World(CONFIG).generate()]
SOURCE = WorldSource(CONFIG)
PAYMENTS = [payment for day in DAYS for payment in to_transactions(day.events)]
TRUTHS = {label.transaction_id: label for day in DAYS for label in to_labels(day.labels)}
MODES: list[TimeMode] = ["real", "original", "accelerated"]


def read(part: int) -> Chunk | None:
    return DAYS[part] if part < len(DAYS) else None


def plan(time: TimeMode = "original", **more: object) -> ProducePlan:
    return ProducePlan(SOURCE, Arrivals("poisson", 50.0), time, **more)  # type: ignore[arg-type]


def blocks(of: ProducePlan, cursor: Cursor | None = None) -> Iterator[Block]:
    yield from (each for each in Sequence(of, cursor or Cursor(), read) if isinstance(each, Block))


def items(of: ProducePlan, cursor: Cursor | None = None) -> list[Item]:
    return [item for block in blocks(of, cursor) for item in block.items]


def payments(of: list[Item]) -> list[Transaction]:
    return [Transaction.FromString(item.value) for item in of if item.payment_id]


def labels(of: list[Item]) -> list[Label]:
    return [Label.FromString(item.value) for item in of if not item.payment_id]


def test_original_payments_are_those_of_the_source() -> None:
    sent = items(plan())
    assert payments(sent) == PAYMENTS
    assert [item.key.decode() for item in sent if item.payment_id] == [
        payment.account_id for payment in PAYMENTS
    ]


@pytest.mark.parametrize("time", MODES)
def test_a_label_goes_before_the_first_payment_made_after_it_was_known(time: TimeMode) -> None:
    scale = 1e-4 if time == "real" else 1.0
    sent = items(plan(time, label_delay_scale=scale, factor=3600))
    told = labels(sent)
    assert len(told) > 10
    assert len({label.transaction_id for label in told}) == len(told)
    made: dict[str, int] = {}
    clock = 0
    for item in sent:
        if item.payment_id:
            clock = made[item.payment_id] = Transaction.FromString(
                item.value
            ).event_time.ToMicroseconds()
            continue
        label = Label.FromString(item.value)
        truth = TRUTHS[label.transaction_id]
        assert clock < label.known_at.ToMicroseconds() <= item.event_us
        assert label.happened_at.ToMicroseconds() == made[label.transaction_id]
        delay_us = truth.known_at.ToMicroseconds() - truth.happened_at.ToMicroseconds()
        scaled_us = label.known_at.ToMicroseconds() - label.happened_at.ToMicroseconds()
        assert scaled_us == round(delay_us * scale)
        assert (label.fraud, label.kind, label.source) == (truth.fraud, truth.kind, truth.source)
    if time != "real":
        last = PAYMENTS[-1].event_time.ToMicroseconds()
        due = {key for key, label in TRUTHS.items() if label.known_at.ToMicroseconds() <= last}
        assert {label.transaction_id for label in told} == due


def test_real_times_are_the_times_of_sending() -> None:
    sent = items(plan("real"))
    made = [payment.event_time.ToMicroseconds() for payment in payments(sent)]
    assert made == [item.due_us for item in sent if item.payment_id]
    offsets = next(Arrivals("poisson", 50.0).blocks())[: len(made)]
    assert [each - made[0] for each in made] == (offsets - offsets[0]).tolist()


def test_accelerated_gaps_are_the_original_ones_divided() -> None:
    sent = items(plan("accelerated", factor=1000))
    due = [item.due_us for item in sent if item.payment_id]
    first = PAYMENTS[0].event_time.ToMicroseconds()
    for payment, when in zip(PAYMENTS, due, strict=True):
        gap_us = (payment.event_time.ToMicroseconds() - first) / 1000
        assert abs(when - due[0] - gap_us) <= 1


def test_a_run_ends_at_its_count_and_at_its_time() -> None:
    assert len(payments(items(plan(count=37)))) == 37
    assert items(plan(count=400))[-1].payment_id == PAYMENTS[399].transaction_id
    offsets = next(Arrivals("poisson", 50.0).blocks())
    assert len(payments(items(plan(seconds=2)))) == (offsets < 2_000_000).sum()


def test_ids_have_the_prefix_and_labels_refer_to_them() -> None:
    sent = items(plan(id_prefix="run7-"))
    ids = {payment.transaction_id for payment in payments(sent)}
    assert ids == {f"run7-{payment.transaction_id}" for payment in PAYMENTS}
    assert {label.transaction_id for label in labels(sent)} <= ids


@settings(deadline=None, max_examples=40)
@given(
    time=st.sampled_from(MODES),
    scale=st.sampled_from([0.0, 1e-4, 1.0]),
    answered=st.integers(0, 400),
    unanswered=st.integers(0, 30),
    order=st.randoms(use_true_random=False),
)
def test_a_run_killed_anywhere_goes_on_with_the_same_bytes(
    time: TimeMode, scale: float, answered: int, unanswered: int, order: Random
) -> None:
    killed = plan(time, label_delay_scale=scale, factor=1000)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoint"
        sent = send_and_die(killed, path, answered, unanswered, order)
        with closing(Checkpoint(path, killed.identity())) as checkpoint:
            cursor = checkpoint.load()
    settled = [bool(item.payment_id) for item in sent[:answered]]
    assert cursor.position == sum(settled)
    first = max((number + 1 for number, is_payment in enumerate(settled) if is_payment), default=0)
    assert cursor.labels == first - cursor.position
    again = [(item.key, item.value) for item in items(killed, cursor)]
    # Nothing is left out, and what may have arrived comes as it was.
    repeated = [(item.key, item.value) for item in sent[first:]]
    assert again[: len(repeated)] == repeated
    if time != "real":
        assert again == [(item.key, item.value) for item in items(killed)][first:]
    else:
        assert len(payments(items(killed, cursor))) == len(PAYMENTS) - cursor.position


def send_and_die(
    killed: ProducePlan, path: Path, answered: int, unanswered: int, order: Random
) -> list[Item]:
    """What was sent; the first ``answered`` messages are acknowledged, in any order."""
    made = list(Sequence(killed, Cursor(), read))
    ledger = Ledger(Cursor())
    sent: list[Item] = []
    with closing(Checkpoint(path, killed.identity())) as checkpoint:
        for each in made:
            if isinstance(each, Start):
                checkpoint.begin(each.epochs)
                continue
            ledger.add_block(each)
            sent += each.items[: answered + unanswered - len(sent)]
        numbers = [ledger.send(item) for item in sent][:answered]
        order.shuffle(numbers)
        for number in numbers:
            ledger.acknowledge(number)
        checkpoint.save(*ledger.cursor(ledger.position))
    return sent


def test_event_times_do_not_go_back_when_the_clock_does() -> None:
    real = plan("real")
    first = Timeline(real, Cursor(), 0, lambda: 5_000_000)
    epochs = first.begin(0)
    made = first.take(np.zeros(100, np.int64))[1]
    cursor = Cursor(position=60, reserved=100, epochs=epochs)
    second = Timeline(real, cursor, 0, lambda: 1_000_000)
    second.begin(0)
    again = second.take(np.zeros(100, np.int64))[1]
    assert again[:40].tolist() == made[60:].tolist()
    assert (np.diff(again) >= 0).all()


def test_a_pause_moves_only_what_was_not_sent() -> None:
    real = plan("real")
    epochs = Timeline(real, Cursor(), 0, lambda: 0).begin(0)
    pause_us = 3_600_000_000
    cursor = Cursor(position=60, reserved=100, epochs=epochs)
    resumed = Timeline(real, cursor, 0, lambda: pause_us)
    resumed.begin(0)
    made = resumed.take(np.zeros(100, np.int64))[1]
    assert made[39] < pause_us <= made[40]


def test_the_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    Checkpoint(path, plan().identity()).close()
    Checkpoint(path, plan(count=10).identity()).close()
    with pytest.raises(ResumeError, match="checkpoint of another run"):
        Checkpoint(path, plan("real").identity())
    (tmp_path / "text").write_text("no database " * 100)
    with pytest.raises(ResumeError, match="not a database"):
        Checkpoint(tmp_path / "text", "")


def test_a_replay_gives_what_was_written(tmp_path: Path) -> None:
    write_dataset(World(CONFIG), tmp_path)
    source = ReplaySource(tmp_path)
    replay = ProducePlan(source, Arrivals(), "original")
    opened = source.open()
    sent = [
        item
        for block in Sequence(replay, Cursor(), opened)
        if isinstance(block, Block)
        for item in block.items
    ]
    replayed = payments(sent)
    told = [each.ratio_to_usual for each in replayed if each.HasField("ratio_to_usual")]
    assert (
        told == pq.read_table(tmp_path / "events.parquet")["ratio_to_usual"].drop_null().to_pylist()
    )
    assert told
    for each in replayed:
        each.ClearField("ratio_to_usual")
    assert replayed == PAYMENTS
    assert source.payments() == len(PAYMENTS)
    assert source.origin == "replay"


def test_a_folder_that_cannot_be_replayed_is_named(tmp_path: Path) -> None:
    source = ReplaySource(tmp_path)
    with pytest.raises(ReplayError, match=r"events\.parquet`: there is no such file"):
        source.open()
    write_dataset(World(CONFIG), tmp_path)
    digest = source.digest()
    (tmp_path / "labels.parquet").write_bytes(b"PAR1")
    assert source.digest() != digest
    with pytest.raises(ReplayError, match=r"labels\.parquet`"):
        source.open()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"time": "fast"}, "time: `fast` is not one of real, original, accelerated"),
        ({"factor": 0.0}, "factor: 0 is not above 0"),
        ({"label_delay_scale": -1.0}, "label delay scale: -1 is below 0"),
        ({"id_prefix": "a b"}, "id prefix: `a b` is not"),
    ],
)
def test_what_is_out_of_range_is_named(more: dict[str, object], message: str) -> None:
    with pytest.raises(ProduceError, match=message):
        plan(**more)  # type: ignore[arg-type]

"""Threads that record, learn, merge and save at once end where one thread would."""

import random
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from features_rs import Store
from tests.laws.batches import events_batch
from tests.laws.oracle import Payment, Report, Verdict
from tests.laws.oracle.time import DAY
from tests.laws.replica import Deed, Replica, states_of

MIDNIGHT = 20_000 * DAY
COUNT = 3000


def stream() -> list[Deed]:
    """Within the lateness bound, so that threads may be ahead of each other."""
    rng = random.Random(3)
    made: list[Deed] = []
    for number in range(COUNT):
        payment = Payment(
            transaction_id=f"t{number}",
            event_time_us=MIDNIGHT + number * 1_000_000,
            account_id=f"a{rng.randrange(40)}",
            merchant_id=f"m{rng.randrange(9)}",
            amount_minor=rng.randrange(10_000),
            device_id=f"d{rng.randrange(60)}",
        )
        made.append(payment)
        if number % 7 == 0:
            made.append(Report(payment, payment.event_time_us, Verdict.FRAUD))
    return made


def test_the_end_state_is_that_of_one_thread(tmp_path: Path) -> None:
    made = stream()
    quarters = [made[start::4] for start in range(4)]
    shared = Replica()
    merged = states_of(Replica.of(quarters[3]), quarters[3])

    def score(part: list[Deed]) -> None:
        for deed in part:
            _ = shared.score(deed) if isinstance(deed, Payment) else shared.do(deed)

    def replay(part: list[Deed]) -> None:
        payments = [deed for deed in part if isinstance(deed, Payment)]
        shared.store.assemble_and_record_many(events_batch(payments))
        for deed in part:
            shared.do(deed)

    def save(path: Path) -> list[int]:
        return [shared.store.save(path) for _ in range(5)]

    with ThreadPoolExecutor() as pool:
        futures: list[Future[object]] = [
            pool.submit(score, quarters[0]),
            pool.submit(score, quarters[1]),
            pool.submit(replay, quarters[2]),
            pool.submit(shared.merge, merged.values()),
            pool.submit(save, tmp_path / "store"),
            pool.submit(save, tmp_path / "store"),
            pool.submit(shared.store.evict_idle, MIDNIGHT),
        ]
        for future in futures:
            future.result()
    assert states_of(shared, made) == states_of(Replica.of(made), made)
    Store().restore(tmp_path / "store")
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_a_save_beside_recording_is_whole(tmp_path: Path) -> None:
    made = stream()
    before, after = made[: COUNT // 2], made[COUNT // 2 :]
    replica = Replica.of(before)
    with ThreadPoolExecutor() as pool:
        saving = pool.submit(replica.store.save, tmp_path / "store")
        for deed in after:
            replica.do(deed)
        saving.result()
    restored = Replica()
    restored.store.restore(tmp_path / "store")
    for deed in after:
        restored.do(deed)
    assert states_of(restored, made) == states_of(Replica.of(made), made)

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scorer.sinks import maintenance
from scorer.sinks.outbox import Outbox

FUTURE_US = 10**18
PAYLOAD = b"x" * 700
LIMIT_PAGES = 250
APPENDS = 3_000
PAGE_BYTES = 4096


def append(outbox: Outbox, count: int, name: str = "t") -> None:
    for number in range(count):
        outbox.append_prediction(f"{name}{number}", b"digest", PAYLOAD)


def test_only_entries_that_are_recorded_and_old_are_pruned(outbox: Outbox) -> None:
    append(outbox, 30)
    assert outbox.prune(0, FUTURE_US, 100) == 0
    assert outbox.prune(20, 0, 100) == 0
    assert outbox.prune(20, FUTURE_US, 100) == 20
    assert outbox.find_prediction("t19") is None
    assert outbox.find_prediction("t20") is not None


def test_a_prune_forgets_no_more_than_it_is_asked_to(outbox: Outbox) -> None:
    append(outbox, 30)
    assert outbox.prune(30, FUTURE_US, 13) == 13
    assert [entry.seq for entry in outbox.read_after(0, 1)] == [14]


def test_positions_are_never_given_out_again(path: Path) -> None:
    outbox = Outbox(path, "normal")
    append(outbox, 10)
    assert outbox.prune(10, FUTURE_US, 100) == 9
    outbox.close()
    outbox = Outbox(path, "normal")
    assert outbox.append_prediction("next", b"digest", PAYLOAD) == 11
    outbox.close()


def test_a_pruned_id_may_be_decided_again(outbox: Outbox) -> None:
    append(outbox, 2)
    outbox.prune(1, FUTURE_US, 100)
    assert outbox.append_prediction("t0", b"digest", PAYLOAD) == 3


def test_a_checkpoint_lets_the_log_begin_anew(outbox: Outbox, path: Path) -> None:
    wal = path.with_name(f"{path.name}-wal")
    append(outbox, 200)
    size = wal.stat().st_size
    for number in range(5):
        outbox.checkpoint()
        append(outbox, 150, f"round{number}-")
    assert wal.stat().st_size <= size


def test_the_log_stays_bounded_under_a_load_that_never_pauses(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance.Maintenance.__init__, "__defaults__", (LIMIT_PAGES,))
    outbox = Outbox(path, "normal")
    wal = path.with_name(f"{path.name}-wal")
    with maintained(outbox):
        for number in range(APPENDS):
            outbox.append_prediction(f"t{number}", b"digest", PAYLOAD)
            time.sleep(0.0002)
    assert outbox.newest_seq == APPENDS
    # Two pages or more each; the log may pass the limit while a checkpoint is under way.
    assert wal.stat().st_size < APPENDS * PAGE_BYTES
    outbox.close()


def test_appends_and_maintenance_do_not_disturb_each_other(outbox: Outbox) -> None:
    with maintained(outbox):
        append(outbox, 2000)
    assert outbox.newest_seq == 2000
    seqs = [entry.seq for entry in outbox.read_after(0, 3000)]
    assert seqs == list(range(seqs[0], 2001))


@contextmanager
def maintained(outbox: Outbox) -> Iterator[None]:
    stopped = threading.Event()
    faults: list[Exception] = []

    def maintain() -> None:
        try:
            while not stopped.wait(0.01):
                outbox.checkpoint()
                outbox.prune(outbox.newest_seq // 2, FUTURE_US, 50)
        except Exception as exc:  # noqa: BLE001 - told by the test's own thread
            faults.append(exc)

    thread = threading.Thread(target=maintain)
    thread.start()
    yield
    stopped.set()
    thread.join()
    assert faults == []

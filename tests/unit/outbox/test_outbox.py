import hashlib
import sqlite3
import threading
from pathlib import Path

import pytest

from scorer.sinks.errors import (
    DuplicateEntryError,
    OutboxDamagedError,
    OutboxUnavailableError,
    OutboxVersionError,
)
from scorer.sinks.outbox import AppendedLabels, Outbox, StoredLabel, StoredPrediction

THREADS = 4
EACH = 200


def test_an_answer_is_found_again(outbox: Outbox) -> None:
    assert outbox.find_prediction("t1") is None
    assert outbox.append_prediction("t1", b"digest", b"answer") == 1
    assert outbox.find_prediction("t1") == StoredPrediction(b"answer", b"digest")


def test_a_second_decision_under_an_id_is_refused_and_leaves_no_gap(outbox: Outbox) -> None:
    outbox.append_prediction("t1", b"digest", b"first")
    with pytest.raises(DuplicateEntryError, match="transaction `t1`"):
        outbox.append_prediction("t1", b"digest", b"second")
    assert outbox.find_prediction("t1") == StoredPrediction(b"first", b"digest")
    assert outbox.append_prediction("t2", b"digest", b"answer") == 2


def test_a_label_is_kept_once_and_one_that_corrects_it_beside_it(outbox: Outbox) -> None:
    fraud, genuine = StoredLabel("t1", b"fraud"), StoredLabel("t1", b"genuine")
    assert outbox.append_labels([fraud, fraud]) == AppendedLabels(1, 1)
    assert outbox.append_labels([fraud, genuine]) == AppendedLabels(1, 1)
    assert outbox.labels_of("t1") == [b"fraud", b"genuine"]
    assert outbox.labels_of("t2") == []
    assert outbox.append_labels([]) == AppendedLabels(0, 0)


def test_a_label_and_a_decision_do_not_meet(outbox: Outbox) -> None:
    outbox.append_labels([StoredLabel("t1", b"fraud")])
    assert outbox.find_prediction("t1") is None
    outbox.append_prediction("t1", b"digest", b"answer")
    assert outbox.labels_of("t1") == [b"fraud"]


def test_many_labels_of_one_call_are_all_kept(outbox: Outbox) -> None:
    labels = [StoredLabel(f"t{number % 300}", b"fraud") for number in range(1000)]
    assert outbox.append_labels(labels) == AppendedLabels(300, 700)
    assert outbox.newest_seq == 300


def test_entries_come_in_order_and_complete(outbox: Outbox) -> None:
    outbox.append_prediction("t1", b"digest", b"answer")
    outbox.append_labels([StoredLabel("t1", b"fraud")])
    outbox.append_prediction("t2", b"digest", b"answer")
    first, second, third = outbox.read_after(0, 10)
    assert (first.seq, first.kind, first.key) == (1, "prediction", "t1")
    assert (first.payload, first.digest) == (b"answer", b"digest")
    assert (second.seq, second.kind, second.payload) == (2, "label", b"fraud")
    assert second.digest == hashlib.sha256(b"fraud").digest()
    assert first.appended_at_us <= second.appended_at_us <= third.appended_at_us
    assert outbox.read_after(1, 1) == [second]
    assert outbox.read_after(3, 10) == []


def test_everything_is_there_after_reopening(path: Path) -> None:
    first = Outbox(path, "full")
    first.append_prediction("t1", b"digest", b"answer")
    identity = first.identity
    first.close()
    second = Outbox(path, "normal")
    assert second.find_prediction("t1") == StoredPrediction(b"answer", b"digest")
    assert (second.identity, second.newest_seq) == (identity, 1)
    second.close()


def test_each_file_has_an_identity_of_its_own(tmp_path: Path) -> None:
    boxes = [Outbox(tmp_path / name, "normal") for name in ("a.sqlite", "b.sqlite")]
    assert boxes[0].identity != boxes[1].identity
    for box in boxes:
        box.close()


def test_threads_append_and_find_at_the_same_time(outbox: Outbox) -> None:
    faults: list[str] = []

    def work(name: str) -> None:
        for number in range(EACH):
            key = f"{name}-{number}"
            outbox.append_prediction(key, b"digest", key.encode())
            found = outbox.find_prediction(key)
            if found is None or found.payload != key.encode():
                faults.append(key)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    seqs = [entry.seq for entry in outbox.read_after(0, THREADS * EACH + 1)]
    assert seqs == list(range(1, THREADS * EACH + 1))
    assert outbox.newest_seq == THREADS * EACH


def test_a_file_of_another_version_is_refused_with_the_remedy(path: Path) -> None:
    Outbox(path, "normal").close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(OutboxVersionError, match=r"version 99, this build reads 1: drain it"):
        Outbox(path, "normal")


def test_another_sqlite_file_is_refused(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE something (value)")
    database.close()
    with pytest.raises(OutboxDamagedError, match="another SQLite file"):
        Outbox(path, "normal")


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"anything but a database, at some length" * 100)
    with pytest.raises(OutboxDamagedError, match="not a database"):
        Outbox(path, "normal")


def test_a_folder_in_its_place_is_told(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(OutboxUnavailableError, match="unable to open"):
        Outbox(path, "normal")

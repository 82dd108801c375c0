import sqlite3
from pathlib import Path

import pytest

from scorer.sinks.errors import OutboxMissingError
from scorer.sinks.outbox import Outbox
from scorer.sinks.reader import OutboxReader


def test_a_reader_sees_what_is_appended_after_it_opened(outbox: Outbox, path: Path) -> None:
    reader = OutboxReader(path)
    assert reader.read_after(0, 10) == []
    outbox.append_prediction("t1", b"digest", b"answer")
    assert [entry.key for entry in reader.read_after(0, 10)] == ["t1"]
    assert (reader.identity, reader.newest_seq) == (outbox.identity, 1)
    reader.close()


def test_a_reader_can_write_nothing(outbox: Outbox, path: Path) -> None:
    outbox.append_prediction("t1", b"digest", b"answer")
    reader = OutboxReader(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._database.execute("DELETE FROM entries")
    reader.close()


def test_an_outbox_whose_scorer_is_gone_can_be_read(path: Path) -> None:
    outbox = Outbox(path, "normal")
    outbox.append_prediction("t1", b"digest", b"answer")
    outbox.close()
    reader = OutboxReader(path)
    assert [entry.key for entry in reader.read_after(0, 10)] == ["t1"]
    reader.close()


def test_a_missing_outbox_is_told(path: Path) -> None:
    with pytest.raises(OutboxMissingError, match="the scorer makes it"):
        OutboxReader(path)


def test_an_outbox_that_is_just_being_made_is_not_there_yet(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with pytest.raises(OutboxMissingError):
        OutboxReader(path)


def test_a_reader_notices_that_the_file_was_replaced(outbox: Outbox, path: Path) -> None:
    reader = OutboxReader(path)
    assert reader.is_current
    path.unlink()
    assert not reader.is_current
    path.touch()
    assert not reader.is_current
    reader.close()

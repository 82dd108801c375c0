import struct

import pytest

from scorer.features.note import Mark, SnapshotNote

IDENTITY = "0123456789abcdef" * 2


def test_a_note_of_the_first_version_is_read() -> None:
    note = struct.pack("<32sq", IDENTITY.encode(), 1207)
    assert SnapshotNote.from_bytes(note) == SnapshotNote(IDENTITY, 1207, {})


def test_a_note_comes_back_as_it_was() -> None:
    marks = {("raw_transactions", 3): Mark(12, 34), ("labels", 0): Mark(5)}
    note = SnapshotNote(IDENTITY, 7, marks)
    assert SnapshotNote.from_bytes(note.to_bytes()) == note


def test_what_a_later_version_adds_is_passed_over() -> None:
    note = SnapshotNote(IDENTITY, 7).to_bytes().replace(b"{", b'{"more": [1], ', 1)
    assert SnapshotNote.from_bytes(note) == SnapshotNote(IDENTITY, 7)


@pytest.mark.parametrize("note", [b"", b"nonsense", b"{}", b"[1]", b'{"marks": [1]}', b"\xff" * 41])
def test_a_note_that_cannot_be_read_says_nothing(note: bytes) -> None:
    assert SnapshotNote.from_bytes(note) == SnapshotNote()


def test_an_end_that_is_no_message_keeps_the_newest_time() -> None:
    assert Mark(7, 100).then(Mark(9)) == Mark(9, 100)

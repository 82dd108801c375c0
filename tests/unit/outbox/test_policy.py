"""The journal of a scorer's policy: what changed, once, whatever happens to the file."""

from pathlib import Path

import pytest

from scorer.sinks.policy import NAME, PolicyJournal, read_changes


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    (tmp_path / "scorer").mkdir()
    return tmp_path / "scorer" / "outbox.sqlite"


def test_only_what_changed_is_noted_also_after_a_restart(outbox: Path) -> None:
    journal = PolicyJournal(outbox)
    assert journal.note({"share": "0", "review": None}, "ada", "start") == 1
    assert journal.note({"share": "0"}, "ada", "again") == 0
    assert journal.note({"share": "30", "review": "0.5"}, "joan", "while it ran") == 2
    assert PolicyJournal(outbox).note({"share": "30", "review": None}, "ada", "start") == 1
    found = [(each.name, each.old, each.new, each.by) for each in read_changes(journal_of(outbox))]
    assert found == [
        ("share", None, "0", "ada"),
        ("share", "0", "30", "joan"),
        ("review", None, "0.5", "joan"),
        ("review", "0.5", None, "ada"),
    ]
    times = [each.at for each in read_changes(journal_of(outbox))]
    assert times == sorted(set(times))


def test_a_line_that_was_cut_short_hides_no_other(outbox: Path) -> None:
    PolicyJournal(outbox).note({"share": "0", "rules": "rules-1"}, "ada", "start")
    path = journal_of(outbox)
    path.write_text(path.read_text()[:-30])
    assert PolicyJournal(outbox).note({"share": "0", "rules": "rules-1"}, "ada", "start") == 1
    assert [each.name for each in read_changes(path)] == ["share", "rules"]


def test_a_disk_that_takes_nothing_stops_nobody(outbox: Path) -> None:
    journal = PolicyJournal(outbox)
    outbox.parent.rmdir()
    assert journal.note({"share": "0"}, "ada", "start") == 0
    outbox.parent.mkdir()
    assert journal.note({"share": "0"}, "ada", "start") == 1


def journal_of(outbox: Path) -> Path:
    return outbox.with_name(NAME)

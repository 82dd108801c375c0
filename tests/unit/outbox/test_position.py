from pathlib import Path

import pytest

from scorer.sinks.outbox import Outbox
from scorer.sinks.position import OutboxPosition, Sink, position_path, write_position


def test_the_scorer_learns_how_far_the_recorder_is(outbox: Outbox, path: Path) -> None:
    for number in range(5):
        outbox.append_prediction(f"t{number}", b"digest", b"answer")
    assert (outbox.recorded_through(), outbox.depth) == (0, 5)
    write_position(path, "recorded", OutboxPosition(outbox.identity, 3))
    assert (outbox.recorded_through(), outbox.depth) == (3, 2)
    assert outbox.published_through() == 0, "each sink has a position of its own"
    write_position(path, "published", OutboxPosition(outbox.identity, 4))
    assert (outbox.recorded_through(), outbox.published_through()) == (3, 4)
    assert [each.name for each in path.parent.glob("*.tmp")] == []


def test_the_position_of_another_outbox_is_not_believed(outbox: Outbox, path: Path) -> None:
    write_position(path, "recorded", OutboxPosition("of-another", 3))
    write_position(path, "published", OutboxPosition("of-another", 3))
    assert (outbox.recorded_through(), outbox.published_through()) == (0, 0)


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"identity": 1}', '{"seq": 2}'])
@pytest.mark.parametrize("sink", ["recorded", "published"])
def test_a_damaged_position_is_none(outbox: Outbox, path: Path, text: str, sink: Sink) -> None:
    position_path(path, sink).write_text(text)
    assert (outbox.recorded_through(), outbox.published_through()) == (0, 0)

"""How far the recorder is, told to the scorer in a small file beside the outbox.

The recorder never writes into the outbox itself: the write lock belongs to the hot path.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RecordedPosition:
    """Every entry up to ``seq`` of the outbox named ``identity`` is recorded."""

    identity: str
    seq: int


def position_path(outbox: Path) -> Path:
    """Where the position of the outbox at ``outbox`` is told."""
    return outbox.with_name("recorded_position")


def write_position(outbox: Path, position: RecordedPosition) -> None:
    """Tell the position; a reader sees the old one or the new one, never a part."""
    path = position_path(outbox)
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    draft.write_text(json.dumps({"identity": position.identity, "seq": position.seq}))
    draft.replace(path)


def read_position(outbox: Path, identity: str) -> int:
    """The position told for the outbox named ``identity``; 0 when there is none to trust.

    0 is always safe: what is not known to be recorded is kept.
    """
    try:
        told = json.loads(position_path(outbox).read_text())
        return int(told["seq"]) if told["identity"] == identity else 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0

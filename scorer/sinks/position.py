"""How far those that drain the outbox are, told to the scorer in small files beside it.

They never write into the outbox itself: the write lock belongs to the hot path.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

type Sink = Literal["recorded", "published", "explained", "shadowed"]
"""Into PostgreSQL, into Kafka, by TreeSHAP, by the shadow versions."""


@dataclass(frozen=True, slots=True)
class OutboxPosition:
    """Every entry up to ``seq`` of the outbox named ``identity`` is through."""

    identity: str
    seq: int


def position_path(outbox: Path, sink: Sink) -> Path:
    """Where the position of the outbox at ``outbox`` is told."""
    return outbox.with_name(f"{sink}_position")


def write_position(outbox: Path, sink: Sink, position: OutboxPosition) -> None:
    """Tell the position; a reader sees the old one or the new one, never a part."""
    path = position_path(outbox, sink)
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    draft.write_text(json.dumps({"identity": position.identity, "seq": position.seq}))
    draft.replace(path)


def read_position(outbox: Path, sink: Sink, identity: str) -> int:
    """The position told for the outbox named ``identity``; 0 when there is none to trust.

    0 is always safe: what is not known to be through is kept.
    """
    try:
        told = json.loads(position_path(outbox, sink).read_text())
        return int(told["seq"]) if told["identity"] == identity else 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0

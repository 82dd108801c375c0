"""What the folder of a query's checkpoint says beside Spark's own files: whose states it holds."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from features_rs import contract
from spark_stream.errors import CheckpointInUseError, CheckpointMismatchError

LAYOUT: Final = 2
"""Of the states of both stages. One more with a change that older states cannot be read under: of a
state's columns or time to live, of a grouping key, or of the order of the stages."""
NOTE: Final = "contract.json"


@dataclass(frozen=True, slots=True)
class Note:
    """What a checkpoint was written by.

    Args:
        contract_digest: The feature contract of the states in it.
        layout: See :data:`LAYOUT`.
    """

    contract_digest: str
    layout: int

    @classmethod
    def current(cls) -> "Note":
        """Of this version."""
        return cls(contract().digest, LAYOUT)


def claim(folder: Path) -> None:
    """Note in a new checkpoint what it is written by, or make sure that an old one goes on.

    Args:
        folder: Of one query's checkpoint; made when not there.

    Raises:
        CheckpointMismatchError: It is of another contract or layout.
    """
    path, current = folder / NOTE, Note.current()
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(current)))
        part.rename(path)
        return
    found = Note(**json.loads(path.read_text()))
    for field in ("contract_digest", "layout"):
        theirs, ours = getattr(found, field), getattr(current, field)
        if theirs != ours:
            raise CheckpointMismatchError(
                f"Failed to go on from checkpoint `{folder}`: its {field} is {theirs}, this "
                f"version's is {ours}. Give this version a folder of its own "
                "(FRAUD_SPARK__CHECKPOINT): it starts from the begin of the topics, beside the old "
                "job, which may run until the new one has caught up"
            )


def committed_offsets(folder: Path) -> dict[str, dict[int, int]]:
    """Up to where the newest committed batch of a query has read, by topic and partition.

    Spark keeps a file for each batch, ``offsets/<batch>``, written before it, whose last line has
    the offsets, and ``commits/<batch>``, written after it.

    Returns:
        The first offset that is not contained; empty when no batch is committed.
    """
    commits = [int(path.name) for path in (folder / "commits").glob("*") if path.name.isdigit()]
    if not commits:
        return {}
    lines = (folder / "offsets" / str(max(commits))).read_text().splitlines()
    found = json.loads(lines[-1])
    return {
        topic: {int(partition): offset for partition, offset in partitions.items()}
        for topic, partitions in found.items()
    }


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Keep other jobs off the checkpoints in a folder while the body runs.

    Raises:
        CheckpointInUseError: Another job is at work on them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise CheckpointInUseError(
                f"Failed to start: another job runs on the checkpoints in `{folder}`; stop it, or "
                "give this one a folder of its own (FRAUD_SPARK__CHECKPOINT)"
            ) from exc
        yield

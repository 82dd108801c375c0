"""Saves a platform, and brings it back."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from features_rs import contract
from fraud.backup.database import DatabaseDump
from fraud.backup.errors import TargetNotEmptyError
from fraud.backup.files import PositionFiles, RegistryFiles, ScorerFiles
from fraud.backup.manifest import Manifest
from fraud.backup.part import Counts, Part
from fraud.settings import Settings

type OnPart = Callable[[str], None]
"""Told the name of each part before it is done."""


@contextmanager
def parts_of(settings: Settings) -> Iterator[list[Part]]:
    """The parts of a platform in the order of saving; the database answers meanwhile.

    Positions of drains first, then what they drain into, then the outbox itself: whatever is
    decided meanwhile is in the outbox and beyond the positions, so that the new machine's recorder
    brings it through once more.
    """
    from scorer.recorder.running import database_of

    with database_of(settings) as dsn:
        place = "recorder.dsn" if settings.recorder.dsn else str(settings.postgres_dir)
        parts: list[Part] = [PositionFiles(settings), DatabaseDump(dsn, place)]
        if settings.kafka.bootstrap_servers is not None:
            from fraud.backup.topics import TopicFiles

            parts.append(TopicFiles(settings.kafka))
        yield [*parts, ScorerFiles(settings), RegistryFiles(settings)]


def save(settings: Settings, folder: Path, on_part: OnPart) -> Manifest:
    """Save a platform while it runs.

    Args:
        settings: Of the platform.
        folder: Where to; made, and empty if it is there.
        on_part: Told how far it is.

    Raises:
        TargetNotEmptyError: There is something in the folder.
        LocalServiceError: A store does not answer, or refuses.
        MessagingError: The brokers do not answer.
    """
    if folder.exists() and any(folder.iterdir()):
        raise TargetNotEmptyError("a backup", str(folder), "has files")
    folder.mkdir(parents=True, exist_ok=True)
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    with parts_of(settings) as parts:
        counts = _each(parts, lambda part: part.save(folder), on_part)
    manifest = Manifest(made_at, contract().digest, counts)
    manifest.write(folder)
    return manifest


def restore(settings: Settings, folder: Path, on_part: OnPart) -> Manifest:
    """Bring a platform back where there is none; only its brokers and database may run.

    Args:
        settings: Of the new platform; its addresses and folders may be others.
        folder: Of :func:`save`.
        on_part: Told how far it is.

    Raises:
        BackupDamagedError: The folder is not as it was written.
        TargetNotEmptyError: There is something already; nothing was written.
        LocalServiceError: A store does not answer, or refuses.
        MessagingError: The brokers do not answer, or do not take a message.
    """
    on_part("manifest")
    manifest = Manifest.read(folder)
    with parts_of(settings) as parts:
        for part in parts:
            part.require_empty()
        _each(parts, lambda part: part.restore(folder), on_part)
    return manifest


def _each(parts: Sequence[Part], act: Callable[[Part], Counts], on_part: OnPart) -> Counts:
    counts: Counts = {}
    for part in parts:
        on_part(part.name)
        counts |= act(part)
    return counts

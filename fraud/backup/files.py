"""Files of a home: the scorer's, and the registry's."""

import shutil
from pathlib import Path
from typing import Final

from fraud.backup.errors import TargetNotEmptyError
from fraud.backup.part import Counts
from fraud.backup.sqlite import copy_sqlite
from fraud.local.mlflow import KEY_FILE
from fraud.settings import Settings

POSITIONS: Final = "*_position"
ARTIFACTS: Final = "artifacts"
DATABASE: Final = "mlflow.sqlite"


class PositionFiles:
    """How far the drains of the outbox are; saved before what they drain into.

    What a drain brings through meanwhile is done again on the new machine, which changes nothing.
    """

    name = "positions"

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.outbox_path.parent

    def save(self, folder: Path) -> Counts:
        """See :class:`fraud.backup.part.Part`."""
        return {"positions": _copy_all(self._folder, folder / self.name, POSITIONS)}

    def require_empty(self) -> None:
        """See :class:`fraud.backup.part.Part`; the outbox that they are of is looked at."""

    def restore(self, folder: Path) -> Counts:
        """See :class:`fraud.backup.part.Part`."""
        return {"positions": _copy_all(folder / self.name, self._folder, POSITIONS)}


class ScorerFiles:
    """What the scorer answered, what late labels need of their payments, and its policy.

    Its snapshot is saved where nothing streams; else it speaks of offsets that the new brokers do
    not have, and the topics make the same state.
    """

    name = "scorer"

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.outbox_path.parent
        self._databases = (settings.payments_path.name, settings.outbox_path.name)
        self._plain = ["policy.jsonl"]
        if settings.kafka.bootstrap_servers is None:
            self._plain.append(settings.snapshot_path.name)

    def save(self, folder: Path) -> Counts:
        """See :class:`fraud.backup.part.Part`; the outbox last: it must hold what the rest does."""
        target = folder / self.name
        saved = sum(_copy_all(self._folder, target, name) for name in self._plain)
        for name in self._databases:
            if (self._folder / name).is_file():
                copy_sqlite(self._folder / name, target / name)
                saved += 1
        return {"scorer files": saved}

    def require_empty(self) -> None:
        """See :class:`fraud.backup.part.Part`."""
        for name in (*self._databases, *self._plain):
            _require_absent("the scorer's files", self._folder / name)

    def restore(self, folder: Path) -> Counts:
        """See :class:`fraud.backup.part.Part`."""
        return {"scorer files": _copy_all(folder / self.name, self._folder, "*")}


class RegistryFiles:
    """The local MLflow's database and artifacts, or the folder that stands for a registry.

    A server elsewhere is saved where it is: nothing of it is in the backup.
    """

    name = "registry"

    def __init__(self, settings: Settings) -> None:
        self._directory = settings.registry.directory
        self._folder = self._directory or settings.mlflow_dir

    def save(self, folder: Path) -> Counts:
        """See :class:`fraud.backup.part.Part`."""
        target = folder / self.name
        if self._directory is not None:
            return {"registry files": _copy_all(self._directory, target, "**/*")}
        if not (self._folder / DATABASE).is_file():
            return {"registry files": 0}
        # The database first: an artifact is there before a row names it.
        copy_sqlite(self._folder / DATABASE, target / DATABASE)
        saved = 1 + _copy_all(self._folder, target, KEY_FILE)
        return {"registry files": saved + _copy_all(self._folder, target, f"{ARTIFACTS}/**/*")}

    def require_empty(self) -> None:
        """See :class:`fraud.backup.part.Part`."""
        if self._folder.is_dir():
            for path in self._folder.iterdir():
                _require_absent("the registry", path)

    def restore(self, folder: Path) -> Counts:
        """See :class:`fraud.backup.part.Part`."""
        return {"registry files": _copy_all(folder / self.name, self._folder, "**/*")}


def _require_absent(what: str, path: Path) -> None:
    if path.exists():
        raise TargetNotEmptyError(what, str(path.parent), f"has `{path.name}`")


def _copy_all(source: Path, target: Path, pattern: str) -> int:
    """Copy files of a pattern, each to where it is within the folder; returns how many."""
    paths = [path for path in sorted(source.glob(pattern)) if path.is_file()]
    for path in paths:
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
    return len(paths)

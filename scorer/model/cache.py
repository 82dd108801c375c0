"""Bundles that have served, on disk, so that a start needs no registry."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from scorer.errors import BundleError
from scorer.model.bundle import ModelBundle
from scorer.model.source import ModelVersion


class ModelCache:
    """A folder with one folder a version and one small file an alias.

    Only what has passed its checks is put here. The file of an alias names the version that last
    served under it, and is replaced atomically.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, version: ModelVersion) -> ModelBundle | None:
        """The version's bundle; None if it is not here or no longer whole."""
        try:
            return ModelBundle.read(self._folder_of(version))
        except BundleError:
            return None

    @contextmanager
    def incoming(self, version: ModelVersion) -> Iterator[Path]:
        """A folder to fetch ``version`` into; kept if the block ends without an error."""
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".incoming-") as name:
            folder = Path(name) / "bundle"
            folder.mkdir()
            yield folder
            shutil.rmtree(self._folder_of(version), ignore_errors=True)
            folder.rename(self._folder_of(version))

    def remember(self, alias: str, version: ModelVersion) -> None:
        """Note that ``version`` serves under ``alias``."""
        path = self._alias_file(alias)
        scratch = path.with_suffix(".new")
        scratch.write_text(json.dumps(asdict(version)))
        scratch.replace(path)

    def forget(self, alias: str) -> None:
        """Note that nothing serves under ``alias``."""
        self._alias_file(alias).unlink(missing_ok=True)

    def recall(self, alias: str) -> ModelVersion | None:
        """The version that last served under ``alias``."""
        try:
            return ModelVersion(**json.loads(self._alias_file(alias).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def prune(self) -> None:
        """Remove the folders of versions that no alias names."""
        kept = {self._folder_of(version).name for version in self._remembered()}
        for folder in self._folder.iterdir():
            if folder.is_dir() and folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    def _remembered(self) -> Iterator[ModelVersion]:
        for path in self._folder.glob("*.json"):
            if version := self.recall(path.stem):
                yield version

    def _folder_of(self, version: ModelVersion) -> Path:
        return self._folder / f"{version.name}-{version.version}"

    def _alias_file(self, alias: str) -> Path:
        return self._folder / f"{alias}.json"

"""Where models come from."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from scorer.errors import BundleError, ModelNotFoundError
from scorer.model.files import MANIFEST_FILE, files_of

CHAMPION: Final = "champion"
CHALLENGER: Final = "challenger"


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One version of a model in a source.

    Args:
        name: Of the registered model.
        version: Of the source, unique within the name.
        run_id: The run that logged the bundle; empty where there is none.
    """

    name: str
    version: str
    run_id: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a source says at one time, cheap to ask; another one means that something moved.

    Args:
        created: When the model was made, so that one made anew is told from the old.
        aliases: Alias -> version.
        challenger_percent: Share of accounts that the challenger decides; None where the source
            says nothing of it.
    """

    created: str = ""
    aliases: tuple[tuple[str, str], ...] = ()
    challenger_percent: int | None = None


class ModelSource(Protocol):
    """A registry, or a folder that stands in for one."""

    def standing(self) -> Standing:
        """How the aliases stand now.

        Raises:
            ModelNotFoundError: There is no such model.
            RegistryError: The source cannot be asked.
        """

    def find(self, alias: str) -> ModelVersion:
        """The version that ``alias`` points at now.

        Raises:
            ModelNotFoundError: No version has the alias.
            RegistryError: The source cannot be asked.
        """

    def fetch(self, version: ModelVersion, folder: Path) -> None:
        """Write the files of the version's bundle into ``folder``.

        Raises:
            RegistryError: The source cannot be asked.
            BundleError: The source has no such files.
        """


class DirectorySource:
    """Bundles in ``root/<alias>/``, for a scorer without a registry.

    A version is named by the digest of its files, so that a changed file is a new version.
    """

    def __init__(self, root: Path, name: str) -> None:
        self._root = root
        self._name = name

    def standing(self) -> Standing:
        """Always the same: a folder is looked at when a scorer is told to reload."""
        return Standing()

    def find(self, alias: str) -> ModelVersion:
        """See :class:`ModelSource`."""
        folder = self._root / alias
        if not folder.is_dir():
            raise ModelNotFoundError(f"there is no model bundle in `{folder}`")
        digest = hashlib.sha256()
        for path in sorted(folder.iterdir()):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        return ModelVersion(self._name, digest.hexdigest()[:12], run_id=alias)

    def aliases(self) -> dict[str, ModelVersion]:
        """All that there are, with their versions."""
        return {
            folder.name: self.find(folder.name)
            for folder in sorted(self._root.glob("*"))
            if folder.is_dir()
        }

    def find_version(self, number: str) -> ModelVersion:
        """A version by its number.

        Raises:
            ModelNotFoundError: No alias has it any more.
        """
        for version in self.aliases().values():
            if version.version == number:
                return version
        raise ModelNotFoundError(f"there is no version {number} in `{self._root}` any more")

    def find_digest(self, digest: str) -> list[ModelVersion]:
        """The versions whose manifest names a model's digest."""
        return [
            version
            for alias, version in self.aliases().items()
            if _model_digest(self._root / alias / MANIFEST_FILE) == digest
        ]

    def fetch(self, version: ModelVersion, folder: Path) -> None:
        """See :class:`ModelSource`."""
        try:
            bundle = self._root / version.run_id
            for name in files_of((bundle / MANIFEST_FILE).read_bytes()):
                shutil.copyfile(bundle / name, folder / name)
        except OSError as exc:
            raise BundleError(f"model bundle is incomplete: {exc}") from exc


def _model_digest(manifest: Path) -> str | None:
    """The digest that a manifest names; None if it is damaged."""
    try:
        found = json.loads(manifest.read_bytes())["model_sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(found)

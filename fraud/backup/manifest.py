"""What a backup holds, written last: a folder without it is none."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Self

from fraud.backup.errors import BackupDamagedError

NAME: Final = "manifest.json"
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Held:
    """A file of a backup.

    Args:
        bytes: Its size.
        sha256: Its digest, in hexadecimal.
    """

    bytes: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Self:
        """A file as it is now."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
            return cls(file.tell(), digest.hexdigest())


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that a backup consists of.

    Args:
        made_at: When it was begun, ISO 8601 in UTC.
        contract_digest: Of the feature contract of the build that made it.
        counts: What was saved, in numbers for people, such as rows of a topic.
        files: By path within the folder.
        version: Of the form of backups.
    """

    made_at: str
    contract_digest: str
    counts: dict[str, int] = field(default_factory=dict)
    files: dict[str, Held] = field(default_factory=dict)
    version: int = VERSION

    def write(self, folder: Path) -> None:
        """Take note of all files that are in the folder, and make it a backup."""
        self.files.update(
            (str(path.relative_to(folder)), Held.of(path)) for path in _files_in(folder)
        )
        draft = folder / f"{NAME}.tmp"
        draft.write_text(json.dumps(asdict(self), indent=2) + "\n")
        draft.replace(folder / NAME)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The manifest of a backup, each of its files looked at.

        Raises:
            BackupDamagedError: There is none, it is of another version, or a file is missing,
                changed or not told of.
        """
        try:
            told = json.loads((folder / NAME).read_text())
            files = {name: Held(**held) for name, held in told.pop("files").items()}
            manifest = cls(**told, files=files)
        except FileNotFoundError:
            raise BackupDamagedError(folder, NAME, "is not there: it is no backup") from None
        except (ValueError, TypeError, KeyError, AttributeError) as exc:
            raise BackupDamagedError(folder, NAME, f"cannot be read: {exc}") from exc
        if manifest.version != VERSION:
            reason = f"is of version {manifest.version}, and this build reads {VERSION}"
            raise BackupDamagedError(folder, NAME, reason)
        manifest.check(folder)
        return manifest

    def check(self, folder: Path) -> None:
        """Refuse a folder that is not as it was written.

        Raises:
            BackupDamagedError: A file is missing, changed, or not told of.
        """
        found = {str(path.relative_to(folder)) for path in _files_in(folder)}
        for name, held in self.files.items():
            if name not in found:
                raise BackupDamagedError(folder, name, "is missing")
            now = Held.of(folder / name)
            if now.bytes != held.bytes:
                reason = f"has {now.bytes:,} bytes and had {held.bytes:,}"
                raise BackupDamagedError(folder, name, reason)
            if now.sha256 != held.sha256:
                reason = f"has the SHA-256 {now.sha256[:12]} and had {held.sha256[:12]}"
                raise BackupDamagedError(folder, name, reason)
        for name in sorted(found - self.files.keys()):
            raise BackupDamagedError(folder, name, "does not belong to it")


def _files_in(folder: Path) -> list[Path]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path for path in paths if path != folder / NAME]

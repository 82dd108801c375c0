"""What a built data set says of itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal, Self

import numpy as np
import pydantic
from pydantic import BaseModel, ConfigDict, Field

from training.datasets.digest import digest_columns
from training.datasets.period import Period
from training.datasets.split import EPOCH, SplitPlan
from training.errors import DatasetError

MANIFEST_FILE: Final = "manifest.json"
FORMAT: Final = 1

type PartName = Literal["train", "gap", "holdout"]
PARTS: Final[tuple[PartName, ...]] = ("train", "gap", "holdout")


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Section):
    """Something that was read; told for whoever asks, not a part of the id."""

    name: str
    """File name in its folder, so that no machine shows."""
    sha256: str
    size_bytes: int = Field(ge=0)


class Part(_Section):
    """Rows of one file."""

    file: str
    digest: str
    """Of the content, see :func:`training.datasets.digest.digest_table`."""
    payments: int = Field(ge=0)
    frauds: int = Field(ge=0)
    """In ``train`` those known at :attr:`DatasetManifest.as_of`, else all."""
    labels_known: int = Field(ge=0)
    """Payments whose label became known; in ``train`` by :attr:`DatasetManifest.as_of`."""
    measured: int = Field(ge=0)
    """Rows that count in measures."""
    fraud_share: float = Field(0.0, ge=0, le=1)
    """Class balance: frauds among the payments."""
    known_label_share: float = Field(0.0, ge=0, le=1)
    """Known labels among the payments."""


class DatasetManifest(_Section):
    """What was built from what; its id stands for the content of the rows and the periods."""

    format: Literal[1] = FORMAT
    id: str
    contract_version: str
    contract_digest: str
    feature_names: tuple[str, ...]
    as_of: datetime
    """The moment of training; nothing that became known later is in ``train``."""
    train: str
    gap: timedelta
    holdout: str
    remove_known_accounts: bool
    """Whether holdout rows of accounts known as defrauded are not measured."""
    parts: Mapping[PartName, Part]
    frauds_known_share: float = Field(ge=0, le=1)
    """Of the frauds of ``train`` as it turned out, how many were known at :attr:`as_of`."""
    sources: tuple[Source, ...]

    @property
    def plan(self) -> SplitPlan:
        """The periods."""
        as_of_us = (self.as_of - EPOCH) // timedelta(microseconds=1)
        return SplitPlan(Period.parse(self.train), self.gap, Period.parse(self.holdout), as_of_us)

    def write(self, folder: Path) -> None:
        """Write ``manifest.json``, complete or not at all."""
        partial = folder / f"{MANIFEST_FILE}.partial"
        partial.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")
        partial.replace(folder / MANIFEST_FILE)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read ``manifest.json``.

        Raises:
            DatasetError: It is missing, cannot be read, or its id is not that of its content.
        """
        path = folder / MANIFEST_FILE
        try:
            manifest = cls.model_validate_json(path.read_bytes())
        except FileNotFoundError as exc:
            raise DatasetError(
                f"`{folder}` is not a built data set: it has no {MANIFEST_FILE}"
            ) from exc
        except (OSError, pydantic.ValidationError) as exc:
            raise DatasetError(f"Failed to read `{path}`: {exc}") from exc
        expected = id_of(manifest.plan, manifest.contract_digest, manifest.parts)
        if manifest.id != expected:
            raise DatasetError(
                f"`{path}` was changed: its id is `{manifest.id}`, its content has `{expected}`; "
                "build the data set again"
            )
        return manifest


def id_of(plan: SplitPlan, contract_digest: str, parts: Mapping[PartName, Part]) -> str:
    """The digest of the content, 64 hexadecimal digits.

    What was read, where, in which files and by which engine leaves no trace.
    """
    periods = plan.train, plan.test
    microsecond = timedelta(microseconds=1)
    return digest_columns(
        {
            "contract": [contract_digest],
            "days": [f"{period.first}..{period.last}" for period in periods],
            "as_of_us": np.array([plan.cut_off_us], np.int64),
            "gap_us": np.array([plan.gap // microsecond], np.int64),
            "parts": [parts[name].digest for name in PARTS],
            "payments": np.array([parts[name].payments for name in PARTS], np.int64),
        }
    )

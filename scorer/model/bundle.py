"""A model as it travels from training to serving: one folder, all that is needed to trust it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from features_rs import Contract
from scorer.errors import BundleError, ContractMismatchError
from scorer.model.files import GOLDEN_FILE, MANIFEST_FILE, MODEL_FILE, TREES_FILE

type Rows = npt.NDArray[np.float32]


class Calibration(BaseModel):
    """From the trees' margin to the probability: ``sigmoid(slope * margin + intercept)``."""

    model_config = ConfigDict(frozen=True)

    slope: float = Field(gt=0)
    intercept: float


class Manifest(BaseModel):
    """What a bundle says of itself; ``null`` stands for NaN in ``reference``."""

    model_config = ConfigDict(frozen=True)

    format_version: Literal[1] = 1
    contract_digest: str
    feature_names: tuple[str, ...]
    model_sha256: str
    review_threshold: float = Field(ge=0, le=1)
    decline_threshold: float = Field(ge=0, le=1)
    reference: tuple[float | None, ...]
    """Each feature's median over genuine training payments: what is ordinary."""
    probability_tolerance: float = Field(1e-5, gt=0)
    created_at: datetime
    estimator: str = "xgboost"
    """What was fitted: ``xgboost``, ``random_forest``, ``gradient_boosting``."""
    trees_sha256: str | None = None
    """Of the trees; None where there are none to explain by."""
    calibration: Calibration | None = None
    """Already in the ONNX file; None where the probability is the margin's own."""
    training: dict[str, Any] = {}
    """Free summary of how the model was made."""


@dataclass(frozen=True, slots=True)
class ModelBundle:
    """A model, what it says of itself, and the answers it must give.

    Args:
        model: The ONNX file: input ``features`` float32 [rows, features] with NaN for missing,
            output ``probability`` float32 [rows], [rows, 1] or [rows, 2], fraud last.
        manifest: Digest, thresholds and reference values.
        golden_rows: float32 [k, features].
        golden_probabilities: float32 [k], what the trained model gives for them.
        trees: The same model as XGBoost saves it (UBJSON), to explain by; None for others.
    """

    model: bytes
    manifest: Manifest
    golden_rows: Rows
    golden_probabilities: Rows
    trees: bytes | None = None

    @classmethod
    def create(
        cls,
        *,
        model: bytes,
        contract: Contract,
        review_threshold: float,
        decline_threshold: float,
        reference: Sequence[float],
        golden_rows: Rows,
        golden_probabilities: Rows,
        training: Mapping[str, Any] | None = None,
        trees: bytes | None = None,
        estimator: str = "xgboost",
        calibration: Calibration | None = None,
    ) -> Self:
        """A bundle of a model just trained on ``contract``; ``reference`` may hold NaN."""
        manifest = Manifest(
            contract_digest=contract.digest,
            feature_names=tuple(contract.names),
            model_sha256=hashlib.sha256(model).hexdigest(),
            review_threshold=review_threshold,
            decline_threshold=decline_threshold,
            reference=tuple(_to_json(reference)),
            created_at=datetime.now(UTC),
            training=dict(training or {}),
            estimator=estimator,
            trees_sha256=None if trees is None else hashlib.sha256(trees).hexdigest(),
            calibration=calibration,
        )
        return cls(model, manifest, golden_rows, golden_probabilities, trees)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a folder written by :meth:`write`.

        Raises:
            BundleError: A file is missing or damaged, or the model is not the one described.
        """
        try:
            manifest = Manifest.model_validate_json((folder / MANIFEST_FILE).read_bytes())
            golden = json.loads((folder / GOLDEN_FILE).read_bytes())
            rows, probabilities = _to_array(golden["rows"]), _to_array(golden["probabilities"])
            trees = (folder / TREES_FILE).read_bytes() if manifest.trees_sha256 else None
            model = (folder / MODEL_FILE).read_bytes()
            bundle = cls(model, manifest, rows, probabilities, trees)
        except OSError as exc:
            raise BundleError(f"model bundle is incomplete: {exc}") from exc
        except (ValidationError, ValueError, KeyError, TypeError) as exc:
            raise BundleError(f"model bundle in `{folder}` is damaged: {exc}") from exc
        bundle._check_whole()
        return bundle

    def write(self, folder: Path) -> None:
        """Write the files of the bundle into ``folder``, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        golden = {
            "rows": [_to_json(row) for row in self.golden_rows.tolist()],
            "probabilities": self.golden_probabilities.tolist(),
        }
        (folder / MODEL_FILE).write_bytes(self.model)
        (folder / GOLDEN_FILE).write_text(json.dumps(golden))
        if self.trees is not None:
            (folder / TREES_FILE).write_bytes(self.trees)
        (folder / MANIFEST_FILE).write_text(self.manifest.model_dump_json(indent=2))

    def verify_contract(self, contract: Contract) -> None:
        """Check that the model's features are those of ``contract``.

        Raises:
            ContractMismatchError: It was trained on another one; names both digests.
            BundleError: The digest agrees but the names do not.
        """
        if self.manifest.contract_digest != contract.digest:
            raise ContractMismatchError(self.manifest.contract_digest, contract.digest)
        if list(self.manifest.feature_names) != contract.names:
            raise BundleError("the manifest's feature names are not those of its contract digest")

    @property
    def reference(self) -> Rows:
        """float32 [features]: what is ordinary, NaN where missing is."""
        return _to_array(self.manifest.reference)

    def _check_whole(self) -> None:
        _check_digest(MODEL_FILE, self.model, self.manifest.model_sha256)
        if self.trees is not None:
            _check_digest(TREES_FILE, self.trees, self.manifest.trees_sha256)
        width, rows = len(self.manifest.feature_names), self.golden_rows.shape
        if len(self.manifest.reference) != width:
            raise BundleError(f"reference has {len(self.manifest.reference)} values for {width}")
        if rows != (len(self.golden_probabilities), width) or not len(self.golden_rows):
            raise BundleError(f"golden rows have the shape {rows}, expected [k > 0, {width}]")


def _check_digest(name: str, content: bytes, expected: str | None) -> None:
    digest = hashlib.sha256(content).hexdigest()
    if digest != expected:
        raise BundleError(
            f"{name} has SHA-256 {digest}, the manifest says "
            f"{expected}: the file is damaged or was replaced"
        )


def _to_json(values: Sequence[float]) -> list[float | None]:
    """JSON has no NaN."""
    return [None if value != value else float(value) for value in values]


def _to_array(values: object) -> Rows:
    """Nested lists with None for NaN, as float32."""
    return np.asarray(values, dtype=np.float64).astype(np.float32)

"""Makes models for the gate, honest ones and others."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import helper

from features_rs import contract
from scorer.model.bundle import ModelBundle
from tests.unit.training.world import make_history
from training.bundles.export import to_onnx
from training.config import ModelConfig
from training.datasets.dataset import Dataset, Index, Rows
from training.datasets.period import Period
from training.datasets.replay import replay
from training.gates.evidence import Evidence
from training.gates.learned import Learned
from training.gates.report import GateReport
from training.models.model import fit
from training.models.threshold import threshold_at_fpr

TRAIN = Period.parse("2026-01-08..2026-01-25")
GAP = Period.parse("2026-01-26..2026-02-01")
HOLDOUT = Period.parse("2026-02-02..2026-02-09")

one_world = pytest.mark.parametrize("shop", [1], indirect=True)
"""Marks a test of what does not depend on the payments."""

type Flags = npt.NDArray[np.bool_]


def config(**choices: Any) -> ModelConfig:
    """Small trees that are fitted in a second."""
    return ModelConfig(**{"n_estimators": 80, "learning_rate": 0.1, **choices})


@dataclass(frozen=True, eq=False)
class Workshop:
    """A replayed history, and models of it."""

    dataset: Dataset

    @classmethod
    @cache
    def open(cls, seed: int = 1) -> "Workshop":
        """The world of a seed; the same one for all tests, so that its models are made once."""
        return cls(replay(make_history(payments=36_000, seed=seed)))

    @cached_property
    def champion(self) -> ModelBundle:
        """Single splits, learned in little more than a day."""
        return self.make(config(n_estimators=40, max_depth=1), self.train[:1_000])

    @cached_property
    def honest(self) -> ModelBundle:
        """Better, and by what was known."""
        return self.make(config())

    @property
    def train(self) -> Index:
        return self.dataset.rows_in(TRAIN)

    @property
    def holdout(self) -> Index:
        return self.dataset.rows_in(HOLDOUT)

    @property
    def gap(self) -> Index:
        return self.dataset.rows_in(GAP)

    @cached_property
    def evidence(self) -> Evidence:
        learned = Learned(self.dataset, self.train, self.dataset.fraud[self.train])
        digest = self.dataset.digest
        return Evidence(self.dataset, self.holdout, self.gap, HOLDOUT, learned, digest)

    def column(self, name: str) -> int:
        return self.dataset.feature_names.index(name)

    def with_features(self, change: Callable[[Rows], None]) -> "Workshop":
        """The same payments with other features."""
        features = self.dataset.features.copy()
        change(features)
        old = self.dataset
        return Workshop(Dataset(features, old.feature_names, old.contract_digest, old.history))

    def with_fraud(self, fraud: Flags) -> "Workshop":
        """The same payments of which others are frauds."""
        history = replace(self.dataset.history, fraud=fraud)
        return Workshop(replace(self.dataset, history=history))

    def make(
        self,
        settings: ModelConfig,
        rows: Index | None = None,
        fraud: Flags | None = None,
        *,
        told: str = str(TRAIN),
        columns: Index | None = None,
    ) -> ModelBundle:
        """Train a model and bundle it.

        Args:
            settings: Of the trees.
            rows: What it learns from; the training days unless told.
            fraud: Their labels; the truth unless told.
            told: The training days that the manifest speaks of.
            columns: In which order it is given the features when it is trained.
        """
        rows = self.train if rows is None else rows
        fraud = self.dataset.fraud[rows] if fraud is None else fraud
        columns = np.arange(self.dataset.features.shape[1]) if columns is None else columns
        model = fit(settings, self.dataset.features[rows][:, columns], fraud)
        genuine = self.gap[~self.dataset.fraud[self.gap]]
        scores = model.probabilities(self.dataset.features[genuine][:, columns])
        golden = self.dataset.features[rows[:16]]
        return ModelBundle.create(
            model=to_onnx(model, len(columns)),
            contract=contract(),
            review_threshold=threshold_at_fpr(scores, 0.012),
            decline_threshold=threshold_at_fpr(scores, 0.002),
            reference=[0.0] * len(columns),
            golden_rows=golden,
            golden_probabilities=model.probabilities(golden),
            training={"train": told},
        )


def padded(bundle: ModelBundle, size: int) -> ModelBundle:
    """The same model in a file that is larger by so many bytes."""
    graph = onnx.load_from_string(bundle.model)
    ballast = helper.make_tensor("ballast", onnx.TensorProto.UINT8, [size], bytes(size), raw=True)
    graph.graph.initializer.append(ballast)
    return remade(bundle, model=graph.SerializeToString())


def with_rare_fraud(evidence: Evidence, rate: float) -> Evidence:
    """The same holdout with fewer of its frauds, about the share ``rate`` of its payments."""
    frauds = evidence.holdout[evidence.fraud]
    step = round(evidence.fraud.mean() / rate)
    left_out = np.delete(frauds, np.s_[::step])
    return replace(evidence, holdout=np.setdiff1d(evidence.holdout, left_out))


def moved(fraud: Flags, share: float) -> Flags:
    """A share of the frauds is of payments that nothing tells from others."""
    rng, result = np.random.default_rng(1), fraud.copy()
    rows = np.flatnonzero(fraud & (rng.random(len(fraud)) < share))
    result[rows] = False
    result[rng.choice(len(fraud), len(rows), replace=False)] = True
    return result


def refusals(report: GateReport) -> set[str]:
    """Names of the checks that refuse."""
    return {row.name for row in report.refusals}


def row_of(report: GateReport, name: str) -> Any:
    """The row of a check."""
    return next(row for row in report.rows if row.name == name)


def remade(bundle: ModelBundle, **changes: Any) -> ModelBundle:
    """A bundle with some of its parts replaced."""
    manifest = bundle.manifest
    parts: dict[str, Any] = {
        "model": bundle.model,
        "contract": contract(),
        "review_threshold": manifest.review_threshold,
        "decline_threshold": manifest.decline_threshold,
        "reference": bundle.reference.tolist(),
        "golden_rows": bundle.golden_rows,
        "golden_probabilities": bundle.golden_probabilities,
        "training": manifest.training,
    }
    return ModelBundle.create(**{**parts, **changes})

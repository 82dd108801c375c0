"""Exact TreeSHAP by XGBoost's own trees."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import xgboost as xgb

from hindsight.errors import UnexplainableError
from scorer.model.bundle import Calibration, ModelBundle

type Rows = npt.NDArray[np.float32]
type Numbers = npt.NDArray[np.float64]

UNCALIBRATED: Final = Calibration(slope=1.0, intercept=0.0)
TOLERANCE: Final = 1e-4
"""How far contributions may sum up beside the margin, in log odds."""


@dataclass(frozen=True, slots=True)
class Contributions:
    """What each feature added to the log odds of k payments.

    Args:
        base_value: float64 [k], the log odds without any feature.
        features: float32 [k, features], in the contract's order.
        margin: float64 [k], the log odds of the probability; predicted, not summed up.
    """

    base_value: Numbers
    features: Rows
    margin: Numbers

    @property
    def error(self) -> Numbers:
        """How far base value and contributions are from the margin, float64 [k]."""
        total = self.base_value + self.features.sum(axis=1, dtype=np.float64)
        return np.abs(total - self.margin)


class Trees:
    """The trees of one model version, ready to explain.

    Args:
        bundle: With XGBoost's native model.

    Raises:
        UnexplainableError: The bundle has none, or they are not those of its model.
    """

    def __init__(self, bundle: ModelBundle) -> None:
        if bundle.trees is None:
            raise UnexplainableError(
                f"its bundle has no XGBoost trees (it is a {bundle.manifest.estimator}): "
                "TreeSHAP needs the trees with their covers, which ONNX does not keep"
            )
        self._calibration = bundle.manifest.calibration or UNCALIBRATED
        self.contract_digest = bundle.manifest.contract_digest
        self._booster = xgb.Booster({"nthread": 1})
        try:
            self._booster.load_model(bytearray(bundle.trees))
        except xgb.core.XGBoostError as exc:
            raise UnexplainableError(f"XGBoost cannot read its trees: {exc}") from exc
        width = len(bundle.manifest.feature_names)
        if self._booster.num_features() != width:
            raise UnexplainableError(
                f"its trees take {self._booster.num_features()} features, the contract has {width}"
            )
        self._verify_golden_rows(bundle)

    def explain(self, rows: Rows) -> Contributions:
        """Exact path-dependent TreeSHAP (Lundberg et al. 2020) of each row.

        A calibration is a straight line over the margin: so the contributions stay exact under it.

        Args:
            rows: float32 [k, features], NaN for missing.
        """
        matrix = xgb.DMatrix(rows, missing=np.nan, nthread=1)
        found = self._booster.predict(matrix, pred_contribs=True)
        margin = self._booster.predict(matrix, output_margin=True)
        slope, intercept = self._calibration.slope, self._calibration.intercept
        return Contributions(
            base_value=slope * found[:, -1].astype(np.float64) + intercept,
            features=np.float32(slope) * found[:, :-1],
            margin=slope * margin.astype(np.float64) + intercept,
        )

    def _verify_golden_rows(self, bundle: ModelBundle) -> None:
        margin = self.explain(bundle.golden_rows).margin
        difference = np.abs(1 / (1 + np.exp(-margin)) - bundle.golden_probabilities).max()
        # Written so that a NaN anywhere fails.
        if not difference <= bundle.manifest.probability_tolerance:
            raise UnexplainableError(
                f"its trees give other probabilities than its model: by {difference:.1e}"
            )

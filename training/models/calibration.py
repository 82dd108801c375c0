"""From a model's margin, log odds by its own account, to a probability that can be believed.

Platt, Probabilistic Outputs for Support Vector Machines (1999): a logistic curve over the margin.
It keeps the order of payments, and folds into the exported graph.

>>> import numpy as np
>>> to_probabilities(np.array([0.0, 2.0]), Calibration(slope=1.0, intercept=-2.0)).tolist()[1]
0.5
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from scorer.model.bundle import Calibration
from training.datasets.dataset import Rows
from training.errors import CalibrationError


def fit_calibration(margins: npt.NDArray[Any], fraud: npt.NDArray[np.bool_]) -> Calibration:
    """The curve under which ``fraud`` is likeliest.

    Args:
        margins: float [n], of payments that the model has not seen.
        fraud: bool [n], with both values in it.

    Raises:
        CalibrationError: There is no curve: one outcome only, or frauds have the lesser margins.
    """
    if fraud.all() or not fraud.any():
        raise CalibrationError(
            f"{len(fraud)} payments with {fraud.sum()} frauds calibrate nothing; "
            "validate on more days, or do not calibrate"
        )
    curve = LogisticRegression(C=np.inf).fit(margins.astype(np.float64)[:, np.newaxis], fraud)
    slope, intercept = float(curve.coef_.item()), float(curve.intercept_.item())
    if not slope > 0:
        raise CalibrationError(
            f"the calibration has the slope {slope:.3g}: frauds have lesser margins "
            "than genuine payments on the validation days"
        )
    return Calibration(slope=slope, intercept=intercept)


def to_probabilities(margins: npt.NDArray[Any], calibration: Calibration) -> Rows:
    """Probabilities, float32 [n], of margins, float [n]."""
    curve = calibration.slope * margins.astype(np.float64) + calibration.intercept
    result: Rows = expit(curve).astype(np.float32)
    return result

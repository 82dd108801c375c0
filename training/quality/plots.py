"""Pictures of a model: what it finds, what it looks at, how its probabilities can be trusted."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from sklearn.metrics import precision_recall_curve

from training.models.threshold import Thresholds

MOST_FEATURES: Final = 20
CALIBRATION_BINS: Final = 12


def save_plots(
    folder: Path,
    fraud: npt.NDArray[np.bool_],
    probabilities: npt.NDArray[Any],
    thresholds: Thresholds,
    gains: Mapping[str, float],
) -> None:
    """Write ``precision_recall.png``, ``calibration.png`` and ``feature_importance.png``.

    Args:
        folder: Made if need be.
        fraud: bool [n].
        probabilities: float [n].
        thresholds: Marked on the precision-recall curve.
        gains: Feature -> share of the total gain, greatest first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    curve = _precision_recall(fraud, probabilities, thresholds)
    curve.savefig(folder / "precision_recall.png")
    _calibration(fraud, probabilities).savefig(folder / "calibration.png")
    _importance(gains).savefig(folder / "feature_importance.png")


def _precision_recall(
    fraud: npt.NDArray[np.bool_], probabilities: npt.NDArray[Any], thresholds: Thresholds
) -> Figure:
    figure, axes = _figure("Precision and recall", "recall", "precision")
    precision, recall, cuts = precision_recall_curve(fraud, probabilities, drop_intermediate=True)
    axes.step(recall, precision, where="post")
    for name, threshold in (("review", thresholds.review), ("decline", thresholds.decline)):
        at = min(int(np.searchsorted(cuts, threshold)), len(cuts) - 1)
        axes.plot(recall[at], precision[at], "o", label=f"{name} from {threshold:.3f}")
    axes.set_ylim(0, 1.02)
    axes.legend()
    return figure


def _calibration(fraud: npt.NDArray[np.bool_], probabilities: npt.NDArray[Any]) -> Figure:
    figure, axes = _figure("Calibration", "mean probability", "share of frauds")
    edges = np.geomspace(1e-4, 1.0, CALIBRATION_BINS + 1)
    of_bin = np.clip(np.digitize(probabilities, edges), 1, CALIBRATION_BINS)
    bins = [of_bin == number for number in np.unique(of_bin)]
    said = [float(probabilities[members].mean()) for members in bins]
    found = [float(fraud[members].mean()) for members in bins]
    axes.plot([1e-4, 1], [1e-4, 1], "--", color="grey")
    axes.plot(said, found, "o-")
    axes.set_xscale("log")
    axes.set_yscale("symlog", linthresh=1e-4)
    return figure


def _importance(gains: Mapping[str, float]) -> Figure:
    figure, axes = _figure("Feature importance", "share of the total gain", "")
    shown = list(gains.items())[:MOST_FEATURES][::-1]
    axes.barh([name for name, _ in shown], [gain for _, gain in shown])
    return figure


def _figure(title: str, x_label: str, y_label: str) -> tuple[Figure, Any]:
    """A figure of its own canvas: pyplot keeps global state and looks for a display."""
    figure = Figure(figsize=(7, 5), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set(title=title, xlabel=x_label, ylabel=y_label)
    axes.grid(alpha=0.3)
    return figure, axes

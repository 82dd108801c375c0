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
THRESHOLD_STEPS: Final = 400
LEAST: Final = 1e-4
"""Where the axes of probabilities begin."""
FILES: Final = (
    "precision_recall.png",
    "threshold_curve.png",
    "calibration.png",
    "feature_importance.png",
)


def save_plots(
    folder: Path,
    fraud: npt.NDArray[np.bool_],
    probabilities: npt.NDArray[Any],
    thresholds: Thresholds,
    gains: Mapping[str, float],
) -> None:
    """Write the pictures of :data:`FILES`.

    Args:
        folder: Made if need be.
        fraud: bool [n].
        probabilities: float [n].
        thresholds: Marked on the precision-recall curve.
        gains: Feature -> share of the total gain, greatest first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    figures = (
        _precision_recall(fraud, probabilities, thresholds),
        _thresholds(fraud, probabilities, thresholds),
        _calibration(fraud, probabilities),
        _importance(gains),
    )
    for name, figure in zip(FILES, figures, strict=True):
        figure.savefig(folder / name)


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


def _thresholds(
    fraud: npt.NDArray[np.bool_], probabilities: npt.NDArray[Any], thresholds: Thresholds
) -> Figure:
    """What moving a threshold would do."""
    figure, axes = _figure("Thresholds", "probability from which a payment is stopped", "share")
    cuts = np.geomspace(LEAST, 1.0, THRESHOLD_STEPS)
    flagged = np.array([_share_from(cuts, probabilities[group]) for group in (fraud, ~fraud)])
    counts = flagged * [[fraud.sum()], [(~fraud).sum()]]
    axes.plot(cuts, flagged[0], label="recall")
    axes.plot(cuts, counts[0] / np.maximum(counts.sum(axis=0), 1), label="precision")
    axes.plot(cuts, flagged[1], label="false-positive rate")
    for name, threshold in (("review", thresholds.review), ("decline", thresholds.decline)):
        axes.axvline(threshold, color="grey", linestyle="--")
        axes.annotate(name, (threshold, 1.0), rotation=90, va="top", ha="right")
    axes.set_xscale("log")
    axes.set_ylim(0, 1.02)
    axes.legend(loc="center left")
    return figure


def _share_from(cuts: npt.NDArray[Any], probabilities: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Share of payments at or above each cut, float64 [cuts]."""
    below = np.searchsorted(np.sort(probabilities.astype(np.float64)), cuts, side="left")
    return 1 - below / len(probabilities)


def _calibration(fraud: npt.NDArray[np.bool_], probabilities: npt.NDArray[Any]) -> Figure:
    figure, axes = _figure("Calibration", "mean probability", "share of frauds")
    edges = np.geomspace(LEAST, 1.0, CALIBRATION_BINS + 1)
    of_bin = np.clip(np.digitize(probabilities, edges), 1, CALIBRATION_BINS)
    bins = [of_bin == number for number in np.unique(of_bin)]
    said = [float(probabilities[members].mean()) for members in bins]
    found = [float(fraud[members].mean()) for members in bins]
    axes.plot([LEAST, 1], [LEAST, 1], "--", color="grey")
    axes.plot(said, found, "o-")
    axes.set_xscale("log")
    axes.set_yscale("symlog", linthresh=LEAST)
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

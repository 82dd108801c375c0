"""Runs drawn over each other: precision and recall, and what each model looks at."""

import io
from collections.abc import Mapping
from typing import Any, Final

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from pydantic import ValidationError

from training.quality.curves import FILE, Curves
from training.registry.server import RegistryServer
from training.registry.versions import Version

MOST_FEATURES: Final = 12
PLOTS: Final = "plots"


def curves_of(server: RegistryServer, version: Version) -> Curves | None:
    """The curves that a version's run left; None where it left none.

    Raises:
        RegistrationError: The registry cannot be asked.
    """
    content = server.artifact(version.run_id, f"{PLOTS}/{FILE}")
    try:
        return None if content is None else Curves.model_validate_json(content)
    except ValidationError:
        return None


def overlay(curves: Mapping[str, Curves]) -> str:
    """Both pictures as SVG.

    Args:
        curves: By name of the version; not empty.
    """
    figure = Figure(figsize=(12, 5), layout="constrained")
    FigureCanvasSVG(figure)
    left, right = figure.subplots(1, 2)
    _precision_recall(left, curves)
    _importance(right, curves)
    return to_svg(figure)


def to_svg(figure: Figure) -> str:
    """A figure as an element of a page."""
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None})
    return drawn.getvalue().partition("<!DOCTYPE")[2].partition(">")[2]


def _precision_recall(axes: Any, curves: Mapping[str, Curves]) -> None:
    axes.set(title="Precision and recall", xlabel="recall", ylabel="precision", ylim=(0, 1.02))
    for name, each in curves.items():
        axes.step(each.recall, each.precision, where="post", label=name)
    axes.grid(alpha=0.3)
    axes.legend()


def _importance(axes: Any, curves: Mapping[str, Curves]) -> None:
    """The features that weigh most in any of them."""
    axes.set(title="Feature importance", xlabel="share of the total gain")
    most = {feature: 0.0 for each in curves.values() for feature in each.gains}
    for each in curves.values():
        most |= {name: max(gain, most[name]) for name, gain in each.gains.items()}
    shown = sorted(most, key=lambda name: most[name])[-MOST_FEATURES:]
    height = 0.8 / len(curves)
    for place, (name, each) in enumerate(curves.items()):
        # The first on top, as in the legend.
        at = [row + ((len(curves) - 1) / 2 - place) * height for row in range(len(shown))]
        axes.barh(at, [each.gains.get(feature, 0.0) for feature in shown], height, label=name)
    axes.set_yticks(range(len(shown)), shown)
    axes.legend()

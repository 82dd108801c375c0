"""Draws results of the load benchmark as SVG; equal results give equal files."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.load.case import Edge, Load

if TYPE_CHECKING:
    from matplotlib.axes import Axes

type Json = dict[str, Any]


def draw_stages(result: Json, path: Path) -> None:
    """Where the mean microsecond of a score goes, stacked, by edge.

    In the closed loop: elsewhere most of a mean is waiting for other calls.
    """
    summaries = [each for each in result["summaries"] if Load(**each["load"]).is_in_order]
    axes = _axes("mean microseconds of a score, closed loop", len(summaries))
    names = [Edge(**each["edge"]).name for each in summaries]
    left = [0.0] * len(summaries)
    for stage in summaries[0]["means"]:
        widths = [each["means"][stage] for each in summaries]
        axes.barh(names, widths, left=left, label=stage)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    _finish(axes, path)


def draw_latency(result: Json, path: Path) -> None:
    """P50 and P99 of ping and score, by load, with the range of the repeats; the chosen edge."""
    summaries = _chosen(result)
    axes = _axes("microseconds from the intended send time", len(summaries) * 2)
    names = [Load(**each["load"]).name for each in summaries]
    for number, figure in enumerate(("ping_p50_us", "score_p50_us", "ping_p99_us", "score_p99_us")):
        spreads = [each["figures"][figure] for each in summaries]
        middles = [each["median"] for each in spreads]
        reach = [
            [each["median"] - each["low"] for each in spreads],
            [each["high"] - each["median"] for each in spreads],
        ]
        places = [place + 0.2 * number - 0.3 for place in range(len(names))]
        label = figure.removesuffix("_us").replace("_p", " P")
        axes.barh(places, middles, height=0.18, xerr=reach, label=label)
    axes.set_yticks(range(len(names)), names)
    axes.set_xscale("log")
    _finish(axes, path)


def _chosen(result: Json) -> list[Json]:
    return [each for each in result["summaries"] if each["edge"] == result["chosen"]]


def _axes(label: str, bars: int) -> "Axes":
    # Imported here: a second that only those pay who draw.
    from matplotlib.figure import Figure

    axes: Axes = Figure(figsize=(9, 1.2 + 0.45 * bars), layout="constrained").subplots()
    axes.set_xlabel(label)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _finish(axes: "Axes", path: Path) -> None:
    import matplotlib as mpl

    axes.invert_yaxis()
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "fraud"}):
        axes.get_figure().savefig(path, format="svg", metadata={"Date": None})  # type: ignore[union-attr]
    # One space at the ends of lines would be another file to some editors.
    path.write_text("\n".join(line.rstrip() for line in path.read_text().splitlines()) + "\n")

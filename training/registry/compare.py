"""Versions side by side, as one page that needs nothing but a browser."""

import base64
from collections.abc import Sequence
from html import escape
from pathlib import PurePath
from typing import Final

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from training.registry.overlay import PLOTS, curves_of, overlay, to_svg
from training.registry.server import RegistryServer
from training.registry.versions import Version

PICTURES: Final = {".png": "image/png", ".svg": "image/svg+xml"}
SCORES: Final = ("review_f1", "decline_f1", "average_precision", "roc_auc", "review_recall")
STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid #8884; padding: .25rem .75rem; text-align: left }
td:not(:first-child) { font-variant-numeric: tabular-nums }
.best { font-weight: 600 } .side { display: flex; gap: 1rem } .side > * { flex: 1; min-width: 0 }
img, svg { height: auto; max-width: 100% }
"""
# Of these less is better; of what is in neither list, neither is.
LESS: Final = ("false_positive_rate", "calibration_error", "brier", "log_loss", "latency")
MORE: Final = ("precision", "recall", "f1", "auc", "average_precision")


def metric_names(versions: Sequence[Version]) -> list[str]:
    """Every metric that any of the versions has, sorted."""
    return sorted({name for version in versions for name in version.metrics})


def best_of(name: str, versions: Sequence[Version]) -> float | None:
    """The best value of a metric; None where it cannot be said, or where all are the same.

    Intervals and thresholds are not better one way or the other.
    """
    values = [each.metrics[name] for each in versions if name in each.metrics]
    if len(set(values)) < 2 or name.endswith(("_low", "_high", "_threshold")):
        return None
    if any(part in name for part in LESS):
        return min(values)
    return max(values) if any(part in name for part in MORE) else None


def page_of(server: RegistryServer, versions: Sequence[Version]) -> str:
    """The page: scores as bars, curves over each other, the runs' own pictures, all figures.

    Raises:
        RegistrationError: The registry cannot be asked.
    """
    title = " and ".join(f"version {each.number}" for each in versions)
    parts = [
        f"<h1>{escape(server.model_name)}: {escape(title)}</h1>",
        _svg(versions),
        _overlay(server, versions),
        _pictures(server, versions),
        "<h2>Metrics</h2>",
        _metrics(versions),
        "<h2>Parameters that differ</h2>",
        _params(versions),
    ]
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return f"<!doctype html><html lang=en><head>{head}</head><body>{''.join(parts)}</body></html>"


def _svg(versions: Sequence[Version]) -> str:
    """Bars of the scores that everybody asks for first."""
    names = [name for name in SCORES if any(name in each.metrics for each in versions)]
    if not names:
        return ""
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    width = 0.8 / len(versions)
    for place, version in enumerate(versions):
        at = [index + (place - (len(versions) - 1) / 2) * width for index in range(len(names))]
        values = [version.metrics.get(name, 0.0) for name in names]
        bars = axes.bar(at, values, width, label=f"version {version.number}")
        axes.bar_label(bars, fmt="%.3f", fontsize=8)
    axes.set_xticks(range(len(names)), [name.replace("_", " ") for name in names])
    axes.set_ylim(0, 1.1)
    axes.legend()
    return to_svg(figure)


def _overlay(server: RegistryServer, versions: Sequence[Version]) -> str:
    """The curves of all versions that have some, in one picture; the others are named."""
    found = {f"version {each.number}": curves_of(server, each) for each in versions}
    drawn = {name: curves for name, curves in found.items() if curves is not None}
    without = ", ".join(name for name, curves in found.items() if curves is None)
    remark = f"<p>Without curves: {escape(without)}.</p>" if without else ""
    return (f"<h2>Curves</h2>{overlay(drawn)}" if drawn else "") + remark


def _pictures(server: RegistryServer, versions: Sequence[Version]) -> str:
    """The pictures of the runs, those of one name beside each other."""
    of_version = [
        {PurePath(path).name: path for path in server.artifacts(each.run_id, PLOTS)}
        for each in versions
    ]
    parts = []
    for name in sorted(set().union(*of_version)):
        if PurePath(name).suffix not in PICTURES:
            continue
        cells = [
            _picture(server, version, paths.get(name))
            for version, paths in zip(versions, of_version, strict=True)
        ]
        told = PurePath(name).stem.replace("_", " ").capitalize()
        parts.append(f"<h2>{escape(told)}</h2><div class=side>{''.join(cells)}</div>")
    return "".join(parts)


def _picture(server: RegistryServer, version: Version, path: str | None) -> str:
    content = None if path is None else server.artifact(version.run_id, path)
    caption = f"<figcaption>version {escape(version.number)}</figcaption>"
    if path is None or content is None:
        return f"<figure>{caption}none</figure>"
    kind, data = PICTURES[PurePath(path).suffix], base64.b64encode(content).decode()
    return f'<figure>{caption}<img alt="" src="data:{kind};base64,{data}"></figure>'


def _metrics(versions: Sequence[Version]) -> str:
    rows = []
    for name in metric_names(versions):
        best = best_of(name, versions)
        cells = [_cell(each.metrics.get(name), best) for each in versions]
        rows.append(f"<tr><td>{escape(name)}</td>{''.join(cells)}</tr>")
    return _table(versions, rows)


def _params(versions: Sequence[Version]) -> str:
    names = sorted({name for version in versions for name in version.params})
    rows = []
    for name in names:
        values = [each.params.get(name, "") for each in versions]
        if len(set(values)) > 1:
            cells = "".join(f"<td>{escape(value)}</td>" for value in values)
            rows.append(f"<tr><td>{escape(name)}</td>{cells}</tr>")
    return _table(versions, rows) if rows else "<p>None.</p>"


def _cell(value: float | None, best: float | None) -> str:
    if value is None:
        return "<td></td>"
    mark = " class=best" if value == best else ""
    return f"<td{mark}>{value:.6g}</td>"


def _table(versions: Sequence[Version], rows: Sequence[str]) -> str:
    heads = "".join(
        f"<th>version {escape(each.number)} {escape(' '.join(each.aliases))}</th>"
        for each in versions
    )
    return f"<table><tr><th></th>{heads}</tr>{''.join(rows)}</table>"

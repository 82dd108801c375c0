"""Reports as one page that needs nothing but a browser."""

from collections.abc import Sequence
from html import escape
from typing import Final

from training.drift.report import DriftReport, Measure
from training.drift.store import KeptReport

STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem }
table { border-collapse: collapse } .scroll { overflow-x: auto }
th, td { border-bottom: 1px solid #8884; padding: .2rem .6rem; text-align: left }
td { font-variant-numeric: tabular-nums } .drifted { background: #c0392b; color: #fff }
.stable { color: #2e7d32 }
"""


def page_of(model_name: str, reports: Sequence[KeptReport]) -> str:
    """The page: the newest report in full, and beside it what each subject did before.

    Args:
        model_name: Of the registered model.
        reports: The newest first; at least one.
    """
    newest, title = reports[0].report, f"Drift of {model_name}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        _verdict(newest),
        "<h2>Measures of the newest window</h2>",
        _measures(newest),
        "<h2>Windows</h2>",
        "<p>Each cell is how far a subject was from the reference; red where it drifted.</p>",
        _history(reports),
    ]
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return f"<!doctype html><html lang=en><head>{head}</head><body>{''.join(parts)}</body></html>"


def _verdict(report: DriftReport) -> str:
    names = ", ".join(each.subject for each in report.drifts) or "nothing"
    kind = "drifted" if report.drifted else "stable"
    return (
        f"<p>Version {escape(report.model_version)}, {report.window_start:%Y-%m-%d %H:%M} to "
        f"{report.window_end:%Y-%m-%d %H:%M} UTC, {report.payments:,} payments: "
        f"<b class={kind}>{escape(names)} drifted</b></p>"
    )


def _measures(report: DriftReport) -> str:
    heads = ("subject", "test", "found", "counts from", "p", "adjusted p")
    rows = "".join(_row(each) for each in report.measures)
    return f"<table><tr>{''.join(f'<th>{each}</th>' for each in heads)}</tr>{rows}</table>"


def _row(measure: Measure) -> str:
    kind = " class=drifted" if measure.drifted else ""
    values = (
        escape(measure.subject),
        escape(measure.test),
        f"{measure.statistic:.3f}",
        f"{measure.threshold:g}",
        f"{measure.p_value:.2g}",
        f"{measure.adjusted_p_value:.2g}",
    )
    return f"<tr{kind}>{''.join(f'<td>{each}</td>' for each in values)}</tr>"


def _history(reports: Sequence[KeptReport]) -> str:
    heads = "".join(
        f"<th>{each.report.window_end:%m-%d %H:%M}<br>v{escape(each.report.model_version)}</th>"
        for each in reports
    )
    of_window = [{each.subject: each for each in kept.report.measures} for kept in reports]
    subjects = [each.subject for each in reports[0].report.measures]
    subjects += sorted({name for found in of_window for name in found} - set(subjects))
    rows = "".join(
        f"<tr><td>{escape(name)}</td>{''.join(_cell(found.get(name)) for found in of_window)}</tr>"
        for name in subjects
    )
    return f"<div class=scroll><table><tr><th>until</th>{heads}</tr>{rows}</table></div>"


def _cell(measure: Measure | None) -> str:
    if measure is None:
        return "<td></td>"
    kind = " class=drifted" if measure.drifted else ""
    return f"<td{kind}>{measure.statistic:.3f}</td>"

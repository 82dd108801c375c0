"""The demo's one table, and the payment that it explains."""

from collections.abc import Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table

from features_rs import contract
from fraud.demo.check import Check
from fraud.demo.outcome import Outcome
from fraud.loadgen import LoadReport, Percentiles
from fraud.v1.records_pb2 import Prediction

SHOWN_FEATURES = 3


def report_table(report: LoadReport, outcome: Outcome, checks: Sequence[Check]) -> Table:
    """Everything that was measured, and whether it is as it should be."""
    table = Table(title="Live scoring", title_justify="left", show_header=False)
    table.add_column(style="bold")
    table.add_column()
    for name, value in _figures(report, outcome):
        table.add_row(name, value)
    table.add_section()
    for check in checks:
        mark = "[green]ok[/]" if check.holds else "[bold red]FAILED[/]"
        table.add_row(check.claim, f"{mark}  {check.seen}")
    return table


def _figures(report: LoadReport, outcome: Outcome) -> list[tuple[str, RenderableType]]:
    score = report.score
    total = next(stage for stage in report.server_timing if stage.name == "total")
    return [
        ("calls", f"{score.sent:,} at {score.answered_per_s:.0f}/s, {score.failed} errors"),
        ("latency of Score, P50 / P99 / P99.9", _milliseconds(score.latency)),
        ("of a null RPC beside it", _milliseconds(report.ping.latency)),
        ("inside the server", _milliseconds(total)),
        ("decisions", _counts(outcome.decisions)),
        ("frauds caught", _counts(outcome.caught)),
        ("frauds missed", _counts(outcome.missed)),
    ]


def _milliseconds(latency: Percentiles) -> str:
    values = (latency.p50_us, latency.p99_us, latency.p999_us)
    return " / ".join(f"{value / 1000:.2f}" for value in values) + " ms"


def _counts(counts: Mapping[str, int]) -> str:
    named = (f"{name.replace('_', ' ')} {count:,}" for name, count in sorted(counts.items()))
    return ", ".join(named) or "none"


def explanation(
    prediction: Prediction, reference: Sequence[float | None], kind: str | None
) -> Group:
    """Why a payment was declined: each reason with the features behind it."""
    payment, response = prediction.transaction, prediction.response
    amount = f"{payment.amount_minor:,} minor units of {payment.currency}"
    header = (
        f"[bold]{payment.transaction_id}[/], {amount} by {payment.account_id} to "
        f"{payment.merchant_id}: [bold red]declined[/] by version {response.model_version} with "
        f"probability {response.probability:.3f} (declines from {prediction.decline_threshold:.3f})"
        f"; in truth {(kind or 'genuine').replace('_', ' ')}"
    )
    table = Table("Reason", "Weight", "Feature", "Value", "Ordinary", title_justify="left")
    for reason in response.reasons:
        lines = _features_behind(reason.code, prediction.features, reference)
        for place, (name, value, ordinary) in enumerate(lines):
            head = (reason.code, f"{reason.weight:.3f}") if place == 0 else ("", "")
            table.add_row(*head, name, value, ordinary)
    return Group(header, table)


def _features_behind(
    code: str, values: Sequence[float], reference: Sequence[float | None]
) -> list[tuple[str, str, str]]:
    """The features of a reason that are furthest from what is ordinary, as text."""
    rows = [
        (feature.name, value, float("nan") if ordinary is None else ordinary)
        for feature, value, ordinary in zip(contract().features, values, reference, strict=True)
        if feature.reason_code == code and value == value
    ]
    rows.sort(key=lambda row: -_distance(row[1], row[2]))
    return [(name, _plain(v), _plain(o)) for name, v, o in rows[:SHOWN_FEATURES]]


def _plain(value: float) -> str:
    """A number as people write it; "none" for NaN."""
    return "none" if value != value else f"{value:,.2f}".rstrip("0").rstrip(".")


def _distance(value: float, ordinary: float) -> float:
    if ordinary != ordinary:
        return 1.0
    return abs(value - ordinary) / (abs(value) + abs(ordinary) or 1.0)


def next_commands(console: Console, home: str) -> None:
    """How to go on from what the demo left."""
    console.print("\n[bold]Go on from here[/] (all of it is kept):")
    for command, purpose in (
        ("fraud serve --local", "serve this model and state again, with registry and recorder"),
        ("fraud status", "what runs, and how far it is"),
        (f"fraud load --payments {home}/live.requests --id-prefix again-", "send the payments"),
        (f"fraud train --data {home}/history", "train another version"),
    ):
        console.print(
            f"  FRAUD_HOME={home} .venv/bin/{command}   [dim]# {purpose}[/]", soft_wrap=True
        )

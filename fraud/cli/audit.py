"""``fraud audit``: which version decided a payment, why it was there, and why it said so."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from fraud.cli.errors import CommandError
from fraud.cli.recorded import recorded
from fraud.settings import load_settings
from hindsight.errors import UnreplayableError
from hindsight.reports.audit import Audit, find_audit
from hindsight.reports.standing import Standing
from scorer.recorder.ledger_entry import LedgerEntry

app = typer.Typer(add_completion=False)


@app.command()
def audit(
    transaction_id: Annotated[str, typer.Argument(help="Of the payment.")],
    features: Annotated[int, typer.Option(min=0, help="How many features are listed.")] = 12,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, as JSON.")] = False,
) -> None:
    """Print a payment, its decision and reasons, and how the version came to decide."""
    with recorded() as dsn:
        try:
            found = find_audit(dsn, load_settings().registry.model_name, transaction_id)
        except UnreplayableError as exc:
            raise CommandError(f"Failed to audit `{transaction_id}`: {exc}") from exc
    if as_json:
        typer.echo(json.dumps(_plain(asdict(found)), indent=2))
        return
    # Without markup: what people typed as a reason is printed as it is.
    tell(Console(soft_wrap=True, markup=False), found, features)


def tell(console: Console, found: Audit, features: int) -> None:
    """Print it for a person."""
    console.print(_facts("payment", {name: str(value) for name, value in found.payment.items()}))
    console.print(_facts("decision", _decision(found)))
    console.print(_reasons(found))
    console.print(_features(found, features))
    console.print(_labels(found))
    _tell_standing(console, found)
    if found.altered:
        console.print(
            f"altered: {', '.join(found.altered)}; `fraud replay` says what was written",
            style="bold red",
        )


def _decision(found: Audit) -> dict[str, str]:
    policy, names = found.policy, [("degraded", found.degraded), ("late", found.late)]
    return {
        "decision": found.decision,
        "probability": f"{found.probability:.6f} (risk score {found.risk_score})",
        "decided": f"{found.decided_at:%Y-%m-%d %H:%M:%S.%f} UTC",
        "variant": found.variant,
        "version": found.model_version,
        "model": found.model_digest or "none, the rules decided",
        "contract": found.contract_digest,
        "policy": f"review from {policy.review_threshold:.6g}, "
        f"decline from {policy.decline_threshold:.6g}"
        + (f", by {policy.rules}" if policy.rules else ""),
        "flags": " ".join(name for name, is_set in names if is_set) or "none",
    }


def _reasons(found: Audit) -> Table:
    table = Table("reason", "weight", "for an analyst", "for the cardholder's bank")
    for each in found.reasons:
        table.add_row(each.code, f"{each.weight:.4f}", each.text.analyst, each.text.bank)
    if not found.reasons:
        table.add_row("none", "", "", "")
    return table


def _features(found: Audit, limit: int) -> Table:
    table = Table("feature", "value", "log odds")
    for each in found.features[:limit]:
        value = "missing" if math.isnan(each.value) else f"{each.value:,.6g}"
        table.add_row(each.name, value, "" if each.added is None else f"{each.added:+.3f}")
    rest = len(found.features) - limit
    if rest > 0:
        table.add_row(f"({rest} others, see --features)", "", "", style="dim")
    if found.unexplained is not None:
        table.caption = f"not explained: {found.unexplained}"
    return table


def _labels(found: Audit) -> Table:
    table = Table("label known", "fraud", "kind", "happened", "source", "recorded")
    for each in found.labels:
        said = "fraud" if each.fraud else "genuine"
        known, recorded_at = _time(each.known_at), _time(each.recorded_at)
        table.add_row(known, said, each.kind, _time(each.happened_at), each.source, recorded_at)
    if not found.labels:
        table.add_row("none yet", "", "", "", "", "")
    return table


def _tell_standing(console: Console, found: Audit) -> None:
    standing = found.standing
    if standing.remark is not None:
        console.print(f"how it came to decide: {standing.remark}")
    if (placed := standing.placed) is not None:
        console.print(
            f"version {found.model_version} became {found.variant} on {_time(placed.changed_at)} "
            f"by {placed.changed_by}, in place of {placed.old_value or 'nothing'}: {placed.reason}"
        )
        console.print(f"gate: {gate_words(placed.gate_report)}")
    console.print(_ledger(standing))


def gate_words(report: Any) -> str:
    """What the gate said, in a line.

    >>> gate_words({"rows": [{"name": "recall", "verdict": "passed"}]})
    'passed (1 checks)'
    """
    if not isinstance(report, dict):
        return "no report"
    rows = report.get("rows", [])
    refusals = [f"{row['name']}: {row['detail']}" for row in rows if row["verdict"] == "refused"]
    return "; ".join(refusals) if refusals else f"passed ({len(rows)} checks)"


def _ledger(standing: Standing) -> Table:
    traffic = [] if standing.traffic is None else [standing.traffic]
    rows: Sequence[LedgerEntry] = [*standing.history, *traffic, *standing.policy]
    table = Table("when", "what", "from", "to", "who", "why", title="ledger, up to the decision")
    for each in rows:
        what, old, new = f"{each.subject} {each.subject_name}", each.old_value, each.new_value
        when = _time(each.changed_at)
        table.add_row(when, what, old or "-", new or "-", each.changed_by, each.reason)
    return table


def _facts(title: str, facts: dict[str, str]) -> Table:
    table = Table(show_header=False, title=title, title_justify="left")
    for name, value in facts.items():
        table.add_row(name, value)
    return table


def _time(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"


def _plain(value: Any) -> Any:
    """As JSON has it: times in ISO 8601, null for NaN."""
    match value:
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case datetime():
            return value.isoformat()
        case float() if math.isnan(value):
            return None
        case _:
            return value

"""A model card: what a model is for, how good it is and where it is not, for whoever relies on it.

The headings are those of Mitchell et al., Model Cards for Model Reporting (2019); every figure is
the report's own.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from training.environment import Environment
from training.quality.groups import Caught
from training.report import TrainingReport

MOST_FEATURES: Final = 10
INTERVALS: Final = {
    "average_precision": "average precision",
    "roc_auc": "ROC AUC",
    "card_precision_100": "card precision, 100 cards a day",
    "recall_at_0.1_percent_fpr": "recall at 0.1% false positives",
    "recall_at_0.5_percent_fpr": "recall at 0.5% false positives",
    "recall_at_1.0_percent_fpr": "recall at 1% false positives",
    "recall_at_2.0_percent_fpr": "recall at 2% false positives",
    "review_precision": "precision of review",
    "review_recall": "recall of review",
    "review_f1": "F1 of review",
    "review_false_positive_rate": "false-positive rate of review",
    "decline_precision": "precision of decline",
    "decline_recall": "recall of decline",
    "decline_f1": "F1 of decline",
    "decline_false_positive_rate": "false-positive rate of decline",
}
INTENDED: Final = """\
Scores a card payment before it is authorised; the caller approves, reviews or declines by the two
thresholds below. For people who answer for payments: analysts, and engineers of the scorer.

Not for: judging a person or an account as such, credit decisions, payments whose features another
contract computed, or a decline that nobody can appeal."""
ETHICS: Final = """\
- No feature names a person, an origin or a gender. Country, distance and hour may stand in for
  them: look at false positives by region before the thresholds are lowered.
- A false positive stops an honest customer. The share of them is what the thresholds are set by.
- Accounts and merchants are pseudonyms; the card and its plots hold totals alone."""


def model_card(report: TrainingReport, environment: Environment) -> str:
    """The card of a run, Markdown.

    Args:
        report: The run's.
        environment: What it ran in.
    """
    sections = {
        "Model details": _details(report, environment),
        "Intended use": [INTENDED],
        "Factors": _factors(report),
        "Metrics": _metrics(report),
        "Evaluation data": _evaluation_data(report),
        "Training data": _training_data(report),
        "Quantitative analyses": _analyses(report),
        "Ethical considerations": [ETHICS],
        "Caveats and recommendations": _caveats(report),
    }
    parts = ["# Model card: fraud"]
    for title, lines in sections.items():
        parts += [f"## {title}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _details(report: TrainingReport, environment: Environment) -> Iterator[str]:
    manifest = report.bundle.manifest
    parameters = report.config.parameters.model_dump()
    told = ", ".join(f"{name} {value}" for name, value in parameters.items())
    curve = manifest.calibration
    yield f"- Estimator: {manifest.estimator}, {manifest.training['n_estimators']} trees ({told})"
    yield f"- Probabilities: {'as the trees give them' if curve is None else _curve(report)}"
    yield f"- Thresholds: review from {manifest.review_threshold:.6f},"
    yield f"  decline from {manifest.decline_threshold:.6f}"
    yield f"- Made: {manifest.created_at:%Y-%m-%d %H:%M} UTC, commit {manifest.training['commit']}"
    yield f"- Model SHA-256: {manifest.model_sha256}"
    yield f"- Feature contract: {manifest.contract_digest}, {len(manifest.feature_names)} features"
    yield f"- Environment lock SHA-256: {environment.lock_sha256}"


def _curve(report: TrainingReport) -> str:
    curve = report.bundle.manifest.calibration
    assert curve is not None
    return f"sigmoid({curve.slope:.4f} * margin + {curve.intercept:.4f}), fitted after the trees"


def _factors(report: TrainingReport) -> Iterator[str]:
    kinds = ", ".join(kind.replace("_", " ") for kind in report.metrics.by_kind)
    yield "Measured apart, since a good average can hide a bad part:"
    yield f"kinds of fraud ({kinds}) and bands of amount in the base currency."


def _metrics(report: TrainingReport) -> Iterator[str]:
    yield "Average precision and recall at stated false-positive rates, because frauds are rare and"
    yield "honest customers are what a budget is set in; card precision, because analysts look at"
    yield "cards; expected calibration error and Brier score, because thresholds are probabilities."
    yield "Intervals are 95%, from a bootstrap within frauds and within genuine payments (of cards"
    yield "for card precision). Of genuine payments, as measured on the last days of training,"
    yield f"{report.config.review_fpr:.2%} may be reviewed or declined"
    yield f"and {report.config.decline_fpr:.2%} declined."


def _evaluation_data(report: TrainingReport) -> Iterator[str]:
    metrics = report.metrics
    share = metrics.frauds / metrics.payments
    yield f"{metrics.payments:,} payments of {report.split.plan.test}"
    yield f"with {metrics.frauds:,} frauds ({share:.2%}), by what they turned out to be."
    yield "Nothing of these days was learned from."
    if report.config.remove_known_accounts:
        yield "Accounts already known as defrauded are left out."


def _training_data(report: TrainingReport) -> Iterator[str]:
    plan, sides = report.split.plan, report.split
    yield f"{len(sides.train):,} payments of {plan.train}"
    yield f"with {int(sides.train_fraud.sum()):,} frauds, as they were known at"
    yield f"{plan.cut_off:%Y-%m-%d %H:%M} UTC: one that nobody had reported by then counts as"
    yield f"genuine. Data set {report.dataset_id}."


def _analyses(report: TrainingReport) -> Iterator[str]:
    metrics, flat = report.metrics, report.metrics.flat()
    yield from ("| figure | value | 95% interval |", "|---|---|---|")
    for name, told in INTERVALS.items():
        within = metrics.intervals[name]
        yield f"| {told} | {flat[name]:.4f} | {within.low:.4f} to {within.high:.4f} |"
    yield f"| expected calibration error | {metrics.calibration.expected_error:.4f} | |"
    yield f"| Brier score | {metrics.calibration.brier:.5f} | |"
    yield f"| frauds told of per fraud | {metrics.calibration.told:.3f} | |"
    yield from ("", "| group | frauds | reviewed or declined | recall |", "|---|---|---|---|")
    bands = {f"amount {band}": caught for band, caught in metrics.by_amount.items()}
    yield from _groups({**metrics.by_kind, **bands})
    yield from ("", "| feature | share of what the trees gained |", "|---|---|")
    for name, gain in list(report.gains.items())[:MOST_FEATURES]:
        yield f"| {name} | {gain:.1%} |"


def _groups(groups: Mapping[str, Caught]) -> Iterator[str]:
    for name, caught in groups.items():
        told = name.replace("_", " ")
        yield f"| {told} | {caught.frauds:,} | {caught.caught:,} | {caught.recall:.1%} |"


def _caveats(report: TrainingReport) -> Iterator[str]:
    parity = report.parity
    yield f"- The exported model scores as the trained one within {parity.greatest_difference:.1e}"
    yield f"  over {parity.rows:,} rows, {parity.rows_with_missing:,} of them with missing values."
    yield "- Where payments are simulated, so are these figures: real cards will give other ones."
    yield "- Frauds that nobody had reported at the moment of training are told of too rarely."
    yield "- Watch drift, and train again when it alarms: fraudsters adapt to what declines them."

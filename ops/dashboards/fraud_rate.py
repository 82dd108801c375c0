"""Whether fraud is under way."""

from ops.dashboards.spec import Dashboard, Panel, Query, Unit

PREDICTIONS = "fraud_scorer_predictions_total"
STOPPED = '{decision!="approve"}'
VERSION = "variant, model_version"

FRAUD_RATE = Dashboard(
    uid="fraud-rate",
    title="Fraud rate",
    question="Is fraud under way, and do we stop it?",
    panels=(
        Panel(
            "Payments stopped, over five minutes",
            "The share of payments that were reviewed or declined. Above the dashed line somebody "
            "is woken: see the runbook fraud-rate-spike.",
            Unit.RATIO,
            (
                Query("fraud:stopped:ratio_rate5m", "stopped"),
                Query("threshold:stopped_ratio_most", "alert", is_threshold=True),
            ),
            width=18,
        ),
        Panel(
            "Stopped now",
            "The newest value of the same. Compare it with the line beside it before you act.",
            Unit.RATIO,
            (Query("fraud:stopped:ratio_rate5m", "stopped"),),
            is_number=True,
            width=6,
        ),
        Panel(
            "Payments by decision",
            "How many payments a second are approved, reviewed and declined. When all of them fall "
            "together, payments are missing: look at the pipeline.",
            Unit.PER_SECOND,
            (Query(f"sum by (decision) (rate({PREDICTIONS}[1m]))", "{{decision}}"),),
        ),
        Panel(
            "Payments stopped, by model version and variant",
            "The same share for each version that decides. One that stands apart is a bad version: "
            "roll it back.",
            Unit.RATIO,
            (
                Query(
                    f"sum by ({VERSION}) (rate({PREDICTIONS}{STOPPED}[5m])) "
                    f"/ sum by ({VERSION}) (rate({PREDICTIONS}[5m]))",
                    "{{variant}}, version {{model_version}}",
                ),
            ),
        ),
        Panel(
            "Answers that are not a model's first word",
            "Payments decided by rules alone, repeats, and payments that came late. Rules alone "
            "means that no model serves: see scorer-degraded.",
            Unit.PER_SECOND,
            (
                Query("sum(rate(fraud_scorer_degraded_total[1m]))", "rules alone"),
                Query("sum(rate(fraud_scorer_duplicates_total[1m]))", "repeats"),
                Query("sum(rate(fraud_scorer_late_total[1m]))", "late"),
            ),
        ),
        Panel(
            "Calls not answered",
            "Calls that were refused, failed or turned away. A refused one is its sender's fault; "
            "anything else is ours: see scorer-errors.",
            Unit.PER_SECOND,
            (
                Query("sum by (code) (rate(fraud_scorer_errors_total[1m]))", "{{code}}"),
                Query("sum(rate(fraud_scorer_shed_total[1m]))", "turned away"),
            ),
        ),
    ),
)

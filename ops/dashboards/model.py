"""Whether the model is still good."""

from ops.dashboards.spec import Dashboard, Panel, Query, Unit, Variable

OF_WINDOW = 'window="$window"'
OF_VERSION = "{{variant}}, version {{model_version}}"


def _rate(name: str) -> tuple[Query, ...]:
    return (Query(f"fraud_quality_{name}_ratio{{{OF_WINDOW}}}", OF_VERSION),)


MODEL = Dashboard(
    uid="model",
    title="Model performance",
    question="Is the model still good, and which version is?",
    variables=(Variable("window", "Known within", values=("7d", "1d", "1h")),),
    hours=3.0,
    panels=(
        Panel(
            "Recall",
            "Of the frauds that came to be known within the window, the share that had been "
            "stopped. When it falls, fraud has learned: see recall-drop.",
            Unit.RATIO,
            _rate("recall"),
        ),
        Panel(
            "Precision",
            "Of the stopped payments whose truth is known, the share that was fraud. When it "
            "falls, customers are bothered for nothing: see precision-drop.",
            Unit.RATIO,
            _rate("precision"),
        ),
        Panel(
            "False positives",
            "Of the genuine payments, the share that was stopped. It should stay near what the "
            "model was trained for.",
            Unit.RATIO,
            _rate("false_positive"),
        ),
        Panel(
            "Payments with a known truth",
            "What the rates above are made of. With few frauds a rate jumps by chance: choose a "
            "longer window.",
            Unit.COUNT,
            (
                Query(
                    f"sum by (outcome) (fraud_quality_payments{{{OF_WINDOW}}})",
                    "{{outcome}}",
                ),
            ),
        ),
        Panel(
            "Label delay",
            "How long labels take to come, half of them and nine tenths. What is younger than that "
            "is not judged yet: rates of the newest payments are not to be trusted.",
            Unit.SECONDS,
            (Query(f"fraud_quality_label_delay_seconds{{{OF_WINDOW}}}", "quantile {{quantile}}"),),
        ),
        Panel(
            "Labels",
            "Labels that came, and those whose payment nobody here has decided. Many of those mean "
            "that payments pass the scorer by.",
            Unit.COUNT,
            (Query(f"fraud_quality_labels{{{OF_WINDOW}}}", "payment {{payment}}"),),
        ),
        Panel(
            "Versions in service",
            "Which version decides under which name. After a promotion the new one must be here "
            "within a second.",
            Unit.COUNT,
            (
                Query(
                    "max by (variant, model_version) (fraud_scorer_model_info)",
                    OF_VERSION,
                ),
            ),
            is_number=True,
        ),
        Panel(
            "Age of the champion",
            "Since when the champion has not changed. Beyond a month it should be trained anew: "
            "see model-stale.",
            Unit.SECONDS,
            (Query("time() - max(fraud_quality_champion_changed_timestamp_seconds)", "champion"),),
            is_number=True,
        ),
        Panel(
            "Share of the challenger",
            "The share of accounts that the challenger decides for. `fraud experiment report` "
            "tells which of the two is better.",
            Unit.RATIO,
            (Query("max(fraud_scorer_challenger_ratio)", "challenger"),),
        ),
        Panel(
            "Shadows: payments they would have stopped",
            "The share of the same payments that each shadow version would have stopped. `fraud "
            "shadow report` compares them with the truth.",
            Unit.RATIO,
            (
                Query(
                    f"fraud_quality_shadow_stopped_ratio{{{OF_WINDOW}}}",
                    "version {{model_version}}",
                ),
            ),
        ),
        Panel(
            "Drift",
            "How many features, or rates on labels, of the newest report are far from the "
            "training. `fraud drift report` names them: see drift.",
            Unit.COUNT,
            (Query('sum by (model_version) (fraud_drift_drifted{job="quality"})', "drifted"),),
        ),
        Panel(
            "Looks at the registry",
            "Models brought in, refused, or not found. A refusal means that the champion is not "
            "what the registry says.",
            Unit.COUNT,
            (Query("sum by (outcome) (fraud_scorer_model_reloads_total)", "{{outcome}}"),),
        ),
    ),
)

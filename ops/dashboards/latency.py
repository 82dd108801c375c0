"""How long a gateway waits, and for what."""

from ops.dashboards.spec import Dashboard, Panel, Query, Unit, Variable

CALLS = "fraud_scorer_call_duration_seconds_bucket"
STAGES = "fraud_scorer_stage_duration_seconds"


def _quantile(quantile: float, by: str, matching: str = "") -> str:
    rates = f"sum by ({by}) (rate({CALLS}{{{matching}}}[1m]))"
    return f"histogram_quantile({quantile}, {rates})"


CHOSEN = 'channel=~"$channel"'

LATENCY = Dashboard(
    uid="latency",
    title="Scoring latency",
    question="How long does a gateway wait, and for what?",
    variables=(
        Variable(
            "channel",
            "Channel",
            metric="fraud_scorer_call_duration_seconds_count",
            of_label="channel",
        ),
    ),
    panels=(
        Panel(
            "A call inside the scorer",
            "From the request's bytes to the decision on disk, for the chosen channels. 99% should "
            "be under the dashed line of one millisecond: see latency-slo-burn.",
            Unit.SECONDS,
            (
                Query(_quantile(0.5, "le", CHOSEN), "P50"),
                Query(_quantile(0.95, "le", CHOSEN), "P95"),
                Query(_quantile(0.99, "le", CHOSEN), "P99"),
                Query("vector(0.001)", "objective", is_threshold=True),
            ),
        ),
        Panel(
            "P99 by channel",
            "The slowest hundredth of each kind of payment. One that stands apart has other "
            "features or other accounts: look at its stages.",
            Unit.SECONDS,
            (Query(_quantile(0.99, "le, channel"), "{{channel}}"),),
        ),
        Panel(
            "Stages, on average",
            "What the time of a call is made of, for the chosen channels. The stage that has grown "
            "is where to look.",
            Unit.SECONDS,
            (
                Query(
                    f"sum by (stage) (rate({STAGES}_sum{{{CHOSEN}}}[1m])) "
                    f"/ sum by (stage) (rate({STAGES}_count{{{CHOSEN}}}[1m]))",
                    "{{stage}}",
                ),
            ),
        ),
        Panel(
            "A call that does nothing",
            "What the wire and the machine cost, as the worker sees it from outside. When this has "
            "grown too, it is not the scoring: look at the machine.",
            Unit.SECONDS,
            (
                Query(
                    "histogram_quantile(0.5, sum by (le) "
                    "(rate(fraud_worker_ping_seconds_bucket[5m])))",
                    "P50",
                ),
                Query(
                    "histogram_quantile(0.99, sum by (le) "
                    "(rate(fraud_worker_ping_seconds_bucket[5m])))",
                    "P99",
                ),
            ),
        ),
        Panel(
            "Budget of slow calls",
            "The share of calls that took longer than a millisecond, over five minutes and an "
            "hour. Above the dashed line the month's budget will not last.",
            Unit.RATIO,
            (
                Query("fraud:slow_calls:ratio_rate5m", "five minutes"),
                Query("fraud:slow_calls:ratio_rate1h", "an hour"),
                Query("threshold:slow_calls_ratio", "budget", is_threshold=True),
            ),
        ),
        Panel(
            "Waiting in the scorer",
            "Calls under way, and those of them that wait for a thread. A queue that stays means "
            "too few scorers: add one.",
            Unit.COUNT,
            (
                Query("sum(fraud_scorer_in_flight)", "under way"),
                Query("sum(fraud_scorer_queue_depth)", "waiting"),
            ),
        ),
        Panel(
            "Stalls",
            "How late a waiting thread wakes up, and how long the garbage collector takes, at the "
            "slowest hundredth. Stalls without collections are the machine's.",
            Unit.SECONDS,
            (
                Query(
                    "histogram_quantile(0.99, sum by (le) "
                    "(rate(fraud_scorer_stall_seconds_bucket[5m])))",
                    "late wake-ups",
                ),
                Query(
                    "histogram_quantile(0.99, sum by (le) "
                    "(rate(fraud_scorer_gc_pause_seconds_bucket[5m])))",
                    "collections",
                ),
            ),
        ),
        Panel(
            "Memory of the scorer",
            "Resident memory of each scorer. It grows with accounts and then stays; a slope "
            "without new accounts is a leak.",
            Unit.BYTES,
            (Query('process_resident_memory_bytes{job="scorer"}', "{{instance}}"),),
        ),
    ),
)

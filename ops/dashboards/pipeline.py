"""Whether what happens arrives everywhere in time."""

from ops.dashboards.spec import Dashboard, Panel, Query, Unit

RUNS = "airflow_dag_run_duration_seconds"
OF_RUN = "by (dag_id, state)"
ENDED = 'airflow_task_tries_total{state=~"success|failed|skipped"}'
TRIES = f"sum {OF_RUN} ({ENDED})"
TRIES_BEFORE = f"sum {OF_RUN} ({ENDED} offset 1h)"

PIPELINE = Dashboard(
    uid="pipeline",
    title="Pipeline health",
    question="Does what happens arrive everywhere, and in time?",
    panels=(
        Panel(
            "Processes that answer",
            "1 for each process that Prometheus reads. A 0 is a process that is down: see "
            "scrape-down.",
            Unit.COUNT,
            (Query("min by (job) (up)", "{{job}}"),),
            is_number=True,
            width=24,
        ),
        Panel(
            "Payments in, decisions out",
            "Payments a second that workers settle, that scorers decide and that Spark reads. "
            "Where the lines part, something holds payments up.",
            Unit.PER_SECOND,
            (
                Query("sum by (outcome) (rate(fraud_worker_payments_total[1m]))", "{{outcome}}"),
                Query("sum(rate(fraud_scorer_predictions_total[1m]))", "decided by scorers"),
                Query('sum(rate(fraud_stream_rows_total{query="lake"}[1m]))', "read by Spark"),
            ),
        ),
        Panel(
            "Consumer lag",
            "Messages that are not dealt with yet, of workers, scorers and Spark. A line that "
            "keeps climbing needs more of that process: see consumer-lag-growing.",
            Unit.COUNT,
            (
                Query("sum(fraud_worker_lag_messages)", "workers"),
                Query("sum by (topic) (fraud_scorer_lag_messages)", "scorer, {{topic}}"),
                Query("sum by (query) (fraud_stream_backlog_messages)", "Spark, {{query}}"),
                Query("threshold:consumer_lag_messages", "alert", is_threshold=True),
            ),
        ),
        Panel(
            "Outbox: entries that wait",
            "Decisions on disk that PostgreSQL, Kafka or the explainer have not got yet. One line "
            "that climbs alone names who is away.",
            Unit.COUNT,
            (Query("sum by (sink) (fraud_scorer_outbox_entries)", "{{sink}}"),),
        ),
        Panel(
            "Outbox: age of the oldest",
            "How long the oldest of them has waited. Above the dashed line somebody is told: see "
            "outbox-old.",
            Unit.SECONDS,
            (
                Query("max by (sink) (fraud_scorer_outbox_age_seconds)", "{{sink}}"),
                Query("threshold:outbox_age_seconds", "alert", is_threshold=True),
            ),
        ),
        Panel(
            "Freshness of the features",
            "Since when something of the topics may be missing from a scorer's state. Seconds are "
            "in order, minutes are not: see features-stale.",
            Unit.SECONDS,
            (
                Query("fraud_scorer_state_age_seconds", "{{instance}}"),
                Query("threshold:state_age_seconds", "alert", is_threshold=True),
            ),
        ),
        Panel(
            "Length of Spark's batches",
            "The median batch and the slowest hundredth. A slow hundredth far above the median is "
            "the Java machine's memory, or too small a machine.",
            Unit.SECONDS,
            (
                Query(
                    "histogram_quantile(0.5, sum by (le, query) "
                    "(rate(fraud_stream_batch_duration_seconds_bucket[5m])))",
                    "{{query}}, P50",
                ),
                Query(
                    "histogram_quantile(0.99, sum by (le, query) "
                    "(rate(fraud_stream_batch_duration_seconds_bucket[5m])))",
                    "{{query}}, P99",
                ),
            ),
        ),
        Panel(
            "Rebalances",
            "How often partitions change their worker, and how long the longest pause of the "
            "others was. They follow deployments; without one, a worker keeps dying.",
            Unit.COUNT,
            (Query("sum by (kind) (increase(fraud_worker_rebalances_total[5m]))", "{{kind}}"),),
        ),
        Panel(
            "Pause of a rebalance",
            "How long giving up partitions kept a worker from reading the others, on average; 0 "
            "when none was given up. It should be milliseconds.",
            Unit.SECONDS,
            (
                Query(
                    "sum(increase(fraud_worker_rebalance_pause_seconds_sum[5m])) "
                    "/ (sum(increase(fraud_worker_rebalance_pause_seconds_count[5m])) > 0) "
                    "or 0 * sum(fraud_worker_rebalance_pause_seconds_count)",
                    "pause",
                ),
            ),
        ),
        Panel(
            "Spark's Java machine",
            "The heap in use. It goes up and down; when its lowest points keep climbing, batches "
            "have become too large for it.",
            Unit.BYTES,
            (Query("fraud_stream_heap_used_bytes", "heap"),),
        ),
        Panel(
            "Time in Spark's garbage collector",
            "The share of time that the collector stops the Java machine. Above a tenth it needs "
            "more memory.",
            Unit.RATIO,
            (Query("rate(fraud_stream_gc_seconds_total[5m])", "collector"),),
        ),
        Panel(
            "Messages set aside",
            "Messages a second that could not be read and went to the dead letters. `fraud dlq "
            "list` tells why.",
            Unit.PER_SECOND,
            (
                Query(
                    'sum(rate(fraud_worker_payments_total{outcome="dead_lettered"}[5m]))', "workers"
                ),
                Query("sum by (topic) (rate(fraud_scorer_dead_letters_total[5m]))", "{{topic}}"),
            ),
        ),
        Panel(
            "Airflow: length of runs",
            "How long runs of each DAG took on average, by how they ended, within an hour or else "
            "since Airflow began. A failed one has its reason in its task's log: see "
            "retrain-failed.",
            Unit.SECONDS,
            (
                Query(
                    f"sum {OF_RUN} (increase({RUNS}_sum[1h])) "
                    f"/ (sum {OF_RUN} (increase({RUNS}_count[1h])) > 0) "
                    f"or sum {OF_RUN} ({RUNS}_sum) / sum {OF_RUN} ({RUNS}_count)",
                    "{{dag_id}}, {{state}}",
                ),
            ),
        ),
        Panel(
            "Airflow: tries of tasks that ended",
            "How many tries of tasks ended within an hour, by how. Each failure is tried again; a "
            "line of failures that stays is a task that needs somebody: see retrain-failed.",
            Unit.COUNT,
            (
                Query(
                    # The first of its kind is a series that begins at 1, and no increase.
                    f"clamp_min({TRIES} - ({TRIES_BEFORE} or 0 * {TRIES}), 0)",
                    "{{dag_id}}, {{state}}",
                ),
            ),
        ),
        Panel(
            "Airflow: rounds of its processes",
            "How many rounds a minute the scheduler and the reader of DAGs make. At 0 one of them "
            "stands still and no night will begin: see airflow-stalled.",
            Unit.COUNT,
            (
                Query("60 * sum(rate(airflow_scheduler_heartbeats_total[5m]))", "scheduler"),
                Query(
                    "60 * sum(rate(airflow_dag_processor_heartbeats_total[5m]))",
                    "reader of DAGs",
                ),
            ),
        ),
        Panel(
            "Entities in the state",
            "Accounts, merchants, categories and devices that a scorer keeps features of. It sizes "
            "the memory that scorers need.",
            Unit.COUNT,
            (Query("max by (kind) (fraud_scorer_state_entities)", "{{kind}}"),),
        ),
    ),
)

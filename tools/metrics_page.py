"""``docs/metrics.md``: every series that processes tell Prometheus, with its meaning."""

from tools.markdown import table
from tools.metric_list import MetricEntry, list_metrics

_INTRODUCTION = """\
# Metrics

What each process tells Prometheus, from the collectors themselves. Names follow
[Prometheus' conventions](https://prometheus.io/docs/practices/naming/): base units, `_total` for
what only grows. Prometheus adds `job` and `instance`. Labels are short closed lists, partitions, or
model versions, of which the newest are kept: the number of series is bounded.

A histogram has the series `_bucket`, `_sum` and `_count`. The scorer tells its latencies in native
buckets too, to who asks for protobuf.

What is derived from these by recording rules stands in [`ops/alerts`](../ops/alerts), and when
somebody is told in [runbooks](runbooks/README.md). [Airflow](../airflow_dags/README.md#metrics)
tells its own by StatsD.\
"""
_HEADINGS = ["metric", "type", "labels", "meaning"]
_TITLES = {
    "scorer": ("Scorer", "`scorer.metrics_port`. Beside these `process_*` and `python_*`."),
    "worker": ("Scoring worker", "`worker.metrics_port`."),
    "stream": ("Streaming job", "`spark.metrics_port`."),
    "quality": ("Quality", "`hindsight.metrics_port`, of what PostgreSQL holds."),
}
"""By job: heading, and where it is served."""


def metrics_page() -> str:
    """The page, in Markdown."""
    sections = [_section(job, entries) for job, entries in list_metrics().items()]
    return "\n\n".join([_INTRODUCTION, *sections])


def _section(job: str, entries: list[MetricEntry]) -> str:
    title, place = _TITLES[job]
    rows = [
        [
            f"`{entry.name}`",
            entry.kind,
            ", ".join(f"`{label}`" for label in entry.labels),
            entry.meaning,
        ]
        for entry in entries
    ]
    return f"## {title}\n\nJob `{job}`, {place}\n\n{table(_HEADINGS, rows)}"

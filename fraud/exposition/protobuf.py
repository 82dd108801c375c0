"""Metrics as Prometheus takes them in protobuf: the form in which histograms may be native."""

import math
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from itertools import groupby
from typing import Final

from google.protobuf.proto import serialize_length_prefixed
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.samples import Sample

from fraud.exposition.buckets import CLASSIC_US, NATIVE_OF_CELL, SCHEMA, classic_counts
from fraud.exposition.latency import LatencyFamily, Series
from fraud.v1.exposition_pb2 import (
    Bucket,
    BucketSpan,
    Counter,
    Gauge,
    Histogram,
    LabelPair,
    Metric,
    MetricFamily,
)

CONTENT_TYPE: Final = (
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
)
COUNTER, GAUGE, HISTOGRAM = 0, 1, 4


def encode(registry: CollectorRegistry) -> bytes:
    """Every family of ``registry``, each with its length before it."""
    out = BytesIO()
    for family in registry.collect():
        serialize_length_prefixed(to_message(family), out)
    return out.getvalue()


def to_message(family: Family) -> MetricFamily:
    """One family; of a :class:`LatencyFamily` with native buckets beside the classic ones."""
    if isinstance(family, LatencyFamily):
        metrics = [to_native(family.label_names, series) for series in family.series]
        return _family(family, family.name, HISTOGRAM, metrics)
    if family.type == "histogram":
        return _family(family, family.name, HISTOGRAM, list(_classic(family.samples)))
    values = [sample for sample in family.samples if not sample.name.endswith("_created")]
    if family.type == "counter":
        counters = [
            Metric(label=_labels(each.labels), counter=Counter(value=each.value)) for each in values
        ]
        return _family(family, f"{family.name}_total", COUNTER, counters)
    gauges = [Metric(label=_labels(each.labels), gauge=Gauge(value=each.value)) for each in values]
    return _family(family, values[0].name if values else family.name, GAUGE, gauges)


def to_native(names: tuple[str, ...], series: Series) -> Metric:
    """A histogram of both kinds from one set of cells."""
    spans, deltas = native_buckets(series.cells)
    seconds = (bound / 1e6 for bound in CLASSIC_US)
    buckets = [
        Bucket(cumulative_count=count, upper_bound=bound)
        for count, bound in zip(classic_counts(series.cells), seconds, strict=True)
    ]
    histogram = Histogram(
        sample_count=sum(series.cells),
        sample_sum=series.total_us / 1e6,
        bucket=buckets,
        schema=SCHEMA,
        # Nothing is that short; without it a histogram that holds nothing would not be native.
        zero_threshold=1e-9,
        positive_span=spans,
        positive_delta=deltas,
    )
    return Metric(label=_labels(dict(zip(names, series.labels, strict=True))), histogram=histogram)


def native_buckets(cells: list[int]) -> tuple[list[BucketSpan], list[int]]:
    """Runs of buckets that hold something, and the differences between their counts.

    >>> cells = [0] * len(NATIVE_OF_CELL)
    >>> cells[-1] = 2
    >>> native_buckets(cells)
    ([offset: 1
    length: 1
    ], [2])
    """
    counts: dict[int, int] = {}
    for index, count in zip(NATIVE_OF_CELL, cells, strict=True):
        if count:
            counts[index] = counts.get(index, 0) + count
    spans, deltas, behind, before = [], [], 0, 0
    for _, run in groupby(enumerate(counts), key=lambda pair: pair[1] - pair[0]):
        indexes = [index for _, index in run]
        spans.append(BucketSpan(offset=indexes[0] - behind, length=len(indexes)))
        behind = indexes[-1] + 1
        for index in indexes:
            deltas.append(counts[index] - before)
            before = counts[index]
    return spans, deltas


def _classic(samples: Iterable[Sample]) -> Iterator[Metric]:
    """Histograms of one family; its samples come histogram by histogram."""

    def owner(sample: Sample) -> dict[str, str]:
        return {name: value for name, value in sample.labels.items() if name != "le"}

    for labels, own in groupby(samples, key=owner):
        histogram = Histogram()
        for sample in own:
            if sample.name.endswith("_bucket"):
                bound = float(sample.labels["le"])
                if math.isfinite(bound):
                    histogram.bucket.add(cumulative_count=int(sample.value), upper_bound=bound)
            elif sample.name.endswith("_count"):
                histogram.sample_count = int(sample.value)
            elif sample.name.endswith("_sum"):
                histogram.sample_sum = sample.value
        yield Metric(label=_labels(labels), histogram=histogram)


def _family(family: Family, name: str, kind: int, metrics: list[Metric]) -> MetricFamily:
    return MetricFamily(name=name, help=family.documentation, type=kind, metric=metrics)


def _labels(labels: Mapping[str, str]) -> list[LabelPair]:
    return [LabelPair(name=name, value=value) for name, value in labels.items()]

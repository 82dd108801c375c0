"""A query that fails is started again, and given up when it fails on and on."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from pyspark.sql.streaming.query import StreamingQuery

from spark_stream.errors import QueryFailedError
from spark_stream.kept_query import MOST_FAILURES, KeptQuery


class Query:
    """Stands for one of Spark's, which takes a minute to bring to a failure."""

    name = "features"
    status: dict[str, Any] = {"isTriggerActive": False}  # noqa: RUF012 - read alone

    def __init__(self, *, fails: bool, batch: int = -1) -> None:
        self.isActive = not fails
        self.stopped = False
        self.lastProgress = {"batchId": batch} if batch >= 0 else None

    def exception(self) -> str:
        return "the broker is away\nand a long trace"

    def stop(self) -> None:
        self.stopped = True


def _kept(queries: Iterator[Query]) -> KeptQuery:
    return KeptQuery(lambda: cast("StreamingQuery", next(queries)), pause_seconds=0.0)


def _look(kept: KeptQuery, times: int) -> None:
    for _ in range(times):
        kept.look()


def test_a_query_that_fails_is_started_again() -> None:
    kept = _kept(iter([Query(fails=True), Query(fails=False, batch=8)]))
    assert kept.batch == -1
    _look(kept, 2)
    assert kept.batch == 8


def test_one_that_never_gets_anywhere_ends_the_job() -> None:
    kept = _kept(Query(fails=True) for _ in range(99))
    _look(kept, 2 * MOST_FAILURES)
    with pytest.raises(QueryFailedError, match=r"the broker is away$"):
        kept.look()


def test_failures_with_batches_between_are_not_counted_together() -> None:
    kept = _kept(Query(fails=True, batch=number) for number in range(99))
    _look(kept, 6 * MOST_FAILURES)
    assert kept.batch >= 2 * MOST_FAILURES


def test_finishing_stops_it() -> None:
    query = Query(fails=False)
    _kept(iter([query])).finish(1.0)
    assert query.stopped

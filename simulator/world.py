"""A world of payments: the same configuration gives the same bytes, whatever is asked for first."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import pyarrow as pa

from fraud.v1.transaction_pb2 import Transaction
from simulator.config import WorldConfig
from simulator.frauds.plan import FraudPlan
from simulator.genuine import genuine_payments
from simulator.labels import Reports, join_reports, reports_of
from simulator.payments import Payments, join
from simulator.setting import make_setting
from simulator.table import TableMaker
from simulator.wire import to_transactions


class Chunk(NamedTuple):
    """Some whole days: payments (``schema.EVENTS``) and their truth (``schema.LABELS``)."""

    events: pa.RecordBatch
    labels: pa.RecordBatch


class World:
    """People, merchants and thieves, whose days can be asked for in any order.

    >>> world = World(WorldConfig(customers=50, merchants=20, days=3))
    >>> history = [chunk.events for chunk in world.generate()]
    >>> live = next(world.generate(first_day=3, days=1)).events  # the same world goes on
    >>> live["event_time"][0].as_py() > history[-1]["event_time"][-1].as_py()
    True
    """

    def __init__(self, config: WorldConfig) -> None:
        self.config = config
        self._setting = make_setting(config)
        # Frauds of today follow from what was paid yesterday too.
        self._genuine = lru_cache(3)(self._genuine_on)
        self._frauds = FraudPlan(self._setting, self._genuine)
        self._tables = TableMaker(self._setting)

    def generate(
        self, first_day: int = 0, days: int | None = None, *, chunk_days: int = 1
    ) -> Iterator[Chunk]:
        """Yield chunks that are sorted by (event_time, transaction_id), within and throughout.

        Args:
            first_day: From midnight UTC, counted from the configuration's ``start``.
            days: How many; unless given, up to the end of the configuration's history.
            chunk_days: Days in one chunk; changes no row.
        """
        last = self.config.days if days is None else first_day + days
        for start in range(first_day, last, chunk_days):
            yield self._chunk(range(start, min(start + chunk_days, last)))

    def iter_transactions(
        self, first_day: int = 0, days: int | None = None
    ) -> Iterator[Transaction]:
        """The same payments as wire messages, one after another."""
        for chunk in self.generate(first_day, days):
            yield from to_transactions(chunk.events)

    def _chunk(self, days: range) -> Chunk:
        made = [self._day(day) for day in days]
        payments = join([payments for payments, _ in made])
        reports = join_reports([reports for _, reports in made])
        return Chunk(self._tables.events(payments), self._tables.labels(payments, reports))

    def _day(self, day: int) -> tuple[Payments, Reports]:
        payments = join([self._genuine(day), self._frauds.payments_on(day)]).in_order()
        return payments, reports_of(self.config, payments, day)

    def _genuine_on(self, day: int) -> Payments:
        return genuine_payments(self._setting, day)

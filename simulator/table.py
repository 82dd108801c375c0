"""Numbers into the tables of :mod:`simulator.schema`."""

from datetime import UTC, datetime, time

import numpy as np
import pyarrow as pa

from simulator import places, schema
from simulator.arrays import Flags, Floats, Ints
from simulator.categories import CODES
from simulator.channels import card_present
from simulator.labels import SOURCES, Reports
from simulator.payments import Payments
from simulator.rhythm import DAY_US
from simulator.setting import Setting
from simulator.text import numbered, scrambled

_NETWORKS = 1 << 16
_LEAST_MINOR = 1


class TableMaker:
    """Makes tables of one world; every chunk has the same dictionaries."""

    def __init__(self, setting: Setting) -> None:
        config = setting.config
        self._merchants = setting.merchants
        self._accounts = numbered("account-", np.arange(config.customers), 7)
        self._names = numbered("merchant-", np.arange(len(setting.merchants)), 6)
        self._countries = pa.array([country.code for country in places.COUNTRIES])
        self._currencies = pa.array(places.CURRENCIES)
        self._networks = pa.array([f"10.{n >> 8}.{n & 255}.0/24" for n in range(_NETWORKS)])
        midnight = datetime.combine(config.start, time(), UTC)
        self._origin = int(midnight.timestamp()) * 1_000_000

    def events(self, payments: Payments) -> pa.RecordBatch:
        """Payments in order of time, as ``schema.EVENTS``; ids follow the order within a day."""
        merchants, merchant = self._merchants, payments.merchant
        country = merchants.country[merchant]
        remote = ~card_present(payments.channel)
        columns = [
            transaction_ids(payments.time),
            _named(payments.account, self._accounts),
            _named(merchant, self._names),
            _named(merchants.category[merchant], pa.array(CODES)),
            pa.array(_minor_units(payments.euros, country)),
            _named(places.CURRENCY_OF_COUNTRY[country], self._currencies),
            self._instants(payments.time),
            pa.array(payments.channel.astype(np.int8)),
            pa.array(payments.entry_mode.astype(np.int8)),
            _named(country, self._countries),
            pa.array(merchants.latitude[merchant], mask=remote),
            pa.array(merchants.longitude[merchant], mask=remote),
            scrambled("device-", payments.device, payments.device == 0),
            _named(payments.network, self._networks, payments.network < 0),
            pa.array(payments.offset_minutes.astype(np.int32)),
            # Told when the payments are decided, see `simulator.usual`.
            pa.nulls(len(payments.time), pa.float32()),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=schema.EVENTS)

    def labels(self, payments: Payments, reports: Reports) -> pa.RecordBatch:
        """The truth of the same payments, as ``schema.LABELS``."""
        columns = [
            transaction_ids(payments.time),
            pa.array(payments.kind != 0),
            pa.array(payments.kind.astype(np.int8)),
            self._instants(payments.time),
            self._instants(reports.time, ~reports.reported),
            _named(reports.source, pa.array(SOURCES)),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=schema.LABELS)

    def _instants(self, time: Ints, missing: Flags | None = None) -> pa.Array:
        return pa.array(time + self._origin, schema.LABELS.field("happened_at").type, mask=missing)


def transaction_ids(time: Ints) -> pa.StringArray:
    """The day and the place in it; so ids ascend with time, and any cut gives the same.

    Args:
        time: Ascending, from whole days.
    """
    day = time // DAY_US
    first = np.searchsorted(day, day, side="left")
    return numbered("t", day * 10**8 + np.arange(len(day)) - first, 13)


def _minor_units(euros: Floats, country: Ints) -> Ints:
    minor = np.round(euros * places.PER_EURO[country] * places.MINOR_UNITS[country])
    at_least: Ints = np.maximum(minor.astype(np.int64), _LEAST_MINOR)
    return at_least


def _named(index: Ints, names: pa.Array, missing: Flags | None = None) -> pa.DictionaryArray:
    indices = pa.array(index.astype(np.int32), mask=missing)
    return pa.DictionaryArray.from_arrays(indices, names)

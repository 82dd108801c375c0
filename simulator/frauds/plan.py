"""Which episodes of fraud begin on which day, and what of them falls on a day."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Protocol

from fraud.v1.label_pb2 import FraudKind
from simulator.frauds import (
    account_takeover,
    card_testing,
    geographic_impossibility,
    merchant_compromise,
    mule_ring,
    stolen_card,
)
from simulator.frauds.scene import Scene
from simulator.merchants import Market
from simulator.payments import Payments, join
from simulator.randomness import stream
from simulator.rhythm import DAY_US
from simulator.setting import Setting


class Scheme(Hashable, Protocol):
    """What the module of a kind of fraud has."""

    __name__: str
    KIND: int  # number of fraud.v1.FraudKind
    MEAN_PAYMENTS: float  # of an episode
    LONGEST_DAYS: int  # that an episode lasts

    def stage(self, scene: Scene, episodes: int) -> Payments:
        """Everything that the episodes beginning on the scene's day will ever pay."""


SCHEMES: tuple[Scheme, ...] = (
    card_testing,
    stolen_card,
    account_takeover,
    merchant_compromise,
    geographic_impossibility,
    mule_ring,
)
# Its multiples modulo 1 are as even as can be, over any stretch of days.
_GOLDEN_RATIO = (5**0.5 - 1) / 2
_LONGEST_DAYS = max(scheme.LONGEST_DAYS for scheme in SCHEMES) + 1


class FraudPlan:
    """All frauds of a world, by day.

    Args:
        setting: The world.
        genuine_on: What customers pay themselves on a day; some frauds follow from it.
    """

    def __init__(self, setting: Setting, genuine_on: Callable[[int], Payments]) -> None:
        self._setting = setting
        self._genuine_on = genuine_on
        self._market_on = lru_cache(_LONGEST_DAYS + 1)(self._open_market)
        self._begun_on = lru_cache((_LONGEST_DAYS + 1) * len(SCHEMES))(self._begin)

    def payments_on(self, day: int) -> Payments:
        """The frauds of a day, from the episodes that began on it or some days before."""
        # One more day than an episode lasts: it may begin just before midnight.
        begun = [
            self._begun_on(scheme, start)
            for scheme in SCHEMES
            for start in range(day - scheme.LONGEST_DAYS, day + 1)
        ]
        return join([payments.take(payments.time // DAY_US == day) for payments in begun])

    def _begin(self, scheme: Scheme, day: int) -> Payments:
        """Everything that the episodes of one kind and first day will ever pay."""
        config = self._setting.config
        rng = stream(config.seed, scheme.__name__, day)
        scene = Scene(self._setting, self._market_on(day), day, rng, self._genuine_on)
        odds = config.fraud_rate / (1.0 - config.fraud_rate)
        share = config.fraud_mix.share_of(FraudKind.ValueType(scheme.KIND))
        payments = self._expected_genuine(day) * odds * share
        return scheme.stage(scene, self._episodes(scheme, day, payments / scheme.MEAN_PAYMENTS))

    def _episodes(self, scheme: Scheme, day: int, mean: float) -> int:
        """Round a mean up on some days, spread evenly: a rare kind is never away for long."""
        phase = stream(self._setting.config.seed, f"{scheme.__name__} phase").random()
        return int(mean + (phase + day * _GOLDEN_RATIO) % 1.0)

    def _open_market(self, day: int) -> Market:
        return Market(self._setting.merchants, day)

    def _expected_genuine(self, day: int) -> float:
        rates = self._setting.population.rates_on(day)
        return float(rates.sum()) * self._setting.config.payments_per_day
